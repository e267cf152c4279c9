import { Columns2, Send, Square } from "lucide-react";
import { type FormEvent, type KeyboardEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Field, Input, Textarea } from "@/components/ui/field";
import { Select } from "@/components/ui/select";
import { Switch } from "@/components/ui/switch";
import type { ChainView, Injection, Overview } from "@/contract";
import { useHost } from "@/host";
import { FaultPicker } from "./FaultPicker";
import { type Choice, readFault } from "./fault";
import { readMaxTokens, usePrompt } from "./prompt";
import { clear, isRunning, send, stop, useRuns } from "./run";

/** What is asked: a chain, or one of its tiers. */
export interface Target {
  chain: ChainView;
  /** null for the chain's own choice. */
  tier: string | null;
  /** What the second side asks; undefined while there is one side only. */
  other: string | null | undefined;
  /** What the request of the first side meets. */
  fault: Choice | null;
}

/** What of the target is chosen anew. */
export interface Choices {
  chain?: string;
  tier?: string | null;
  other?: string | null | undefined;
  fault?: Choice | null;
}

interface Props {
  overview: Overview;
  target: Target;
  onChoose: (next: Choices) => void;
}

/** The prompt, whom it goes to, and the button that sends it. */
export function PromptForm({ overview, target, onChoose }: Props) {
  const { t } = useTranslation("playground");
  const host = useHost();
  const typed = usePrompt();
  const runs = useRuns();
  const [tried, setTried] = useState(false);
  const maxTokens = readMaxTokens(typed.maxTokens);
  const empty = typed.prompt.trim() === "";
  const running = isRunning(runs.first) || isRunning(runs.second);
  const go = () => {
    setTried(true);
    const fault = target.fault && readFault(target.fault);
    if (empty || maxTokens === undefined || fault === undefined) return;
    const request = (tier: string | null, fault: Injection | null) => ({
      chain: target.chain.name,
      tier,
      prompt: typed.prompt,
      system: typed.system.trim() || null,
      max_tokens: maxTokens,
      fault,
    });
    void send(host, "first", request(target.tier, fault));
    if (target.other !== undefined) void send(host, "second", request(target.other, null));
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    go();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      go();
    }
  };
  return (
    <Card>
      <form onSubmit={submit} className="flex flex-col gap-3">
        <Targets overview={overview} target={target} onChoose={onChoose} />
        <Field label={t("prompt")} hint={t("prompt_hint")} error={tried && empty && t("prompt_bad")}>
          {(aria) => (
            <Textarea
              {...aria}
              rows={4}
              data-testid="prompt"
              value={typed.prompt}
              maxLength={200_000}
              onKeyDown={onKeyDown}
              onChange={(event) => usePrompt.setState({ prompt: event.target.value })}
            />
          )}
        </Field>
        <div className="grid gap-3 min-[900px]:grid-cols-[minmax(0,1fr)_240px]">
          <Field label={t("system")}>
            {(aria) => (
              <Input
                {...aria}
                value={typed.system}
                maxLength={200_000}
                onChange={(event) => usePrompt.setState({ system: event.target.value })}
              />
            )}
          </Field>
          <Field
            label={t("max_tokens")}
            hint={t("max_tokens_hint")}
            error={maxTokens === undefined && t("max_tokens_bad")}
          >
            {(aria) => (
              <Input
                {...aria}
                inputMode="numeric"
                value={typed.maxTokens}
                onChange={(event) => usePrompt.setState({ maxTokens: event.target.value })}
              />
            )}
          </Field>
        </div>
        <FaultPicker target={target} onChoose={onChoose} />
        <div className="flex items-center gap-2">
          <Button type="submit" kind="primary" data-testid="playground-send" disabled={running}>
            <Send aria-hidden />
            {t("send")}
          </Button>
          {running && (
            <Button
              data-testid="playground-stop"
              onClick={() => {
                stop("first");
                stop("second");
              }}
            >
              <Square aria-hidden />
              {t("stop")}
            </Button>
          )}
        </div>
      </form>
    </Card>
  );
}

function Targets({ overview, target, onChoose }: Props) {
  const { t } = useTranslation("playground");
  const { chain, tier, other } = target;
  const compare = (on: boolean) => {
    if (!on) clear("second");
    const different = chain.tiers.find(({ name }) => name !== tier && name !== chain.serving);
    onChoose({ other: on ? (different?.name ?? null) : undefined });
  };
  return (
    <div className="flex flex-wrap items-end gap-3">
      <Field label={t("chain")} className="w-56">
        {(aria) => (
          <Select
            {...aria}
            value={chain.name}
            options={overview.chains.map(({ name }) => ({ value: name, label: name }))}
            onChange={(name) =>
              onChoose({ chain: name, tier: null, ...(other === undefined ? {} : { other: null }) })
            }
          />
        )}
      </Field>
      <TierPicker
        label={other === undefined ? t("through") : t("first")}
        testId="through-first"
        chain={chain}
        value={tier}
        onChange={(name) => onChoose({ tier: name })}
      />
      {other !== undefined && (
        <TierPicker
          label={t("second")}
          testId="through-second"
          chain={chain}
          value={other}
          onChange={(name) => onChoose({ other: name })}
        />
      )}
      {/* biome-ignore lint/a11y/noLabelWithoutControl: the switch inside is the control */}
      <label className="flex h-8 items-center gap-2">
        <Columns2 className="size-4 text-muted" aria-hidden />
        {t("compare")}
        <Switch
          data-testid="compare"
          aria-label={t("compare")}
          checked={other !== undefined}
          onCheckedChange={compare}
        />
      </label>
    </div>
  );
}

interface PickerProps {
  label: string;
  testId: string;
  chain: ChainView;
  value: string | null;
  onChange: (tier: string | null) => void;
}

/** The chain's own choice stands under the empty name, which no tier can have. */
function TierPicker({ label, testId, chain, value, onChange }: PickerProps) {
  const { t } = useTranslation("playground");
  const tiers = chain.tiers.map(({ name }) => ({ value: name, label: t("through_tier", { tier: name }) }));
  return (
    <Field label={label} className="w-60">
      {(aria) => (
        <Select
          {...aria}
          data-testid={testId}
          value={value ?? ""}
          options={[{ value: "", label: t("through_chain") }, ...tiers]}
          onChange={(name) => onChange(name === "" ? null : name)}
        />
      )}
    </Field>
  );
}
