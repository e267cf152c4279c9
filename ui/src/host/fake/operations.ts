/** Fixtures of the incidents, reports and alerts. */
import type {
  AlertEntry,
  Incident,
  IncidentAround,
  IncidentDetail,
  Recovery,
  Report,
  TimelineEntry,
} from "@/contract";
import type { Answers, FakeState } from "./index";
import { knowingAnswers } from "./knowing";

const MINUTE = 60_000;

/** An incident that began so long ago; closed unless told otherwise. */
export function incidentOf(now: number, id: number, over: Partial<Incident> = {}): Incident {
  const began = now - id * 97 * MINUTE;
  const restored = began + 42_000 + id * 3_100;
  return {
    id: String(400 - id),
    state: "closed",
    severity: id % 4 === 0 ? "P1" : "P2",
    kind: "outage",
    title: "gpu refuses connections; gpu-2 answers",
    chain: "practice",
    tier: "gpu",
    simulated: id % 3 === 0,
    times: {
      began_ms: began,
      detected_ms: began + 180 + id * 40,
      assessed_ms: began + 230 + id * 40,
      failed_over_ms: began + 640 + id * 90,
      restored_ms: restored,
    },
    rto_ms: restored - began,
    saved: 12 + id * 7,
    failed: id % 5 === 0 ? 2 : 0,
    relapses: id % 6 === 0 ? 2 : 0,
    cause: "connection refused by 127.0.0.1:41877",
    advice: "Nothing listens there: start the server, or correct the tier's URL.",
    severity_by_hand: false,
    phase: id === 1 ? "triage" : "detect",
    runbook: null,
    merged_into: null,
    answered_by: "gpu-2",
    acknowledged_ms: null,
    closed_ms: restored,
    ...over,
  };
}

/** Many incidents, newest first; the first one goes on. */
export function incidentsOf(now: number, count = 64): Incident[] {
  return Array.from({ length: count }, (_, index) => {
    const plain = incidentOf(now, index);
    if (index > 1) {
      return index % 7 === 0
        ? { ...plain, kind: "rate_limit", title: "cloud is rate limited; laptop answers", tier: "cloud" }
        : plain;
    }
    const began = now - (11 + index * 47) * MINUTE;
    return {
      ...plain,
      state: index === 0 ? "open" : "acknowledged",
      severity: index === 0 ? "P1" : "P2",
      rto_ms: null,
      times: {
        began_ms: began,
        detected_ms: began + 212,
        assessed_ms: began + 260,
        failed_over_ms: index === 0 ? began + 731 : null,
        restored_ms: null,
      },
    };
  });
}

/** A timeline with an entry of each kind. */
export function timelineOf(incident: Incident): TimelineEntry[] {
  const at = incident.times.began_ms;
  const lines: [number, string, string, string?][] = [
    [0, "evidence", "Request 01JD7: connection refused by 127.0.0.1:41877"],
    [0, "milestone", "Fault began"],
    [212, "state", "gpu: breaker closed to open after 5 failures in a row"],
    [212, "milestone", "Detected"],
    [260, "milestone", "Assessed as P1: the first tier is out of service"],
    [300, "failover", "Traffic moved from gpu to gpu-2: connection refused"],
    [731, "answer", "gpu-2 answered request 01JD7 in 412 ms"],
    [731, "milestone", "Failed over"],
    [1_020, "alert", "Desktop notification sent: gpu has failed, gpu-2 answers"],
    [10_020, "probe", "gpu: GET /health refused"],
    [20_030, "probe", "gpu: GET /health refused"],
    [24_500, "gpu", "GPU 0: Xid 79, the GPU has fallen off the bus"],
    [61_000, "operator", "Acknowledged", "amira"],
    [94_000, "note", "The host rebooted by itself.\nWaiting for the model to load.", "amira"],
  ];
  return lines.map(([after, kind, text, actor], index) => ({
    id: String(9000 + index),
    at_ms: at + after,
    kind,
    text,
    actor: actor ?? null,
    earlier: kind === "note" ? ["The host rebooted."] : [],
  }));
}

/** An incident with everything that belongs to it. */
export function detailOf(incident: Incident): IncidentDetail {
  return { incident, timeline: timelineOf(incident), corrections: [], steps: [], post_mortem: "" };
}

function recoveryOf(incident: Incident): Recovery {
  const { began_ms, detected_ms, assessed_ms, failed_over_ms, restored_ms } = incident.times;
  const between = (from: number | null, to: number | null) =>
    from === null || to === null ? null : to - from;
  const service = between(began_ms, failed_over_ms);
  return {
    incident,
    detect_ms: detected_ms - began_ms,
    assess_ms: between(detected_ms, assessed_ms),
    fail_over_ms: between(assessed_ms, failed_over_ms),
    restore_ms: between(failed_over_ms, restored_ms),
    service_ms: service,
    within_target: service === null ? null : service <= 30_000,
  };
}

