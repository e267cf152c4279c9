import { expect, it } from "vitest";
import { sentence } from "./sentence";

it.each([
  ["no keyring service can be reached", "No keyring service can be reached."],
  ["Already a sentence.", "Already a sentence."],
  ["  is it? ", "Is it?"],
  ["`key: env:NAME` in the tier", "“key: env:NAME” in the tier."],
  ["", ""],
])("turns %j into %j", (text, expected) => expect(sentence(text)).toBe(expected));
