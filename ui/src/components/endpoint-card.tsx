import { CircleCheck, CircleX } from "lucide-react";
import { memo, useState } from "react";
import { useTranslation } from "react-i18next";
import { CopyButton } from "@/components/copy-button";
import { Badge } from "@/components/ui/badge";
import { Card } from "@/components/ui/card";
import { Select } from "@/components/ui/select";
import type { EndpointState } from "@/contract";
import { CLIENTS, type Client, snippet } from "@/lib/snippets";

interface Props {
  endpoint: EndpointState;
  /** The chain's name; absent while there is no chain. */
  model: string | undefined;
}

/** Where applications connect, ready to paste into each kind of client. */
export const EndpointCard = memo(({ endpoint, model }: Props) => {
  const { t } = useTranslation("start");
  const { base_url: baseUrl, needs_key: needsKey, listening } = endpoint;
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
          text={baseUrl}
          copy={t("endpoint.copy_address")}
          testId="endpoint-url"
        />
        {model && <Value label={t("endpoint.model")} text={model} copy={t("endpoint.copy_model")} />}
      </dl>
      {model && <Snippet baseUrl={baseUrl} model={model} needsKey={needsKey} />}
      <p className="mt-3 text-xs text-faint">{t(needsKey ? "endpoint.key" : "endpoint.no_key")}</p>
    </Card>
  );
});

function Snippet(way: { baseUrl: string; model: string; needsKey: boolean }) {
  const { t } = useTranslation("start");
  const [client, setClient] = useState<Client>("curl");
  const text = snippet(client, way);
  const name = t(`client.${client}`);
  return (
    <div className="mt-3 flex flex-col gap-2">
      <div className="flex items-center gap-2">
        <Select
          aria-label={t("endpoint.client")}
          data-testid="snippet-client"
          value={client}
          options={CLIENTS.map((value) => ({ value, label: t(`client.${value}`) }))}
          onChange={setClient}
        />
        <CopyButton text={text} label={t("endpoint.copy_snippet", { client: name })}>
          {t("endpoint.copy")}
        </CopyButton>
      </div>
      <section
        aria-label={name}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolled region has to be reachable by keyboard
        tabIndex={0}
        className="max-h-56 overflow-auto rounded-md bg-canvas px-2.5 py-2"
      >
        <pre data-testid="snippet" className="font-mono text-2xs">
          {text}
        </pre>
      </section>
    </div>
  );
}

interface ValueProps {
  label: string;
  text: string;
  copy: string;
  testId?: string;
}

function Value({ label, text, copy, testId }: ValueProps) {
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
