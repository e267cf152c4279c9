/** What a screen needs from the program behind it, whichever way it is reached. */
import type { Commands, Problem, RpcError, UiEvent } from "@/contract";

export type CommandName = keyof Commands;
export type Request<K extends CommandName> = Commands[K]["request"];
export type Response<K extends CommandName> = Commands[K]["response"];

/** How the event channel stands. `unauthorised` is for good until another token is given. */
export type Link = "connecting" | "live" | "lost" | "unauthorised";

export interface Host {
  readonly kind: "tauri" | "http" | "fake";
  /** Rejects with a {@link HostError} and nothing else. */
  rpc<K extends CommandName>(name: K, request: Request<K>): Promise<Response<K>>;
  /** Calls back until the returned function is called; comes back by itself after a break. */
  subscribe(onEvent: (event: UiEvent) => void, onLink: (link: Link) => void): () => void;
  /** Hands a text to the operator as a file; resolves to where it lies, when that is known. */
  saveFile(filename: string, text: string, mediaType: string): Promise<string | null>;
}

/** Why a command failed, in the engine's words. */
export class HostError extends Error implements RpcError {
  readonly code: string;
  readonly remedy: string;
  readonly problems: Problem[];

  constructor(error: RpcError) {
    super(error.message);
    this.name = "HostError";
    this.code = error.code;
    this.remedy = error.remedy;
    this.problems = error.problems;
  }
}

/** Whether a value has the shape of the engine's error. */
export function isRpcError(value: unknown): value is RpcError {
  return (
    typeof value === "object" &&
    value !== null &&
    "code" in value &&
    typeof value.code === "string" &&
    "message" in value &&
    typeof value.message === "string"
  );
}

/** Any rejection as a {@link HostError}. */
export function asHostError(value: unknown): HostError {
  if (value instanceof HostError) return value;
  if (isRpcError(value)) {
    return new HostError({ ...value, remedy: value.remedy ?? "", problems: value.problems ?? [] });
  }
  const message = value instanceof Error ? value.message : String(value);
  return new HostError({ code: "failed", message, remedy: "", problems: [] });
}
