/** What the configuration says about alerts, and its change: an edit like any other, made as a revision of its own. */
import type { AlertEvent, Alerts, EmailChannel, Problem, WebhookChannel } from "@/contract";
import { inWords, isError } from "@/lib/problems";
import { useDocument } from "@/state/document";

/** A channel beside the desktop. */
export type Channel = { kind: "email"; channel: EmailChannel } | { kind: "webhook"; channel: WebhookChannel };

/** The events, in the order of the matrix. */
export const EVENTS = ["p0", "p1", "p2", "p3", "worse", "reminder", "over", "practice"] as const;

export function useAlerts() {
  const { document, put, ...rest } = useDocument();
  return {
    ...rest,
    alerts: document?.alerts,
    /** Puts other alerts in force; resolves to whether that was done. */
    set: (alerts: Alerts, note: string, land?: (problems: Problem[]) => void) =>
      put((document) => ({ ...document, alerts }), note, land),
  };
}

/** What is wrong, by the field that it stands at; what has no field stands at `""`. */
export type Wrong = Readonly<Record<string, string>>;

/** The engine's problems with what lies at `path`, each at its field: of `alerts.email[0].to[1]` the field is `to`. */
export function atFields(problems: readonly Problem[], path: string, fields: readonly string[]): Wrong {
  const wrong: Record<string, string> = {};
  for (const problem of problems.filter(isError)) {
    const [own = ""] = problem.path.startsWith(`${path}.`)
      ? problem.path.slice(path.length + 1).split(/[.[]/)
      : [];
    const field = fields.includes(own) ? own : "";
    wrong[field] = wrong[field] ? `${wrong[field]} ${inWords(problem)}` : inWords(problem);
  }
  return wrong;
}

/** What is still wrong after these fields were changed. */
export function without(wrong: Wrong, changed: readonly string[]): Wrong {
  return Object.fromEntries(Object.entries(wrong).filter(([field]) => !changed.includes(field)));
}

/** Where a channel stands in the configuration once it is put in the place of the one called `name`, or added. */
export function pathOf(alerts: Alerts, name: string | null, kind: Channel["kind"]): string {
  const list = kind === "email" ? alerts.email : alerts.webhooks;
  const at = list.findIndex((own) => own.name === name);
  return `alerts.${kind === "email" ? "email" : "webhooks"}[${at < 0 ? list.length : at}]`;
}

/** Every channel beside the desktop. */
export function channelsOf(alerts: Alerts): Channel[] {
  return [
    ...alerts.email.map((channel): Channel => ({ kind: "email", channel })),
    ...alerts.webhooks.map((channel): Channel => ({ kind: "webhook", channel })),
  ];
}

/** The alerts with a channel put in the place of the one of this name, or added; without it when there is none. */
export function withChannel(alerts: Alerts, name: string | null, next: Channel | null): Alerts {
  const put = <T extends { name: string }>(list: readonly T[], own: T | undefined): T[] => {
    const at = list.findIndex((other) => other.name === name);
    if (own === undefined) return list.filter((other) => other.name !== name);
    return at < 0 ? [...list, own] : list.map((other, index) => (index === at ? own : other));
  };
  return {
    ...alerts,
    email: put(alerts.email, next?.kind === "email" ? next.channel : undefined),
    webhooks: put(alerts.webhooks, next?.kind === "webhook" ? next.channel : undefined),
  };
}

/** The alerts after an event was switched for a channel. */
export function toggled(alerts: Alerts, channel: string, event: AlertEvent, on: boolean): Alerts {
  const flip = (events: readonly AlertEvent[]) =>
    EVENTS.filter((known) => (known === event ? on : events.includes(known)));
  if (channel === "desktop") return { ...alerts, desktop_events: flip(alerts.desktop_events) };
  const one = <T extends { name: string; events: AlertEvent[] }>(list: readonly T[]) =>
    list.map((own) => (own.name === channel ? { ...own, events: flip(own.events) } : own));
  return { ...alerts, email: one(alerts.email), webhooks: one(alerts.webhooks) };
}
