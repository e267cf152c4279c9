/** The act that a runbook's step offers: `Drain it. [Drain](act:drain)`. */

const ACT = /\s*\[([^\]]*)\]\(act:([a-z]+)\)/;

/** A step in parts: its words, and the act it offers if any. */
export interface Step {
  text: string;
  act: { name: string; label: string } | null;
}

/** The parts of a step. Only the first act of a step counts. */
export function readStep(line: string): Step {
  const found = ACT.exec(line);
  if (found === null) return { text: line, act: null };
  const text = (line.slice(0, found.index) + line.slice(found.index + found[0].length)).trim();
  const [, label = "", name = ""] = found;
  return { text, act: { name, label } };
}
