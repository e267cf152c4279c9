import { expect, it } from "vitest";
import { curl, python } from "./snippets";

const URL = "http://127.0.0.1:4747/v1";

it("writes a curl command that a shell reads as it is meant, whatever the model is called", () => {
  const text = curl(URL, "it's", false);
  expect(text).toContain(`'${URL}/chat/completions'`);
  expect(text).toContain(`"model":"it'\\''s"`);
  expect(text).not.toContain("Authorization");
});

it("takes a key from the environment where one is needed, and never shows one", () => {
  expect(curl(URL, "chat", true)).toContain(`-H "Authorization: Bearer $CHANGEOVER_KEY"`);
  expect(python(URL, "chat", true)).toContain('api_key=os.environ["CHANGEOVER_KEY"]');
  expect(python(URL, "chat", false)).toContain('api_key="none"');
});
