import { useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "@/components/ui/button";
import { Field, Input } from "@/components/ui/field";
import type { Document, Targets } from "@/contract";
import { duration } from "@/lib/format";
import { parseSpan } from "@/screens/chains/span";
import { COMPONENTS, fromPercent, numberOf, type PricedTier, pricedTiers, toPercent } from "./shape";

interface Props {
  document: Document;
  locked: boolean;
  onSave: (targets: Targets, prices: PricedTier[]) => void;
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
  useEffect(() => setDraft(JSON.parse(text)), [text]);
  const set = (part: Partial<Draft>) => setDraft((before) => ({ ...before, ...part }));
  const meant = read(draft, document.targets, tiers);
  const availability = fromPercent(draft.availability);
  const span = (name: string, label: string) => (
    <Input
      aria-label={label}
      aria-invalid={parseSpan(draft.spans[name] ?? "") === null || undefined}
      disabled={locked}
      value={draft.spans[name] ?? ""}
      onChange={(e) => set({ spans: { ...draft.spans, [name]: e.target.value } })}
      className="max-w-28"
    />
  );
  const plain = (name: "spike" | "floor") => (
    <Field label={t(`targets.${name}`)} hint={t(`targets.${name}_hint`)}>
      {(aria) => (
        <Input
          {...aria}
          aria-invalid={numberOf(draft[name]) === null || undefined}
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
        if (meant) onSave(...meant);
      }}
    >
      <Field label={t("targets.availability")} hint={budgetHint(availability, t)}>
        {(aria) => (
          <Input
            {...aria}
            aria-invalid={availability === null || undefined}
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
        <Prices tiers={tiers} prices={draft.prices} locked={locked} onChange={(prices) => set({ prices })} />
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
function budgetHint(availability: number | null, t: ReturnType<typeof useTranslation<"settings">>["t"]) {
  if (availability === null || availability < 0 || availability > 1) return t("targets.availability_bad");
  return t("targets.budget", {
    share: toPercent(1 - availability),
    time: duration(Math.round((1 - availability) * 30 * 86_400_000)),
  });
}

interface PricesProps {
  tiers: readonly PricedTier[];
  prices: readonly Typed[];
  locked: boolean;
  onChange: (prices: Typed[]) => void;
}

function Prices({ tiers, prices, locked, onChange }: PricesProps) {
  const { t } = useTranslation("settings");
  if (tiers.length === 0) return null;
  const cell = (at: number, side: keyof Typed) => {
    const value = prices[at]?.[side] ?? "";
    const tier = tiers[at];
    return (
      <Input
        aria-label={`${tier?.chain} / ${tier?.tier}, ${t(`targets.${side}`)}`}
        aria-invalid={(value.trim() !== "" && numberOf(value) === null) || undefined}
        inputMode="decimal"
        placeholder="–"
        disabled={locked}
        value={value}
        onChange={(e) =>
          onChange(prices.map((own, index) => (index === at ? { ...own, [side]: e.target.value } : own)))
        }
        className="max-w-28 text-right"
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
