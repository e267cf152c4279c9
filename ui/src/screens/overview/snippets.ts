/** What an operator pastes to reach the endpoint. */

/** One word for a POSIX shell, whatever is in it. */
const shellWord = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;

/** A request for `curl`. */
export function curl(baseUrl: string, model: string, needsKey: boolean): string {
  const body = JSON.stringify({ model, messages: [{ role: "user", content: "Say hello." }] });
  const lines = [
    `curl ${shellWord(`${baseUrl}/chat/completions`)}`,
    ...(needsKey ? [`-H "Authorization: Bearer $CHANGEOVER_KEY"`] : []),
    `-H 'Content-Type: application/json'`,
    `-d ${shellWord(body)}`,
  ];
  return lines.join(" \\\n  ");
}

/** The same with the `openai` package. */
export function python(baseUrl: string, model: string, needsKey: boolean): string {
  const key = needsKey ? 'os.environ["CHANGEOVER_KEY"]' : '"none"';
  return [
    ...(needsKey ? ["import os", ""] : []),
    "from openai import OpenAI",
    "",
    `client = OpenAI(base_url=${JSON.stringify(baseUrl)}, api_key=${key})`,
    "answer = client.chat.completions.create(",
    `    model=${JSON.stringify(model)},`,
    '    messages=[{"role": "user", "content": "Say hello."}],',
    ")",
    "print(answer.choices[0].message.content)",
    "",
  ].join("\n");
}
