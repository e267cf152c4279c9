/** A model server that says what a test wants: as much of OpenAI's API as a chain uses. */
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What a vLLM that is at ease says of itself. */
const LOAD = [
  'vllm:num_requests_running{model_name="tiny"} 1',
  'vllm:num_requests_waiting{model_name="tiny"} 0',
  'vllm:kv_cache_usage_perc{model_name="tiny"} 0.12',
  "",
].join("\n");

export class ModelServer {
  private server: Server | undefined;
  private port = 0;

  /** `endless`: a stream says its text again and again until the client hangs up. */
  constructor(
    private readonly text: string,
    private readonly endless = false,
  ) {}

  get url() {
    return `http://127.0.0.1:${this.port}`;
  }

  async start(): Promise<this> {
    const server = createServer((request, response) => {
      let body = "";
      request.on("data", (data) => {
        body += data;
      });
      request.on("end", () => this.answer(request.url ?? "/", body, response));
    });
    this.server = server;
    await new Promise<void>((done) => server.listen(this.port, "127.0.0.1", done));
    this.port = (server.address() as AddressInfo).port;
    return this;
  }

  /** Closes the port and cuts every connection, as a killed process would. */
  async stop() {
    const server = this.server;
    this.server = undefined;
    if (!server) return;
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  }

  private answer(path: string, body: string, response: ServerResponse) {
    const json = (value: unknown) => {
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify(value));
    };
    if (path === "/metrics") {
      response.setHeader("content-type", "text/plain");
      return response.end(LOAD);
    }
    if (path.startsWith("/slots")) return json([{ id: 0, is_processing: false }]);
    if (path === "/health") return json({ status: "ok" });
    if (path === "/v1/models") return json({ object: "list", data: [{ id: "tiny", owned_by: "vllm" }] });
    if (path !== "/v1/chat/completions") {
      response.statusCode = 404;
      return json({ error: { message: "no such path" } });
    }
    const stamp = { id: "c", created: 1, model: "tiny" };
    const usage = { prompt_tokens: 3, completion_tokens: 5, total_tokens: 8 };
    if (JSON.parse(body).stream !== true) {
      const message = { role: "assistant", content: this.text };
      const choices = [{ index: 0, message, finish_reason: "stop" }];
      return json({ ...stamp, object: "chat.completion", choices, usage });
    }
    response.setHeader("content-type", "text/event-stream");
    const frame = (delta: unknown, finish: string | null, counted: unknown = null) =>
      response.write(
        `data: ${JSON.stringify({
          ...stamp,
          object: "chat.completion.chunk",
          usage: counted,
          choices: [{ index: 0, delta, finish_reason: finish }],
        })}\n\n`,
      );
    frame({ role: "assistant", content: "" }, null);
    if (this.endless) {
      const timer = setInterval(() => frame({ content: `${this.text} ` }, null), 50);
      response.on("close", () => clearInterval(timer));
      return;
    }
    for (const word of this.text.split(/(?<= )/)) frame({ content: word }, null);
    frame({}, "stop", usage);
    response.end("data: [DONE]\n\n");
  }
}
