import { CircleCheck, CircleX } from "lucide-react";
import { useTranslation } from "react-i18next";
import { CopyButton } from "@/components/copy-button";
import { Badge } from "@/components/ui/badge";
import { Card } from "@/components/ui/card";
import type { ChainView, EndpointState } from "@/contract";
import { curl, python } from "./snippets";

/** Where applications connect, ready to paste. */
export function EndpointCard({ endpoint, chain }: { endpoint: EndpointState; chain: ChainView | undefined }) {
  const { t } = useTranslation("overview");
  const { base_url: url, needs_key: needsKey, listening } = endpoint;
  return (
    <Card
      title={t("endpoint.title")}
      aside={
        <Badge tone={listening ? "good" : "bad"}>
          {listening ? <CircleCheck aria-hidden /> : <CircleX aria-hidden />}
          {t(listening ? "endpoint.listening" : "endpoint.closed")}
        </Badge>
      }
    >
      <p className="mb-2 text-muted">{t("endpoint.lead")}</p>
      <dl className="flex flex-col gap-1">
        <Value
          label={t("endpoint.address")}
          text={url}
          copy={t("endpoint.copy_address")}
          testId="endpoint-url"
        />
        {chain && <Value label={t("endpoint.model")} text={chain.name} copy={t("endpoint.copy_model")} />}
      </dl>
      {chain && (
        <div className="mt-3 flex flex-wrap gap-2">
          <CopyButton text={curl(url, chain.name, needsKey)} label={t("endpoint.curl")}>
            {t("endpoint.curl")}
          </CopyButton>
          <CopyButton text={python(url, chain.name, needsKey)} label={t("endpoint.python")}>
            {t("endpoint.python")}
          </CopyButton>
        </div>
      )}
      <p className="mt-3 text-xs text-faint">{t(needsKey ? "endpoint.key" : "endpoint.no_key")}</p>
    </Card>
  );
}

function Value({
  label,
  text,
  copy,
  testId,
}: {
  label: string;
  text: string;
  copy: string;
  testId?: string;
}) {
  return (
    <div className="flex items-center gap-2 rounded-md bg-canvas pl-2.5">
      <dt className="w-14 shrink-0 text-xs text-faint">{label}</dt>
      <dd className="flex min-w-0 flex-1 items-center justify-between">
        <code data-testid={testId} className="truncate font-mono text-xs" title={text}>
          {text}
        </code>
        <CopyButton text={text} label={copy} />
      </dd>
    </div>
  );
}
