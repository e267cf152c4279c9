import { useState } from "react";
import { useTranslation } from "react-i18next";
import { OrderDialog } from "@/components/orders/order-dialog";
import { type OrderAct, serverOf } from "@/components/orders/orders";
import { Time } from "@/components/time";
import { Button } from "@/components/ui/button";
import type { Given, OrdersPage } from "@/contract";
import { useRpc } from "@/state/rpc";

interface Line {
  key: string;
  what: string;
  place: string;
  given: Given;
  from?: number | null;
  until?: number | null;
  undo: OrderAct;
}

/** Every order that holds or is to come, with the way out of it, and those given lately. */
export function OrdersCard() {
  const { t } = useTranslation("orders");
  const { data } = useRpc("orders", null);
  const [act, setAct] = useState<OrderAct | null>(null);
  const lines = useLines(data);
  if (!data || (lines.length === 0 && data.recent.length === 0)) return null;
  return (
    <section aria-label={t("title")} className="rounded-lg border border-line bg-surface">
      <header className="px-4 pt-3 pb-2">
        <h2 className="text-base font-semibold">{t("title")}</h2>
        <p className="text-xs text-muted">{t("lead")}</p>
      </header>
      {lines.length === 0 ? (
        <p className="border-t border-line px-4 py-2 text-muted">{t("none")}</p>
      ) : (
        <ul aria-label={t("holding")}>
          {lines.map((line) => (
            <Holding key={line.key} line={line} onUndo={() => setAct(line.undo)} />
          ))}
        </ul>
      )}
      <Recent page={data} />
      {act && <OrderDialog act={act} onClose={() => setAct(null)} />}
    </section>
  );
}

function Holding({ line, onUndo }: { line: Line; onUndo: () => void }) {
  const { t } = useTranslation("orders");
  return (
    <li className="flex items-center gap-3 border-t border-line px-4 py-2">
      <div className="min-w-0 flex-1">
        <p className="truncate">
          <strong>{line.what}</strong> <span className="text-muted">{line.place}</span>
        </p>
        <p className="truncate text-xs text-muted" title={line.given.why}>
          {t("by", { by: line.given.by })} <Time at={line.given.at_ms} />
          {line.given.why && `: ${line.given.why}`}
        </p>
      </div>
      {line.from && (
        <span className="text-xs text-muted">
          {t("starts")} <Time at={line.from} />
        </span>
      )}
      {line.until && (
        <span className="text-xs text-muted">
          {t("until")} <Time at={line.until} />
        </span>
      )}
      <Button size="sm" onClick={onUndo}>
        {t(`${line.undo.kind}.item`)}
      </Button>
    </li>
  );
}

function Recent({ page }: { page: OrdersPage }) {
  const { t } = useTranslation("orders");
  if (page.recent.length === 0) return null;
  return (
    <details className="border-t border-line px-4 py-2">
      <summary className="cursor-pointer text-xs font-medium text-muted">{t("recent")}</summary>
      <ul className="mt-2 flex flex-col gap-1 pb-1 text-xs">
        {page.recent.map((record) => (
          <li key={record.id} className="flex gap-3">
            <Time at={record.at_ms} className="w-24 shrink-0 text-muted" />
            <span className="min-w-0 break-words">
              {[record.chain, record.tier].filter(Boolean).join(" / ")} {record.what}{" "}
              <span className="text-muted">
                {t("by", { by: record.actor })}
                {record.why && `: ${record.why}`}
              </span>
            </span>
          </li>
        ))}
      </ul>
    </details>
  );
}

function useLines(page: OrdersPage | undefined): Line[] {
  const { t } = useTranslation("orders");
  if (!page) return [];
  const place = (chain: string, tier: string | null) => `${chain} / ${tier ?? t("whole_chain")}`;
  return [
    ...page.pins.map(
      (pin): Line => ({
        key: `pin ${pin.chain}`,
        what: t(pin.only ? "pinned_only" : "pinned"),
        place: place(pin.chain, pin.tier),
        given: pin.given,
        until: pin.until_ms,
        undo: { kind: "unpin", chain: pin.chain },
      }),
    ),
    ...page.tiers.map((order): Line => {
      const { chain, tier, kind, replica } = order;
      const undo: OrderAct =
        kind === "set_aside"
          ? { kind: "failback", chain }
          : { kind: "enable", chain, tier: tier ?? "", ...(replica && { replica }) };
      const server = replica && `, ${serverOf(chain, tier ?? "", replica)}`;
      return {
        key: `${kind} ${replica ?? place(chain, tier)}`,
        what: t(`kind.${kind}`),
        place: `${place(chain, tier)}${server ?? ""}`,
        given: order.given,
        undo,
      };
    }),
    ...page.windows.map(
      ({ id, chain, tier, from_ms, to_ms, open, given }): Line => ({
        key: `window ${id}`,
        what: t("kind.maintenance"),
        place: place(chain, tier),
        given,
        from: open ? null : from_ms,
        until: to_ms,
        undo: { kind: "end", id, chain, tier },
      }),
    ),
    ...page.retired.map(
      ({ model, tiers, given }): Line => ({
        key: `retired ${model}`,
        what: t("kind.retired"),
        place: `${model} (${tiers.join(", ")})`,
        given,
        undo: { kind: "unretire", model },
      }),
    ),
  ];
}
