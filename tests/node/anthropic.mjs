// Anthropic's SDK for Node: Messages of every kind of tier, models, counting and errors.
import Anthropic from "@anthropic-ai/sdk";
import assert from "node:assert/strict";
import { each, GREETING, PARAMETERS, PICTURE, refusal, SCHEMA, weather } from "./claims.mjs";

const [endpoint, kinds] = process.argv.slice(2);
const client = new Anthropic({ baseURL: endpoint, apiKey: "unused", maxRetries: 0 });
const user = (content) => ({ role: "user", content });
const message = (model, content, more = {}) =>
  client.messages.create({ model, max_tokens: 100, messages: [user(content)], ...more });

async function whole(model) {
  const answer = await message(model, "Hello", { system: "Be brief." });
  assert.deepEqual([answer.content.at(-1).text, answer.stop_reason], [GREETING, "end_turn"]);
  assert.equal(answer.usage.output_tokens, 7);
}

async function streamed(model) {
  let text = "";
  const stream = client.messages.stream({ model, max_tokens: 100, messages: [user("Hello")] });
  stream.on("text", (piece) => {
    text += piece;
  });
  const final = await stream.finalMessage();
  assert.deepEqual([text, final.content.at(-1).text, final.stop_reason], [GREETING, GREETING, "end_turn"]);
  assert.equal(final.usage.output_tokens, 7);
}

async function tools(model) {
  const tools = [{ name: "weather", description: "Tells it", input_schema: PARAMETERS }];
  const asked = { model, max_tokens: 100, tools };
  const both = user("The weather in both?");
  const turn = await client.messages.stream({ ...asked, messages: [both] }).finalMessage();
  assert.equal(turn.stop_reason, "tool_use");
  const calls = turn.content.filter((block) => block.type === "tool_use");
  assert.deepEqual(
    calls.map((call) => call.input.city),
    ["Paris", "Oslo"],
  );
  const results = calls.map((call) => ({ type: "tool_result", tool_use_id: call.id, content: weather(call.input) }));
  const answer = await client.messages.create({
    ...asked,
    messages: [both, { role: "assistant", content: turn.content }, user(results)],
  });
  assert.equal(answer.content.at(-1).text, "It is sunny and snowing.");
}

async function picturesAndSchemas(model) {
  const source = { type: "base64", media_type: "image/png", data: PICTURE };
  const seen = await message(model, [
    { type: "image", source },
    { type: "text", text: "What?" },
  ]);
  assert.equal(seen.content.at(-1).text, "A small picture.");
  const formed = await message(model, "Which?", { output_config: { format: { type: "json_schema", schema: SCHEMA } } });
  assert.deepEqual(JSON.parse(formed.content.at(-1).text), { colour: "blue" });
}

async function failover(kind) {
  const { data, response } = await message(`flaky-${kind}`, "Hello").withResponse();
  assert.equal(data.content.at(-1).text, GREETING);
  assert.equal(response.headers.get("x-changeover-tier"), "second");
  const stream = client.messages.stream({ model: `flaky-${kind}`, max_tokens: 100, messages: [user("Hello")] });
  assert.equal(await stream.finalText(), GREETING);
}

async function brokenOff(model) {
  const error = await refusal(Anthropic.APIError, async () => {
    for await (const _ of await message(model, "break", { stream: true }));
  });
  assert.equal(error.error.type, "error");
}

const chains = kinds.split(",");
await each(chains, [whole, streamed, tools, picturesAndSchemas, failover, brokenOff]);
const models = [];
for await (const model of client.models.list()) models.push(model.id);
for (const chain of chains) assert.ok(models.includes(chain), `${models}`);
assert.equal((await client.models.retrieve(chains[0])).id, chains[0]);
const counted = await client.messages.countTokens({ model: "anthropic", messages: [user("Hello")] });
assert.equal(counted.input_tokens, 1234);
const unknown = await refusal(Anthropic.NotFoundError, () => message("nobody", "Hello"));
assert.equal(unknown.error.error.type, "not_found_error");
