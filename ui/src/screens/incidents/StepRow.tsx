import { useState } from "react";
import { useTranslation } from "react-i18next";
import { OrderDialog } from "@/components/orders/order-dialog";
import type { OrderAct } from "@/components/orders/orders";
import { StepText } from "@/components/step-text";
import { Button } from "@/components/ui/button";
import { cn } from "@/lib/cn";
import { readStep } from "@/lib/step-act";

interface Props {
  line: string;
  ticked: boolean;
  disabled: boolean;
  /** What the step's act stands for here. */
  order: (act: string) => OrderAct | null;
  /** The reason that the order is given for, unless another is written. */
  why: string;
  /** Resolves to whether it is on record. */
  onTick: (done: boolean) => Promise<boolean>;
}

/** A step of a runbook: its box, its words, and a button that does what it says. */
export function StepRow({ line, ticked, disabled, order, why, onTick }: Props) {
  const { t } = useTranslation("incidents");
  const [asked, setAsked] = useState<OrderAct | null>(null);
  /** What was just said, until it is on record. */
  const [told, setTold] = useState<boolean | null>(null);
  const done = told ?? ticked;
  const tick = (next: boolean) => {
    setTold(next);
    void onTick(next).finally(() => setTold(null));
  };
  const { text, act } = readStep(line);
  const found = act && order(act.name);
  return (
    <li>
      <label className="flex items-start gap-2">
        <input
          type="checkbox"
          className="mt-0.5 size-4 shrink-0 accent-[var(--accent)]"
          checked={done}
          disabled={disabled}
          onChange={(change) => tick(change.target.checked)}
        />
        <span className={cn("min-w-0 break-words", done && "text-faint line-through")}>
          <StepText text={text} />
        </span>
      </label>
      {act && (
        <Button
          size="sm"
          className="mt-1 ml-6"
          data-testid={`step-act-${act.name}`}
          disabled={found === null}
          title={found === null ? t("runbook.nothing_to_act") : undefined}
          onClick={() => setAsked(found)}
        >
          {act.label || act.name}
        </Button>
      )}
      {asked && (
        <OrderDialog act={asked} why={why} onClose={() => setAsked(null)} onGiven={() => tick(true)} />
      )}
    </li>
  );
}
