/** Fixtures of what people do with incidents: the history, runbooks, counts by day. */
import type { ChangeOver, Incident, RunbookView } from "@/contract";
import type { Answers, FakeState } from "./index";

const DAY = 86_400_000;

function changesOf(now: number): ChangeOver[] {
  return Array.from({ length: 120 }, (_, index) => ({
    id: String(9_000 - index),
    at_ms: now - index * 3_700_000,
    chain: index % 3 === 0 ? "practice" : "chat",
    simulated: index % 3 === 0,
    direction: index % 2 === 0 ? "over" : "back",
    from: index % 2 === 0 ? "gpu" : "cpu",
    to: index % 2 === 0 ? "cpu" : "gpu",
    trigger: index % 2 === 0 ? "refused" : "recovered",
    error: index % 2 === 0 ? "connection to 127.0.0.1:41877 refused" : "",
    advice: "",
    waited_ms: index % 2 === 0 ? 12 + index : null,
    incident: index % 2 === 0 ? String(400 - index) : null,
  }));
}

function runbooksOf(now: number): RunbookView[] {
  const text =
    "A provider refuses connections.\n\n## Steps\n\n- [ ] Look at `journalctl -u UNIT`.\n- [ ] Restart it.\n\n## Contacts\n\n- On call: 112.";
  const steps = ["Look at `journalctl -u UNIT`.", "Restart it."];
  const one = (name: string, title: string, kinds: string[]): RunbookView => ({
    name,
    title,
    kinds,
    text,
    steps,
    origin: "shipped",
    rehearsed: null,
    rehearsal_due: true,
    followed_ms: null,
  });
  return [
    {
      ...one("provider-outage", "Provider outage", ["outage"]),
      rehearsed: { at_ms: now - 20 * DAY, actor: "amira", note: "The telephone list was old." },
      rehearsal_due: false,
      followed_ms: now - 3 * DAY,
    },
    one("rate-limit", "Rate limit", ["rate_limit"]),
    { ...one("gpu-lost", "GPU lost", ["gpu"]), origin: "edited" },
    { ...one("own", "Our own", []), origin: "own" },
  ];
}

export function knowingAnswers(state: FakeState, incidents: readonly Incident[]): Answers {
  const now = Date.now();
  const changes = state === "empty" ? [] : changesOf(now);
  return {
    "incident.act": ({ ids }) => incidents.filter(({ id }) => ids.includes(id)),
    "incidents.export": ({ format }) => ({ filename: `incidents.${format}`, mime: "text/csv", text: "" }),
    "incidents.days": ({ days }) =>
      Array.from({ length: days }, (_, index) => ({
        from_ms: now - (days - 1 - index) * DAY,
        counts:
          state === "empty"
            ? [0, 0, 0, 0]
            : [0, index % 17 === 3 ? 1 : 0, index % 5 === 0 ? 2 : 0, index % 3 === 0 ? 1 : 0],
      })),
    history: ({ limit, before }) => ({
      changes: changes
        .filter(({ id }) => before === undefined || Number(id) < Number(before))
        .slice(0, limit),
      total: before === undefined ? changes.length : null,
    }),
    "history.export": ({ format }) => ({ filename: `history.${format}`, mime: "text/csv", text: "" }),
    runbooks: () => runbooksOf(now),
    "runbook.rehearsed": () => runbooksOf(now),
  };
}
