/** What was typed; kept while the program's page lives, so that a visit to another screen or a break loses nothing. */
import { create } from "zustand";

interface Prompt {
  prompt: string;
  system: string;
  maxTokens: string;
}

export const usePrompt = create<Prompt>(() => ({ prompt: "", system: "", maxTokens: "" }));

/** The bound as a number; null for none, undefined when it is no such number. */
export function readMaxTokens(text: string): number | null | undefined {
  const word = text.trim();
  if (word === "") return null;
  return /^[1-9]\d{0,8}$/.test(word) ? Number(word) : undefined;
}
