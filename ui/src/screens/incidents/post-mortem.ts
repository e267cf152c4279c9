/** A draft of a post-mortem: what was recorded, and the questions that people have to answer. */
import type { IncidentDetail } from "@/contract";
import { duration } from "@/lib/format";

const iso = (at: number) => new Date(at).toISOString().replace("T", " ").replace("Z", " UTC");

export function postMortemOf({ incident, timeline }: IncidentDetail): string {
  const { times } = incident;
  const steps: [string, number | null][] = [
    ["Fault began", times.began_ms],
    ["Detected", times.detected_ms],
    ["Assessed", times.assessed_ms],
    ["Failed over", times.failed_over_ms],
    ["Restored", times.restored_ms],
  ];
  const rows = steps.flatMap(([name, at]) =>
    at === null ? [] : [`| ${name} | ${iso(at)} | ${duration(at - times.began_ms)} |`],
  );
  const acts = timeline
    .filter(({ kind }) => ["failover", "operator", "note", "runbook", "revision"].includes(kind))
    .map(
      ({ at_ms, text, actor }) => `- ${iso(at_ms)} ${text.replace(/\n/g, " ")}${actor ? ` (${actor})` : ""}`,
    );
  return [
    `# Incident ${incident.id}: ${incident.title}`,
    "",
    `Severity ${incident.severity}. Cause: ${incident.cause || "not known"}.`,
    `Requests saved by another tier: ${incident.saved}; failed: ${incident.failed}.`,
    "",
    "| Step | When | After the first evidence |",
    "|---|---|---|",
    ...rows,
    "",
    "## What happened",
    "",
    ...acts,
    "",
    "## Why it happened",
    "",
    "## What went well",
    "",
    "## What did not",
    "",
    "## What will be done, by whom, until when",
    "",
  ].join("\n");
}
