import { useTranslation } from "react-i18next";
import { ErrorState, LoadingState } from "@/components/states";
import { Card } from "@/components/ui/card";
import { bytes } from "@/lib/bytes";
import { useRpc } from "@/state/rpc";

/** What the database holds, and how long each part is kept. */
export function DataSection() {
  const { t } = useTranslation("settings");
  const { data, error, refetch } = useRpc("data.sizes", null, { staleTime: 0 });
  return (
    <Card title={t("data.title")}>
      <p className="mb-3 text-muted">{t("data.lead")}</p>
      {!data && (error ? <ErrorState error={error} onRetry={refetch} /> : <LoadingState />)}
      {data && (
        <table className="w-full">
          <thead className="border-b border-line text-left text-xs text-faint">
            <tr>
              <th className="py-1 font-medium">{t("data.part")}</th>
              <th className="w-24 py-1 text-right font-medium">{t("data.size")}</th>
              <th className="py-1 pl-6 font-medium">{t("data.for_how_long")}</th>
            </tr>
          </thead>
          <tbody>
            {data.parts.map(({ name, bytes: size, kept }) => (
              <tr key={name} className="border-b border-line">
                <td className="py-1.5">{name}</td>
                <td className="py-1.5 text-right whitespace-nowrap">{bytes(size)}</td>
                <td className="py-1.5 pl-6 text-muted">{kept}</td>
              </tr>
            ))}
            <tr className="font-medium">
              <td className="py-1.5">{t("data.database")}</td>
              <td className="py-1.5 text-right whitespace-nowrap">{bytes(data.database_bytes)}</td>
              <td />
            </tr>
          </tbody>
        </table>
      )}
    </Card>
  );
}