/** What was around an incident: a first token that grows, errors when it began. */
function aroundOf(incident: Incident): IncidentAround {
  const { began_ms, failed_over_ms, detected_ms, restored_ms } = incident.times;
  const from = began_ms - 5 * MINUTE;
  const times = Array.from({ length: 60 }, (_, index) => from + index * 12_000);
  const line = (name: string, unit: string, value: (at: number) => number) => ({
    name,
    unit,
    values: times.map(value),
  });
  const marks = [{ at_ms: detected_ms, label: "failover to gpu-2" }];
  const out = (at: number) => at >= began_ms && at < (restored_ms ?? Number.POSITIVE_INFINITY);
  return {
    from_ms: from,
    to_ms: times.at(-1) ?? from,
    charts: [
      {
        metric: "first_token",
        series: {
          at_ms: times,
          marks,
          lines: [
            line("p50", "ms", (at) => (out(at) ? 240 : 90)),
            line("p95", "ms", (at) => (out(at) ? 700 : 180)),
          ],
        },
      },
      {
        metric: "errors",
        series: { at_ms: times, marks, lines: [line("refused", "/s", (at) => (out(at) ? 1.5 : 0))] },
      },
    ],
    at_ms: failed_over_ms ?? detected_ms,
    tiers: [
      {
        tier: "gpu",
        answered: false,
        failed: true,
        state: "down, breaker open",
        why: "connection refused",
        since_ms: detected_ms,
      },
      { tier: "gpu-2", answered: true, failed: false, state: "healthy", why: "", since_ms: from },
      { tier: "cpu", answered: false, failed: false, state: null, why: "", since_ms: null },
    ],
    order: null,
    cost: { total: 1.2, fallback: 0.4, instead: 0.1, wasted: 0.05, unpriced: [] },
  };
}

const FREE = { tokens_in: 310_000, tokens_out: 92_000, cost: null };

/** A report over these incidents. */
export function reportOf(
  incidents: readonly Incident[],
  from: number,
  to: number,
  simulated: boolean,
): Report {
  const own = incidents.filter(
    (incident) => incident.simulated === simulated && incident.times.began_ms >= from,
  );
  const recoveries = own.map(recoveryOf);
  const closed = recoveries.filter(({ restore_ms }) => restore_ms !== null);
  const mean = (values: number[]) =>
    values.length === 0 ? null : Math.round(values.reduce((sum, value) => sum + value, 0) / values.length);
  return {
    from_ms: from,
    to_ms: to,
    simulated,
    revision: 7,
    rto_target_ms: 30_000,
    availability_target: 0.999,
    requests: own.length * 1_713,
    availability: own.length === 0 ? null : 0.99984,
    first_tier_alone: own.length === 0 ? null : 0.9712,
    mttd_ms: mean(closed.map(({ detect_ms }) => detect_ms)),
    mtta_ms: mean(closed.map(({ assess_ms }) => assess_ms ?? 0)),
    mttr_ms: mean(closed.map(({ incident }) => incident.rto_ms ?? 0)),
    incidents: own.length,
    recoveries,
    by_cause:
      own.length === 0
        ? []
        : [
            { cause: "refused", count: own.length },
            { cause: "rate_limited", count: 3 },
            { cause: "operator", count: 1 },
          ],
    targets: [
      {
        component: "API routing, RTO",
        target_ms: 30_000,
        measured_ms: own.length === 0 ? null : 4_200,
        held: own.length === 0 ? null : true,
        source: "worst service time",
      },
      {
        component: "Model serving, RTO",
        target_ms: 300_000,
        measured_ms: own.length === 0 ? null : 412_000,
        held: own.length === 0 ? null : false,
        source: "worst RTO of a tier",
      },
      {
        component: "Conversation history, RTO",
        target_ms: 300_000,
        measured_ms: null,
        held: null,
        source: "no event tells of it",
      },
    ],
    chains:
      own.length === 0
        ? []
        : [
            {
              chain: "chat",
              requests: 1_713,
              availability: 0.99984,
              first_tier_alone: 0.9712,
              failed: 1,
              budget: 1.7,
              budget_left: 0.84,
            },
          ],
    tiers:
      own.length === 0
        ? []
        : [
            { chain: "chat", tier: "gpu", attempts: 1_680, availability: 0.971, ...FREE },
            { chain: "chat", tier: "cpu", attempts: 49, availability: 1, ...FREE, cost: 0.31 },
          ],
    cost:
      own.length === 0
        ? null
        : { total: 3.1, fallback: 0.31, instead: 0.08, wasted: 0.02, unpriced: ["chat/laptop"] },
    evidence:
      own.length === 0
        ? []
        : [
            {
              chain: "chat",
              proven_ms: own[0]?.times.began_ms ?? null,
              incident: own[0]?.id ?? null,
              changed_ms: to,
              stale: true,
              why: "The chain changed after the last failover: drill it again.",
            },
          ],
    definitions: [
      { name: "RTO", formula: "detect + assess + fail over + restore", source: "recorded rows" },
      {
        name: "MTTD",
        formula: "mean of detect, over restored incidents that began in the period",
        source: "recorded rows",
      },
      { name: "MTTA", formula: "mean of assess, over the same incidents", source: "recorded rows" },
      {
        name: "MTTR",
        formula: "mean of restored - first evidence, over the same incidents",
        source: "recorded rows",
      },
      {
        name: "Availability",
        formula: "requests answered / (requests answered + requests failed)",
        source: "recorded rows",
      },
      {
        name: "First tier alone",
        formula: "share that the first tier alone would have answered",
        source: "recorded rows",
      },
      {
        name: "Failovers by cause",
        formula: "change-overs to a less preferred tier, by what set them off",
        source: "recorded rows",
      },
    ],
  };
}

