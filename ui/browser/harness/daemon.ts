/** `changeoverd serve` as a process on a temporary data folder. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Commands, Document } from "../../src/contract";

/** Where the built programs are; CHANGEOVER_PROGRAMS names another folder. */
const PROGRAMS =
  process.env.CHANGEOVER_PROGRAMS ?? fileURLToPath(new URL("../../../target/debug/", import.meta.url));

const MANY_ROWS = fileURLToPath(new URL("many-rows.py", import.meta.url));

/** The stand-in for NVIDIA's library, where it was built. */
const NVML = ["deps/libnvml_sim.so", "libnvml_sim.so"].map((name) => join(PROGRAMS, name)).find(existsSync);

export class Daemon {
  static readonly programs = PROGRAMS;
  readonly data = mkdtempSync(join(tmpdir(), "changeover-browser-"));
  /** The address of the screens with its token. */
  url = "";
  endpoint = "";
  private child: ChildProcess | undefined;
  private admin = "127.0.0.1:0";
  private listen = "127.0.0.1:0";
  private readonly gpus = join(this.data, "gpus.json");
  private env: Record<string, string> = {};

  /** Puts a year of history into the folder; before the first start. */
  withHistory(): this {
    execFileSync(join(PROGRAMS, "year-of-history"), [this.data]);
    return this;
  }

  /** Puts so many incidents and change-overs of two years into the folder, which it has made at a first start. */
  async withRows(incidents: number, changes: number): Promise<this> {
    await this.start();
    await this.until("the chain is watched", ({ chains }) => chains[0]?.serving === "gpu");
    await this.stop();
    execFileSync("python3", [MANY_ROWS, this.data, String(incidents), String(changes)]);
    return this;
  }

  /** Gives it GPUs in this state, where the stand-in for the driver was built; before the first start. */
  withGpus(state: unknown): this {
    if (!NVML) return this;
    this.setGpus(state);
    this.env = { ...this.env, CHANGEOVER_NVML: NVML, NVML_SIM_STATE: this.gpus };
    return this;
  }

  /** Gives it these variables too; before the start. */
  withEnv(env: Record<string, string>): this {
    this.env = { ...this.env, ...env };
    return this;
  }

  /** The GPUs are in this state from now on. */
  setGpus(state: unknown) {
    // Renamed into place: the driver must not read half of it.
    const beside = `${this.gpus}.new`;
    writeFileSync(beside, JSON.stringify(state));
    renameSync(beside, this.gpus);
  }

  /** Starts it, again on the same ports, and waits until it says where the screens are. */
  async start(...args: string[]): Promise<this> {
    const given = ["serve", "--data", this.data, "--listen", this.listen, "--admin", this.admin, ...args];
    const child = spawn(join(PROGRAMS, "changeoverd"), given, {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, ...this.env },
    });
    this.child = child;
    let said = "";
    child.stderr?.on("data", (data) => {
      said = `${said}${data}`.slice(-4000);
    });
    const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream });
    const url = await new Promise<string>((done, fail) => {
      child.once("error", fail);
      child.once("exit", (code) => fail(new Error(`changeoverd ended with ${code}: ${said}`)));
      lines.on("line", (line) => {
        const endpoint = /^Applications connect to (\S+)/.exec(line)?.[1];
        if (endpoint) this.endpoint = endpoint;
        const screens = /^The screens are at (\S+)/.exec(line)?.[1];
        if (screens) done(screens);
      });
    });
    this.url = url;
    this.admin = new URL(url).host;
    this.listen = new URL(this.endpoint).host;
    return this;
  }

  /** Kills it as a crash would. */
  kill() {
    return this.signal("SIGKILL");
  }

  /** Ends it in order. */
  stop() {
    return this.signal("SIGTERM");
  }

  private async signal(signal: "SIGKILL" | "SIGTERM") {
    const child = this.child;
    this.child = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((done) => child.once("exit", done));
    child.kill(signal);
    await gone;
  }

  async end() {
    await this.kill();
    rmSync(this.data, { recursive: true, force: true });
  }

  /** A command's answer. */
  async rpc<K extends keyof Commands>(
    name: K,
    request: Commands[K]["request"],
  ): Promise<Commands[K]["response"]> {
    const { origin, searchParams } = new URL(this.url);
    const answer = await fetch(`${origin}/rpc/${name}`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${searchParams.get("token")}`,
        "content-type": "application/json",
        "x-changeover-actor": "another operator",
      },
      body: JSON.stringify(request),
    });
    if (!answer.ok) throw new Error(`${name}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as Commands[K]["response"];
  }

  /** Changes the configuration in force. */
  async change(edit: (document: Document) => Document) {
    const { document, revision } = await this.rpc("config.get", null);
    return this.rpc("config.apply", {
      document: edit(document),
      expected_revision: revision,
      note: "by a test",
    });
  }

  /** Waits until the live state fits. */
  async until(what: string, fits: (overview: Commands["overview"]["response"]) => boolean) {
    const end = Date.now() + 60_000;
    while (!fits(await this.rpc("overview", null))) {
      if (Date.now() > end) throw new Error(`not within a minute: ${what}`);
      await new Promise((done) => setTimeout(done, 100));
    }
  }
}
