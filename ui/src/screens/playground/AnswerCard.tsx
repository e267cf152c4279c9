import { CircleCheck, CircleDashed, CircleX, LoaderCircle, type LucideIcon, OctagonX } from "lucide-react";
import { type ReactNode, useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { CopyButton } from "@/components/copy-button";
import { ErrorState } from "@/components/states";
import { Card } from "@/components/ui/card";
import type { EndpointState } from "@/contract";
import { cn } from "@/lib/cn";
import { duration, figure } from "@/lib/format";
import { curl, openaiPython } from "@/lib/snippets";
import { FaultNote } from "./FaultNote";
import type { Target } from "./PromptForm";
import { usePrompt } from "./prompt";
import type { RunView, Side } from "./run";
import { Why } from "./Why";

interface Props {
  side: Side;
  run: RunView | null;
  /** The chain or tier that is asked. */
  name: string;
  target: Target;
  endpoint: EndpointState;
}

/** One answer as it comes, its times, and why this tier gave it. */
export function AnswerCard({ side, run, name, target, endpoint }: Props) {
  const { t } = useTranslation("playground");
  return (
    <Card
      data-testid={`answer-${side}`}
      title={name}
      aside={run && <State run={run} />}
      className="flex flex-col"
    >
      {run ? (
        <>
          <Numbers run={run} />
          <FaultNote run={run} />
          {run.error && <ErrorState error={run.error} />}
          {(!run.error || run.text) && <Text run={run} name={name} />}
          {run.end && <Why end={run.end} />}
        </>
      ) : (
        <p className="py-6 text-center text-muted">{t("answer.idle")}</p>
      )}
      <Codes target={target} endpoint={endpoint} run={run} />
    </Card>
  );
}

function State({ run }: { run: RunView }) {
  const { t } = useTranslation("playground");
  const [icon, tone, text] = stateOf(run, t);
  const Icon = icon;
  return (
    <span data-testid="run-state" className="flex items-center gap-1.5 text-xs font-medium">
      <Icon
        className={cn("size-3.5", tone, icon === LoaderCircle && "motion-safe:animate-spin")}
        aria-hidden
      />
      {text}
    </span>
  );
}

type Say = ReturnType<typeof useTranslation<"playground">>["t"];

function stateOf(run: RunView, t: Say): [LucideIcon, string, string] {
  if (run.state === "stopped") return [CircleDashed, "text-unknown", t("answer.stopped")];
  if (run.error) return [OctagonX, "text-bad", t("answer.failed")];
  if (run.end?.ok) return [CircleCheck, "text-good", t("answer.done", { tier: run.end.tier ?? "" })];
  if (run.end) return [CircleX, "text-bad", run.text ? t("answer.cut") : t("answer.failed")];
  return [LoaderCircle, "text-muted", run.state === "waiting" ? t("answer.waiting") : t("answer.streaming")];
}

function Numbers({ run }: { run: RunView }) {
  const { t } = useTranslation("playground");
  const rows = [
    [t("answer.first_token"), duration(run.firstTokenMs)],
    [t("answer.rate"), figure(run.end?.tokens_per_second, 1)],
    [t("answer.tokens"), figure(run.end?.tokens)],
    [t("answer.total"), duration(run.elapsedMs)],
  ] as const;
  return (
    <dl className="mb-3 grid grid-cols-4 gap-3">
      {rows.map(([label, value]) => (
        <div key={label} className="min-w-0">
          <dt className="truncate text-2xs text-faint">{label}</dt>
          <dd className={cn("numeric font-medium", value === "n/a" && "text-faint")}>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** The text; it stays at its end while it grows, unless the reader scrolled up. */
function Text({ run, name }: { run: RunView; name: string }) {
  const { t } = useTranslation("playground");
  const box = useRef<HTMLElement>(null);
  const follow = useRef(true);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the text is what grows
  useEffect(() => {
    const element = box.current;
    if (element && follow.current) element.scrollTop = element.scrollHeight;
  }, [run.text, run.reasoning]);
  const note = (element: HTMLElement) => {
    follow.current = element.scrollHeight - element.scrollTop - element.clientHeight < 24;
  };
  return (
    <section
      ref={box}
      aria-label={t("answer.region", { name })}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolled region has to be reachable by keyboard
      tabIndex={0}
      onScroll={(event) => note(event.currentTarget)}
      className="max-h-96 min-h-24 overflow-y-auto rounded-md bg-canvas px-3 py-2"
    >
      {run.reasoning && (
        <details className="mb-2 text-muted">
          <summary>{t("answer.reasoning")}</summary>
          <p className="whitespace-pre-wrap break-words">{run.reasoning}</p>
        </details>
      )}
      <p data-testid="answer-text" className="whitespace-pre-wrap break-words">
        {run.text}
      </p>
      {run.end?.error && <p className="mt-1 break-words text-bad">{run.end.error}</p>}
      {run.end?.notice && (
        <p className="mt-2 text-xs text-muted">
          {t("answer.notice")}: {run.end.notice}
        </p>
      )}
    </section>
  );
}

function Codes({ target, endpoint, run }: { target: Target; endpoint: EndpointState; run: RunView | null }) {
  const { t } = useTranslation("playground");
  const prompt = usePrompt((state) => state.prompt) || undefined;
  const way = { baseUrl: endpoint.base_url, model: target.chain.name, needsKey: endpoint.needs_key };
  const copies: [string, string][] = [
    [t("code.curl"), curl(way, prompt)],
    [t("code.python"), openaiPython(way, prompt)],
  ];
  const buttons: ReactNode[] = copies.map(([label, text]) => (
    <CopyButton key={label} text={text} label={label}>
      {label}
    </CopyButton>
  ));
  return (
    <div className="mt-auto flex flex-wrap gap-2 pt-3">
      {run?.text && (
        <CopyButton text={run.text} label={t("answer.copy")}>
          {t("answer.copy")}
        </CopyButton>
      )}
      {buttons}
    </div>
  );
}
