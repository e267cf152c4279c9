// The openai SDK for Node: Chat Completions and Responses of every kind of tier, vectors, models and errors.
import assert from "node:assert/strict";
import OpenAI from "openai";
import { each, GREETING, PARAMETERS, PICTURE, refusal, SCHEMA, weather } from "./claims.mjs";

const [endpoint, kinds] = process.argv.slice(2);
const client = new OpenAI({ baseURL: `${endpoint}/v1`, apiKey: "unused", maxRetries: 0 });
const both = { role: "user", content: "The weather in both?" };

const chat = (model, content, more = {}) =>
  client.chat.completions.create({ model, messages: [{ role: "user", content }], ...more });

async function chats(model) {
  const answer = await chat(model, "Hello");
  assert.equal(answer.choices[0].message.content, GREETING);
  assert.equal(answer.choices[0].finish_reason, "stop");
  assert.equal(answer.usage.total_tokens, 22);
  let [text, usage] = ["", null];
  for await (const chunk of await chat(model, "Hello", { stream: true, stream_options: { include_usage: true } })) {
    text += chunk.choices[0]?.delta.content ?? "";
    usage = chunk.usage ?? usage;
  }
  assert.deepEqual([text, usage.total_tokens], [GREETING, 22]);
}

async function chatTools(model) {
  const tools = [{ type: "function", function: { name: "weather", parameters: PARAMETERS } }];
  const stream = client.chat.completions.stream({ model, messages: [both], tools });
  const turn = (await stream.finalChatCompletion()).choices[0];
  assert.equal(turn.finish_reason, "tool_calls");
  const results = turn.message.tool_calls.map((call) => ({
    role: "tool",
    tool_call_id: call.id,
    content: weather(JSON.parse(call.function.arguments)),
  }));
  assert.equal(results.length, 2);
  const final = await client.chat.completions.create({ model, messages: [both, turn.message, ...results], tools });
  assert.equal(final.choices[0].message.content, "It is sunny and snowing.");
}

async function chatPicturesAndSchemas(model) {
  const picture = { type: "image_url", image_url: { url: `data:image/png;base64,${PICTURE}` } };
  const seen = await chat(model, [{ type: "text", text: "What?" }, picture]);
  assert.equal(seen.choices[0].message.content, "A small picture.");
  const response_format = { type: "json_schema", json_schema: { name: "c", schema: SCHEMA, strict: true } };
  const answer = await chat(model, "Which?", { response_format });
  assert.deepEqual(JSON.parse(answer.choices[0].message.content), { colour: "blue" });
}

async function responses(model) {
  const answer = await client.responses.create({ model, input: "Hello", instructions: "Be brief." });
  assert.deepEqual([answer.output_text, answer.status], [GREETING, "completed"]);
  assert.equal(answer.usage.total_tokens, 22);
  const kinds = [];
  for await (const event of await client.responses.create({ model, input: "Hello", stream: true })) {
    assert.equal(event.sequence_number, kinds.length);
    kinds.push(event.type);
  }
  assert.deepEqual([kinds[0], kinds.at(-1)], ["response.created", "response.completed"]);

  const tools = [{ type: "function", name: "weather", parameters: PARAMETERS, strict: false }];
  const turn = await client.responses.stream({ model, input: [both], tools }).finalResponse();
  const calls = turn.output.filter((item) => item.type === "function_call");
  assert.equal(calls.length, 2);
  const results = calls.map((call) => ({
    type: "function_call_output",
    call_id: call.call_id,
    output: weather(JSON.parse(call.arguments)),
  }));
  // What SDKs add of their own to a call's item is not for servers.
  const items = turn.output.map(({ parsed_arguments: _, ...item }) => item);
  const final = await client.responses.create({ model, input: [both, ...items, ...results], tools });
  assert.equal(final.output_text, "It is sunny and snowing.");

  const image_url = `data:image/png;base64,${PICTURE}`;
  const content = [
    { type: "input_text", text: "What?" },
    { type: "input_image", image_url, detail: "auto" },
  ];
  const seen = await client.responses.create({ model, input: [{ role: "user", content }] });
  assert.equal(seen.output_text, "A small picture.");
  const text = { format: { type: "json_schema", name: "c", schema: SCHEMA, strict: true } };
  const formed = await client.responses.create({ model, input: "Which?", text });
  assert.deepEqual(JSON.parse(formed.output_text), { colour: "blue" });
}

async function vectors(kind) {
  // Titan takes one text at a time.
  const wanted = { one: [3, 1, -0.5], three: [5, 1, -0.5] };
  const inputs = kind === "titan" ? ["one"] : Object.keys(wanted);
  for (const more of [{}, { encoding_format: "float" }]) {
    const answer = await client.embeddings.create({ model: `vectors-${kind}`, input: inputs, ...more });
    assert.deepEqual(
      answer.data.map((item) => item.embedding),
      inputs.map((input) => wanted[input]),
    );
  }
}

async function failover(kind) {
  const model = `flaky-${kind}`;
  const { data, response } = await chat(model, "Hello").withResponse();
  assert.equal(data.choices[0].message.content, GREETING);
  assert.equal(response.headers.get("x-changeover-tier"), "second");
  let text = "";
  for await (const chunk of await chat(model, "Hello", { stream: true })) text += chunk.choices[0]?.delta.content ?? "";
  assert.equal(text, GREETING);
  const stream = client.responses.stream({ model, input: "Hello" });
  assert.equal((await stream.finalResponse()).output_text, GREETING);
}

async function brokenOff(model) {
  await refusal(OpenAI.APIError, async () => {
    for await (const _ of await chat(model, "break", { stream: true }));
  });
}

async function errors() {
  const unknown = await refusal(OpenAI.NotFoundError, () => chat("nobody", "Hello"));
  assert.equal(unknown.code, "model_not_found");
  await refusal(OpenAI.NotFoundError, () => client.responses.create({ model: "nobody", input: "Hello" }));
  await refusal(OpenAI.BadRequestError, () => client.responses.create({ model: "gemini", input: "x", background: true }));
}

const chains = kinds.split(",");
await each(chains, [chats, chatTools, chatPicturesAndSchemas, responses, failover, brokenOff]);
await each(["openai", "azure", "gemini", "titan", "cohere", "ollama"], [vectors]);
const models = [];
for await (const model of client.models.list()) models.push(model.id);
for (const chain of chains) assert.ok(models.includes(chain), `${models}`);
assert.equal((await client.models.retrieve(chains[0])).id, chains[0]);
await errors();
