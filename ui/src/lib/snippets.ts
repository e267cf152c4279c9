/** What an operator pastes to reach the endpoint, for each kind of client. */

/** Where a client goes, and as whom. */
export interface Way {
  /** The endpoint with its `/v1`. */
  baseUrl: string;
  /** The chain's name. */
  model: string;
  /** Whether clients have to show a key. */
  needsKey: boolean;
}

/** One word for a POSIX shell, whatever is in it. */
const shellWord = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;

/** The endpoint as clients other than OpenAI's want it: without its version. */
const root = ({ baseUrl }: Way) => baseUrl.replace(/\/v1$/, "");

const QUESTION = "Say hello.";

/** A request for `curl`; it asks for `prompt`. */
export function curl({ baseUrl, model, needsKey }: Way, prompt = QUESTION): string {
  const body = JSON.stringify({ model, messages: [{ role: "user", content: prompt }] });
  const lines = [
    `curl ${shellWord(`${baseUrl}/chat/completions`)}`,
    ...(needsKey ? [`-H "Authorization: Bearer $CHANGEOVER_KEY"`] : []),
    `-H 'Content-Type: application/json'`,
    `-d ${shellWord(body)}`,
  ];
  return lines.join(" \\\n  ");
}

const pythonKey = (needsKey: boolean) => (needsKey ? 'os.environ["CHANGEOVER_KEY"]' : '"none"');
const importOs = (needsKey: boolean) => (needsKey ? ["import os", ""] : []);

/** The same with the `openai` package for Python. */
export function openaiPython({ baseUrl, model, needsKey }: Way, prompt = QUESTION): string {
  return [
    "# pip install openai",
    ...importOs(needsKey),
    "from openai import OpenAI",
    "",
    `client = OpenAI(base_url=${JSON.stringify(baseUrl)}, api_key=${pythonKey(needsKey)})`,
    "answer = client.chat.completions.create(",
    `    model=${JSON.stringify(model)},`,
    `    messages=[{"role": "user", "content": ${JSON.stringify(prompt)}}],`,
    ")",
    "print(answer.choices[0].message.content)",
    "",
  ].join("\n");
}

/** The same with the `openai` package for Node. */
function openaiNode({ baseUrl, model, needsKey }: Way): string {
  const key = needsKey ? "process.env.CHANGEOVER_KEY" : '"none"';
  return [
    "// npm install openai; save as hello.mjs, then: node hello.mjs",
    'import OpenAI from "openai";',
    "",
    `const client = new OpenAI({ baseURL: ${JSON.stringify(baseUrl)}, apiKey: ${key} });`,
    "const answer = await client.chat.completions.create({",
    `  model: ${JSON.stringify(model)},`,
    `  messages: [{ role: "user", content: ${JSON.stringify(QUESTION)} }],`,
    "});",
    "console.log(answer.choices[0].message.content);",
    "",
  ].join("\n");
}

function anthropicPython(way: Way): string {
  return [
    "# pip install anthropic",
    ...importOs(way.needsKey),
    "from anthropic import Anthropic",
    "",
    `client = Anthropic(base_url=${JSON.stringify(root(way))}, api_key=${pythonKey(way.needsKey)})`,
    "answer = client.messages.create(",
    `    model=${JSON.stringify(way.model)},`,
    "    max_tokens=200,",
    `    messages=[{"role": "user", "content": ${JSON.stringify(QUESTION)}}],`,
    ")",
    "print(answer.content[0].text)",
    "",
  ].join("\n");
}

function claudeCode(way: Way): string {
  const key = way.needsKey ? '"$CHANGEOVER_KEY"' : "none";
  return [
    `export ANTHROPIC_BASE_URL=${shellWord(root(way))}`,
    `export ANTHROPIC_AUTH_TOKEN=${key}`,
    `claude --model ${shellWord(way.model)}`,
    "",
  ].join("\n");
}

function codex({ baseUrl, model, needsKey }: Way): string {
  return [
    "# ~/.codex/config.toml",
    `model = ${JSON.stringify(model)}`,
    'model_provider = "changeover"',
    "# Its web search runs at OpenAI; leave this line out if every tier is OpenAI itself.",
    'web_search = "disabled"',
    "",
    "[model_providers.changeover]",
    'name = "Changeover"',
    `base_url = ${JSON.stringify(baseUrl)}`,
    'wire_api = "responses"',
    ...(needsKey ? ['env_key = "CHANGEOVER_KEY"'] : []),
    "",
  ].join("\n");
}

function ollama(way: Way): string {
  const headers = way.needsKey ? ', headers={"Authorization": "Bearer " + os.environ["CHANGEOVER_KEY"]}' : "";
  return [
    "# pip install ollama",
    ...importOs(way.needsKey),
    "from ollama import Client",
    "",
    `client = Client(host=${JSON.stringify(root(way))}${headers})`,
    "answer = client.chat(",
    `    model=${JSON.stringify(way.model)},`,
    `    messages=[{"role": "user", "content": ${JSON.stringify(QUESTION)}}],`,
    ")",
    "print(answer.message.content)",
    "",
  ].join("\n");
}

/** The kinds of client, the commonest first. */
export const CLIENTS = [
  "curl",
  "openai_python",
  "openai_node",
  "anthropic_python",
  "claude_code",
  "codex",
  "ollama",
] as const;
export type Client = (typeof CLIENTS)[number];

const SNIPPETS: Record<Client, (way: Way) => string> = {
  curl,
  openai_python: openaiPython,
  openai_node: openaiNode,
  anthropic_python: anthropicPython,
  claude_code: claudeCode,
  codex,
  ollama,
};

/** What to paste for a kind of client. */
export const snippet = (client: Client, way: Way): string => SNIPPETS[client](way);
