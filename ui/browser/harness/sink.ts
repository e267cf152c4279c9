/** A receiver of webhooks that keeps what it was sent. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

export class Sink {
  private server: Server | undefined;
  /** The documents that arrived, oldest first. */
  readonly got: Record<string, unknown>[] = [];
  url = "";

  async start(): Promise<this> {
    const server = createServer((request, response) => {
      let body = "";
      request.on("data", (data) => {
        body += data;
      });
      request.on("end", () => {
        this.got.push(JSON.parse(body));
        response.end();
      });
    });
    this.server = server;
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/alerts`;
    return this;
  }

  async stop() {
    this.server?.closeAllConnections();
    await new Promise((done) => this.server?.close(done));
  }
}
