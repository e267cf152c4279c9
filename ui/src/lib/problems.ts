/** Where in the screens a problem belongs, from the engine's path: `chains[0].tiers[1].timeouts.first_token`. */
import type { Problem } from "@/contract";
import { sentence } from "./sentence";

export interface Place {
  chain: number | null;
  tier: number | null;
  /** The rest of the path, within the innermost of the two; empty for the thing as a whole. */
  field: string;
}

const PATH = /^(?:chains\[(\d+)\](?:\.tiers\[(\d+)\])?\.?)?(.*)$/;

export function placeOf(path: string): Place {
  const [, chain, tier, field = ""] = PATH.exec(path) ?? [];
  return {
    chain: chain === undefined ? null : Number(chain),
    tier: tier === undefined ? null : Number(tier),
    field,
  };
}

/** The problems of one tier, each with its field's path within the tier. */
export function ofTier(problems: readonly Problem[], chain: number, tier: number) {
  return problems
    .map((problem) => ({ problem, place: placeOf(problem.path) }))
    .filter(({ place }) => place.chain === chain && place.tier === tier)
    .map(({ problem, place }) => ({ field: place.field, problem }));
}

/** The problems of one chain that are not of one of its tiers. */
export function ofChain(problems: readonly Problem[], chain: number) {
  return problems
    .map((problem) => ({ problem, place: placeOf(problem.path) }))
    .filter(({ place }) => place.chain === chain && place.tier === null)
    .map(({ problem, place }) => ({ field: place.field, problem }));
}

export const inWords = ({ what, remedy }: Problem): string => {
  const said = what.charAt(0).toUpperCase() + what.slice(1);
  const whole = remedy ? `${said}: ${remedy}.` : `${said}.`;
  // The engine marks what was written as Markdown does.
  return whole.replace(/`([^`]+)`/g, "“$1”");
};

export const isError = (problem: Problem): boolean => problem.severity === "error";

/** What the engine refused, and what to do about it, as text for the field it belongs to. */
export const refusal = ({ message, remedy }: { message: string; remedy: string }): string =>
  `${sentence(message)} ${sentence(remedy)}`.trim();