function alertsOf(now: number): AlertEntry[] {
  return Array.from({ length: 23 }, (_, index) => ({
    id: String(700 - index),
    at_ms: now - index * 83 * MINUTE - 20_000,
    channel: "desktop",
    title: "practice: gpu has failed, gpu-2 answers",
    body: "Connection refused by 127.0.0.1:41877.\nNothing listens there: start the server.",
    event: index % 2 === 0 ? "opened" : "over",
    incident: "400",
    outcome: ["sent", "held_back", "sent", "failed"][index % 4] ?? "sent",
    reason:
      [null, "The same incident was announced 40 s before.", null, "No notification service is running."][
        index % 4
      ] ?? null,
  }));
}

export function operationsAnswers(state: FakeState): Answers {
  const now = Date.now();
  const incidents = state === "empty" ? [] : incidentsOf(now);
  const details = new Map<string, IncidentDetail>();
  const detail = (id: string): IncidentDetail => {
    const incident = incidents.find((candidate) => candidate.id === id) ?? incidentOf(now, 1);
    const known = details.get(id) ?? detailOf(incident);
    details.set(id, known);
    return structuredClone(known);
  };
  const add = (id: string, kind: string, text: string, over: Partial<Incident> = {}): IncidentDetail => {
    const before = detail(id);
    const entry = {
      id: `n${before.timeline.length}`,
      at_ms: Date.now(),
      kind,
      text,
      actor: "operator",
      earlier: [],
    };
    details.set(id, {
      ...before,
      incident: { ...before.incident, ...over },
      timeline: [...before.timeline, entry],
    });
    return detail(id);
  };
  return {
    ...knowingAnswers(state, incidents),
    incidents: ({ limit, before, filter }) => {
      const states = filter?.states ?? [];
      const found = incidents.filter((one) => states.length === 0 || states.includes(one.state));
      const rest = found.filter(({ id }) => before === undefined || Number(id) < Number(before));
      return { incidents: rest.slice(0, limit), total: before === undefined ? found.length : null };
    },
    incident: ({ id }) => detail(id),
    "incident.around": ({ id }) => aroundOf(detail(id).incident),
    "incident.acknowledge": ({ id }) => add(id, "operator", "Acknowledged", { state: "acknowledged" }),
    "incident.note": ({ id, text }) => add(id, "note", text),
    report: ({ from_ms, to_ms, simulated }) => reportOf(incidents, from_ms, to_ms, simulated),
    "report.export": ({ format }) => ({
      filename: `report.${format}`,
      mime: format === "html" ? "text/html" : format === "csv" ? "text/csv" : "application/json",
      text: "",
    }),
    alerts: ({ limit, offset }) => (state === "empty" ? [] : alertsOf(now).slice(offset, offset + limit)),
    "alert.test": (request) => ({
      id: "701",
      at_ms: Date.now(),
      channel: request?.channel ?? "desktop",
      title: "Changeover: test",
      body: "",
      event: "test",
      incident: null,
      outcome: state === "fault" ? "failed" : "sent",
      reason: state === "fault" ? "No notification service is running." : null,
    }),
  };
}
