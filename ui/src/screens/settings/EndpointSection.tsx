import { CircleAlert, CircleCheck } from "lucide-react";
import { useTranslation } from "react-i18next";
import { CopyButton } from "@/components/copy-button";
import { ErrorState, LoadingState } from "@/components/states";
import { Badge } from "@/components/ui/badge";
import { Card } from "@/components/ui/card";
import { useOverview } from "@/state/overview";
import { useRpc } from "@/state/rpc";
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
      <HowToChange />
    </Card>
  );
}

function HowToChange() {
  const { t } = useTranslation("settings");
  const { data } = useRpc("config.get", null);
  if (data === undefined) return null;
  const { listen, admin } = data.document.endpoint;
  return (
    <div className="mt-4 border-t border-line pt-3">
      <h3 className="text-xs font-medium text-muted">{t("endpoint.change")}</h3>
      <p className="mt-1 max-w-prose">
        {data.file === null ? t("endpoint.change_yaml") : t("endpoint.change_file", { file: data.file })}
      </p>
      <pre className="mt-2 overflow-x-auto rounded-md bg-hover px-3 py-2 font-mono text-xs">
        {`endpoint:\n  listen: ${listen}\n  admin: ${admin}`}
      </pre>
    </div>
  );
}
