import { CircleAlert } from "lucide-react";
import { useEffect, useId, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "@/components/ui/button";
import { Field, Input } from "@/components/ui/field";
import type { Document, Problem, Targets } from "@/contract";
import { cn } from "@/lib/cn";
import { duration } from "@/lib/format";
import { inWords } from "@/lib/problems";
import { parseSpan } from "@/screens/chains/span";
import { COMPONENTS, fromPercent, numberOf, type PricedTier, pathOf, pricedTiers, toPercent } from "./shape";

interface Props {
  document: Document;
  locked: boolean;
  /** What the engine finds wrong goes to `land`. */
  onSave: (targets: Targets, prices: PricedTier[], land: (problems: Problem[]) => void) => void;
}

type Typed = { input: string; output: string };

interface Draft {
  availability: string;
  spans: Record<string, string>;
  spike: string;
  floor: string;
  /** By chain and tier, in the order of the tiers. */
  prices: Typed[];
}

const typed = (price: number | undefined) => (price === undefined ? "" : String(price));

function draftOf({ targets }: Document, tiers: readonly PricedTier[]): Draft {
  const spans = COMPONENTS.flatMap(({ rto, rpo }) => (rpo === null ? [rto] : [rto, rpo]));
  return {
    availability: toPercent(targets.availability),
    spans: Object.fromEntries(spans.map((name) => [name, targets[name]])),
    spike: String(targets.cost_spike),
    floor: String(targets.cost_floor),
    prices: tiers.map(({ price }) => ({ input: typed(price?.input), output: typed(price?.output) })),
  };
}

/** What the draft means; null while something in it is no number or no duration. */
function read(draft: Draft, before: Targets, tiers: readonly PricedTier[]): [Targets, PricedTier[]] | null {
  const [availability, spike, floor] = [
    fromPercent(draft.availability),
    numberOf(draft.spike),
    numberOf(draft.floor),
  ];
  if (availability === null || spike === null || floor === null) return null;
  if (Object.values(draft.spans).some((span) => parseSpan(span) === null)) return null;
  const prices = tiers.map((tier, at): PricedTier | null => {
    const { input = "", output = "" } = draft.prices[at] ?? {};
    if (input.trim() === "" && output.trim() === "") return { ...tier, price: undefined };
    const price = { input: numberOf(input || "0"), output: numberOf(output || "0") };
    if (price.input === null || price.output === null) return null;
    return { ...tier, price: { input: price.input, output: price.output } };
  });
  if (prices.includes(null)) return null;
  const targets = { ...before, ...draft.spans, availability, cost_spike: spike, cost_floor: floor };
  return [targets, prices.filter((price) => price !== null)];
}

/** Targets by component, the error budget, and a price table. */
export function TargetsForm({ document, locked, onSave }: Props) {
  const { t } = useTranslation("settings");
  const tiers = useMemo(() => pricedTiers(document), [document]);
  const saved = draftOf(document, tiers);
  const text = JSON.stringify(saved);
  const [draft, setDraft] = useState(saved);
  const [problems, setProblems] = useState<Problem[]>([]);
  const shown = useRef(text);
  const sent = useRef(false);
  // What was typed is kept when somebody else changes the configuration meanwhile.
  useEffect(() => {
    const own = sent.current;
    const before = shown.current;
    setDraft((typed) => (own || JSON.stringify(typed) === before ? JSON.parse(text) : typed));
    shown.current = text;
    sent.current = false;
  }, [text]);
  const set = (part: Partial<Draft>) => {
    setDraft((before) => ({ ...before, ...part }));
    setProblems([]);
  };
  const found = (path: string) => {
    const problem = problems.find((one) => one.path === path);
    return problem && inWords(problem);
  };
  const meant = read(draft, document.targets, tiers);
  const availability = fromPercent(draft.availability);
  const span = (name: string, label: string) => (
    <Cell
      label={label}
      disabled={locked}
      value={draft.spans[name] ?? ""}
      error={parseSpan(draft.spans[name] ?? "") === null ? t("targets.span_bad") : found(`targets.${name}`)}
      onChange={(value) => set({ spans: { ...draft.spans, [name]: value } })}
    />
  );
  const plain = (name: "spike" | "floor") => (
    <Field
      label={t(`targets.${name}`)}
      hint={t(`targets.${name}_hint`)}
      error={numberOf(draft[name]) === null ? t("targets.number_bad") : found(`targets.cost_${name}`)}
    >
      {(aria) => (
        <Input
          {...aria}
          inputMode="decimal"
          disabled={locked}
          value={draft[name]}
          onChange={(e) => set({ [name]: e.target.value })}
          className="max-w-28"
        />
      )}
    </Field>
  );
  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (!meant) return;
        sent.current = true;
        onSave(...meant, (problems) => {
          sent.current = false;
          setProblems(problems);
        });
      }}
    >
      <Field
        label={t("targets.availability")}
        hint={budget(availability, t)}
        error={
          budget(availability, t) === undefined
            ? t("targets.availability_bad")
            : found("targets.availability")
        }
      >
        {(aria) => (
          <Input
            {...aria}
            inputMode="decimal"
            disabled={locked}
            value={draft.availability}
            onChange={(e) => set({ availability: e.target.value })}
            className="max-w-28"
          />
        )}
      </Field>
      <table className="w-full max-w-2xl">
        <thead className="text-left text-xs text-faint">
          <tr>
            <th className="pb-1 font-medium">{t("targets.component")}</th>
            <th className="pb-1 font-medium">{t("targets.rto")}</th>
            <th className="pb-1 font-medium">{t("targets.rpo")}</th>
          </tr>
        </thead>
        <tbody>
          {COMPONENTS.map(({ name, rto, rpo }) => (
            <tr key={name} className="border-t border-line">
              <td className="py-1.5 pr-4">
                {t(`targets.components.${name}`)}
                <span className="block text-xs text-faint">{t(`targets.measured.${name}`)}</span>
              </td>
              <td className="py-1.5 pr-3">
                {span(rto, `${t(`targets.components.${name}`)}, ${t("targets.rto")}`)}
              </td>
              <td className="py-1.5">
                {rpo === null ? (
                  <span className="text-faint">–</span>
                ) : (
                  span(rpo, `${t(`targets.components.${name}`)}, ${t("targets.rpo")}`)
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <div className="border-t border-line pt-3">
        <h3 className="text-xs font-medium text-muted">{t("targets.prices")}</h3>
        <p className="mt-1 mb-2 max-w-prose text-xs text-faint">
          {t(tiers.length === 0 ? "targets.no_tiers" : "targets.prices_hint")}
        </p>
        <Prices
          tiers={tiers}
          prices={draft.prices}
          locked={locked}
          found={(tier) => found(`${pathOf(document, tier)}.price`)}
          onChange={(prices) => set({ prices })}
        />
      </div>
      <div className="flex flex-wrap gap-x-8 gap-y-3">
        {plain("spike")}
        {plain("floor")}
      </div>
      <Button
        type="submit"
        className="self-start"
        disabled={locked || meant === null || JSON.stringify(draft) === text}
      >
        {t("targets.save")}
      </Button>
    </form>
  );
}

/** The error budget of a target in words: how long nobody may be answered in a month of 30 days. */
function budget(availability: number | null, t: ReturnType<typeof useTranslation<"settings">>["t"]) {
  if (availability === null || availability < 0 || availability > 1) return undefined;
  return t("targets.budget", {
    share: toPercent(1 - availability),
    time: duration(Math.round((1 - availability) * 30 * 86_400_000)),
  });
}

interface CellProps {
  label: string;
  value: string;
  error: string | undefined;
  disabled: boolean;
  placeholder?: string;
  className?: string;
  onChange: (value: string) => void;
}

/** A field in a table, whose label is its row and column; what is wrong with it stands below. */
function Cell({ label, value, error, className, onChange, ...rest }: CellProps) {
  const id = useId();
  return (
    <>
      <Input
        {...rest}
        aria-label={label}
        aria-invalid={error ? true : undefined}
        aria-describedby={error ? id : undefined}
        value={value}
        onChange={(event) => onChange(event.target.value)}
        className={cn("max-w-28", className)}
      />
      {error && (
        <p id={id} role="alert" className="mt-1 flex max-w-56 gap-1.5 text-xs text-bad">
          <CircleAlert className="mt-0.5 size-3 shrink-0" aria-hidden />
          {error}
        </p>
      )}
    </>
  );
}

interface PricesProps {
  tiers: readonly PricedTier[];
  prices: readonly Typed[];
  locked: boolean;
  /** What the engine found wrong with a tier's price. */
  found: (tier: PricedTier) => string | undefined;
  onChange: (prices: Typed[]) => void;
}

function Prices({ tiers, prices, locked, found, onChange }: PricesProps) {
  const { t } = useTranslation("settings");
  if (tiers.length === 0) return null;
  const cell = (at: number, side: keyof Typed) => {
    const value = prices[at]?.[side] ?? "";
    const tier = tiers[at];
    return (
      <Cell
        label={`${tier?.chain} / ${tier?.tier}, ${t(`targets.${side}`)}`}
        error={
          value.trim() !== "" && numberOf(value) === null
            ? t("targets.number_bad")
            : side === "input" && tier
              ? found(tier)
              : undefined
        }
        placeholder="–"
        disabled={locked}
        value={value}
        onChange={(text) =>
          onChange(prices.map((own, index) => (index === at ? { ...own, [side]: text } : own)))
        }
      />
    );
  };
  return (
    <table className="w-full max-w-2xl">
      <thead className="text-left text-xs text-faint">
        <tr>
          <th className="pb-1 font-medium">{t("targets.tier")}</th>
          <th className="pb-1 font-medium">{t("targets.input")}</th>
          <th className="pb-1 font-medium">{t("targets.output")}</th>
        </tr>
      </thead>
      <tbody>
        {tiers.map(({ chain, tier }, at) => (
          <tr key={`${chain}/${tier}`} className="border-t border-line">
            <td className="py-1.5 pr-4">
              <span className="text-muted">{chain} / </span>
              {tier}
            </td>
            <td className="py-1.5 pr-3">{cell(at, "input")}</td>
            <td className="py-1.5">{cell(at, "output")}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
