import { type KeyboardEvent, memo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Check } from "@/contract";
import { duration, timeOfDay } from "@/lib/format";

const SLOTS = 90;
const STEPS: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1, PageUp: -10, PageDown: 10 };

/** The newest checks, one bar each, oldest first; failed ones are taller. Arrows walk along them. */
export const ChecksBar = memo(({ name, checks }: { name: string; checks: Check[] }) => {
  const { t } = useTranslation("overview");
  const [picked, setPicked] = useState<number | null>(null);
  if (checks.length === 0) return <p className="text-2xs text-faint">{t("checks.none")}</p>;
  const failed = checks.filter((check) => !check.ok).length;
  const summary = `${t("checks.summary", { count: checks.length })}, ${failed ? t("checks.failed", { count: failed }) : t("checks.all_good")}`;
  const at = Math.min(picked ?? checks.length - 1, checks.length - 1);
  const check = checks[at];
  const spoken = check && describe(check);
  function describe({ ok, at_ms, took_ms, error }: Check) {
    const time = timeOfDay(at_ms);
    return ok
      ? t("checks.ok", { time, took: duration(took_ms) })
      : t("checks.bad", { time, error: error ?? "" });
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const step = STEPS[event.key];
    const next = event.key === "Home" ? 0 : event.key === "End" ? checks.length - 1 : step && at + step;
    if (next === undefined) return;
    event.preventDefault();
    setPicked(Math.max(0, Math.min(checks.length - 1, next)));
  };
  return (
    <div>
      <div
        role="slider"
        tabIndex={0}
        aria-label={`${t("checks.label", { name })}: ${summary}`}
        aria-valuemin={1}
        aria-valuemax={checks.length}
        aria-valuenow={at + 1}
        aria-valuetext={spoken}
        onKeyDown={onKeyDown}
        onBlur={() => setPicked(null)}
        onPointerLeave={() => setPicked(null)}
        onPointerMove={(event) => setPicked(indexAt(event, checks.length))}
        className="h-5 rounded-sm"
      >
        <Bars checks={checks} picked={picked === null ? null : at} />
      </div>
      <p className="truncate text-2xs text-faint" title={picked === null ? name : spoken}>
        {picked === null ? summary : spoken}
      </p>
    </div>
  );
});

function indexAt(event: React.PointerEvent<HTMLElement>, count: number): number {
  const box = event.currentTarget.getBoundingClientRect();
  const slot = Math.floor(((event.clientX - box.left) / box.width) * SLOTS);
  return Math.max(0, Math.min(count - 1, slot - (SLOTS - count)));
}

function Bars({ checks, picked }: { checks: Check[]; picked: number | null }) {
  const offset = SLOTS - checks.length;
  return (
    <svg viewBox={`0 0 ${SLOTS * 4} 20`} preserveAspectRatio="none" className="size-full" aria-hidden="true">
      {offset > 0 && <rect x={0} width={offset * 4 - 1} y={18} height={2} className="fill-line" />}
      {checks.map((check, index) => (
        <rect
          key={check.at_ms}
          x={(offset + index) * 4}
          width={3}
          y={check.ok ? 8 : 0}
          height={check.ok ? 12 : 20}
          className={check.ok ? "fill-good" : "fill-bad"}
          opacity={picked === null || picked === index ? 1 : 0.45}
        />
      ))}
    </svg>
  );
}
