import { useTranslation } from "react-i18next";
import { CopyButton } from "@/components/copy-button";
import { ErrorState, LoadingState } from "@/components/states";
import { Time } from "@/components/time";
import { Card } from "@/components/ui/card";
import { bytes } from "@/lib/bytes";
import { useRpc } from "@/state/rpc";
import { Facts } from "./Facts";

/** Which program this is and where its data lies. */
export function AboutSection() {
  const { t } = useTranslation("settings");
  const { data, error, refetch } = useRpc("about", null, { staleTime: 0 });
  return (
    <Card title={t("about.title")}>
      {!data && (error ? <ErrorState error={error} onRetry={refetch} /> : <LoadingState />)}
      {data && (
        <Facts
          facts={[
            [t("about.version"), data.version],
            [
              t("about.data"),
              <>
                <code className="truncate">{data.data_dir}</code>
                <CopyButton text={data.data_dir} label={t("about.copy_data")} />
              </>,
            ],
            [t("about.database"), bytes(data.database_bytes)],
            [
              t("about.admin"),
              data.admin_url === null ? (
                t("about.admin_none")
              ) : (
                <>
                  <code className="truncate">{data.admin_url}</code>
                  <CopyButton text={data.admin_url} label={t("about.copy_admin")} />
                </>
              ),
            ],
            [t("about.started"), <Time key="started" at={data.started_ms} />],
          ]}
        />
      )}
    </Card>
  );
}
