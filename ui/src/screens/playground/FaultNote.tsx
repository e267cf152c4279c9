import { FlaskConical } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { PlaygroundEnd } from "@/contract";
import { duration } from "@/lib/format";
import { faultWords } from "./fault";
import type { RunView } from "./run";

/** Says of a run with a fault who met it, and what a client would have seen. */
export function FaultNote({ run }: { run: RunView }) {
  const { t } = useTranslation("playground");
  const { end } = run;
  if (!end?.fault) return null;
  const met = end.tries.find((one) => one.fault);
  const fault = faultWords(t, end.fault);
  return (
    <div
      data-testid="fault-note"
      className="mb-3 flex items-start gap-2 rounded-md bg-warn-soft px-3 py-2 text-warn"
    >
      <FlaskConical className="mt-0.5 size-4 shrink-0" aria-hidden />
      <div className="min-w-0 break-words">
        <p className="font-medium">
          {met ? t("fault.met", { tier: met.tier, fault }) : t("fault.not_met", { fault })}
        </p>
        <p className="text-xs text-ink">
          {met ? t("fault.client", { saw: saw(t, end, run) }) : notMet(t, end)}
        </p>
      </div>
    </div>
  );
}

type Say = ReturnType<typeof useTranslation<"playground">>["t"];

function saw(t: Say, end: PlaygroundEnd, run: RunView): string {
  if (end.ok) return t("fault.saw.whole", { tier: end.tier ?? "", time: duration(run.firstTokenMs) });
  if (run.text || run.reasoning) return t("fault.saw.cut", { tier: end.tier ?? "" });
  return t("fault.saw.error", { status: end.status });
}

function notMet(t: Say, { fault }: PlaygroundEnd): string {
  return fault?.tier ? t("fault.not_tried", { tier: fault.tier }) : t("fault.nobody_tried");
}
