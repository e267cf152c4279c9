import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Moment } from "@/components/moment";
import { ErrorState } from "@/components/states";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Field, Input } from "@/components/ui/field";
import { Segmented } from "@/components/ui/segmented";
import { Switch } from "@/components/ui/switch";
import { type HostError, useHost } from "@/host";
import { type Choices, command, type OrderAct, serverOf } from "./orders";

const GRAVE = new Set<OrderAct["kind"]>(["disable", "retire", "failover", "maintenance"]);

interface Props {
  act: OrderAct;
  /** The reason that is proposed. */
  why?: string;
  /** What else is proposed. */
  proposed?: Partial<Choices>;
  onClose: () => void;
  /** Called once the order holds. */
  onGiven?: () => void;
}

/** Asks before an order is given: what it does, for how long, and why. */
export function OrderDialog({ act, why = "", proposed, onClose, onGiven }: Props) {
  const { t } = useTranslation("orders");
  const [choices, setChoices] = useState<Choices>({
    why,
    only: false,
    pin: "15m",
    window: "1h",
    ...proposed,
  });
  const choose = (change: Partial<Choices>) => setChoices((before) => ({ ...before, ...change }));
  const { give, busy, error } = useGive(act, () => {
    onGiven?.();
    onClose();
  });
  return (
    <Dialog
      open
      onClose={onClose}
      title={useTitle(act)}
      description={useBody(act)}
      footer={
        <>
          <Button onClick={onClose}>{t("cancel", { ns: "common" })}</Button>
          <Button
            kind={GRAVE.has(act.kind) ? "danger" : "primary"}
            disabled={busy}
            data-testid="order-give"
            onClick={() => give(choices)}
          >
            {t(later(act, choices) ? "maintenance.plan" : `${act.kind}.act`)}
          </Button>
        </>
      }
    >
      <form
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          give(choices);
        }}
      >
        {act.kind === "pin" && <PinChoices choices={choices} choose={choose} />}
        {act.kind === "maintenance" && <WindowChoice choices={choices} choose={choose} />}
        <Field label={t("why")} hint={t("why_hint")}>
          {(aria) => (
            <Input
              {...aria}
              data-testid="order-why"
              maxLength={500}
              value={choices.why}
              onChange={(event) => choose({ why: event.target.value })}
            />
          )}
        </Field>
        {error && <ErrorState error={error} />}
      </form>
    </Dialog>
  );
}

/** Whether a window is planned rather than begun. */
const later = (act: OrderAct, { from }: Choices) =>
  act.kind === "maintenance" && from !== undefined && from > Date.now();

interface ChoiceProps {
  choices: Choices;
  choose: (change: Partial<Choices>) => void;
}

function PinChoices({ choices, choose }: ChoiceProps) {
  const { t } = useTranslation("orders");
  const options = (["15m", "1h", "forever"] as const).map((value) => ({ value, label: t(`pin.${value}`) }));
  return (
    <>
      <div className="flex flex-col items-start gap-1">
        <span className="text-xs font-medium text-muted">{t("pin.length")}</span>
        <Segmented
          label={t("pin.length")}
          value={choices.pin}
          options={options}
          onChange={(pin) => choose({ pin })}
        />
      </div>
      <div className="flex items-start gap-3">
        <Switch
          aria-label={t("pin.only")}
          checked={choices.only}
          onCheckedChange={(only) => choose({ only })}
        />
        <span className="text-muted" aria-hidden>
          {t("pin.only")}
        </span>
      </div>
    </>
  );
}

function WindowChoice({ choices, choose }: ChoiceProps) {
  const { t } = useTranslation("orders");
  const lengths = ["30m", "1h", "4h", "24h"] as const;
  return (
    <div className="flex flex-col items-start gap-1">
      <span className="text-xs font-medium text-muted">{t("maintenance.length")}</span>
      <Segmented
        label={t("maintenance.length")}
        value={choices.window}
        options={lengths.map((value) => ({ value, label: t(`maintenance.${value}`) }))}
        onChange={(window) => choose({ window })}
      />
      <div className="pt-3">
        <Moment
          label={t("maintenance.from")}
          hint={t("maintenance.from_hint")}
          at={choices.from}
          onChange={(from) => choose({ from })}
        />
      </div>
    </div>
  );
}

/** Gives the order; what comes back is every order that holds. */
function useGive(act: OrderAct, onDone: () => void) {
  const host = useHost();
  const client = useQueryClient();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<HostError | null>(null);
  const give = async (choices: Choices) => {
    const { name, request } = command(act, choices, Date.now());
    setBusy(true);
    try {
      client.setQueryData(["orders", null], await host.rpc(name, request));
      onDone();
    } catch (refusal) {
      setError(refusal as HostError);
    } finally {
      setBusy(false);
    }
  };
  return { give: (choices: Choices) => void give(choices), busy, error };
}

/** A tier with its chain, or the chain alone. */
const placeOf = (act: OrderAct) =>
  "chain" in act ? ("tier" in act && act.tier ? `${act.chain} / ${act.tier}` : act.chain) : "";

/** What a switch is about: a server by its address, or its tier. */
const subjectOf = (act: OrderAct) =>
  "replica" in act && act.replica
    ? serverOf(act.chain, act.tier, act.replica)
    : "tier" in act
      ? (act.tier ?? "")
      : "";

function useTitle(act: OrderAct): string {
  const { t } = useTranslation("orders");
  return t(`${act.kind}.title`, {
    chain: "chain" in act ? act.chain : "",
    tier: subjectOf(act),
    model: "model" in act ? act.model : "",
    place: placeOf(act),
  });
}

function useBody(act: OrderAct): string {
  const { t } = useTranslation("orders");
  if (act.kind === "maintenance") return t(act.tier ? "maintenance.body_tier" : "maintenance.body_chain");
  const running = "running" in act ? (act.running ?? 0) : 0;
  return t(`${act.kind}.body`, { running });
}
