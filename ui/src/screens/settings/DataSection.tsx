import { useTranslation } from "react-i18next";
import { ErrorState, LoadingState } from "@/components/states";
import { Card } from "@/components/ui/card";
import { bytes } from "@/lib/bytes";
import { useRpc } from "@/state/rpc";
import { Facts } from "./Facts";

/** What the database holds, and how long each part is kept. */
export function DataSection() {
  const { t } = useTranslation("settings");
  const { data, error, refetch } = useRpc("data.sizes", null, { staleTime: 0 });
  return (
    <Card title={t("data.title")}>
      <p className="mb-3 text-muted">{t("data.lead")}</p>
      {!data && (error ? <ErrorState error={error} onRetry={refetch} /> : <LoadingState />)}
      {data && (
        <Facts
          facts={[
            [t("data.database"), bytes(data.database_bytes)],
            ...data.parts.map(
              ({ name, bytes: size, kept }) =>
                [
                  name,
                  <>
                    <span className="numeric w-20">{bytes(size)}</span>
                    <span className="text-muted">{t("data.kept", { kept })}</span>
                  </>,
                ] as const,
            ),
          ]}
        />
      )}
    </Card>
  );
}
