import { CircleAlert, CircleCheck } from "lucide-react";
import { useTranslation } from "react-i18next";
import { CopyButton } from "@/components/copy-button";
import { ErrorState, LoadingState } from "@/components/states";
import { Badge } from "@/components/ui/badge";
import { Card } from "@/components/ui/card";
import { useDocument } from "@/state/document";
import { useOverview } from "@/state/overview";
import { ClientKeys } from "./ClientKeys";
import { EndpointForm } from "./EndpointForm";
import { Facts } from "./Facts";

/** Where applications connect, whether they can, and how to change it. */
export function EndpointSection() {
  const { t } = useTranslation("settings");
  const { data, error, refetch } = useOverview();
  const endpoint = data?.endpoint;
  return (
    <Card title={t("endpoint.title")}>
      {!endpoint && (error ? <ErrorState error={error} onRetry={refetch} /> : <LoadingState />)}
      {endpoint && (
        <Facts
          facts={[
            [
              t("endpoint.address"),
              <>
                <code className="truncate">{endpoint.base_url}</code>
                <CopyButton text={endpoint.base_url} label={t("endpoint.copy")} />
              </>,
            ],
            [
              t("endpoint.state"),
              <Badge key="state" tone={endpoint.listening ? "good" : "bad"}>
                {endpoint.listening ? <CircleCheck aria-hidden /> : <CircleAlert aria-hidden />}
                {t(endpoint.listening ? "endpoint.listening" : "endpoint.not_listening")}
              </Badge>,
            ],
            [t("endpoint.client_keys"), t(endpoint.needs_key ? "endpoint.needs_key" : "endpoint.no_key")],
          ]}
        />
      )}
      {endpoint?.problem && (
        <p role="alert" className="mt-3 rounded-md bg-bad-soft px-3 py-2 text-bad">
          {endpoint.problem}
        </p>
      )}
      <Change />
    </Card>
  );
}

function Change() {
  const { t } = useTranslation("settings");
  const { document, file, locked, put } = useDocument();
  if (document === undefined) return null;
  return (
    <>
      <EndpointForm endpoint={document.endpoint} locked={locked} put={put} />
      <ClientKeys endpoint={document.endpoint} locked={locked} put={put} />
      {file && <p className="mt-3 text-xs text-faint">{t("endpoint.change_file", { file })}</p>}
    </>
  );
}
