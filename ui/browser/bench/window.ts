/** The desktop program's window, started by WebKit's own WebDriver. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A port that is free at this moment. */
const freePort = () =>
  new Promise<number>((done) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => done(typeof address === "object" && address ? address.port : 0));
    });
  });

/** Asks again until there is an answer, for at most a minute. */
async function eventually<T>(ask: () => Promise<T | undefined>): Promise<T> {
  const end = Date.now() + 60_000;
  for (;;) {
    const value = await ask().catch(() => undefined);
    if (value !== undefined) return value;
    if (Date.now() > end) throw new Error("not within a minute");
    await new Promise((done) => setTimeout(done, 20));
  }
}

/** When a process was started, milliseconds since 1970, to 10 ms. */
function startOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const ticks = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19]);
  const boot = Number(/^btime (\d+)$/m.exec(readFileSync("/proc/stat", "utf8"))?.[1]);
  const uptime = Number(readFileSync("/proc/uptime", "utf8").split(" ")[0]);
  // The kernel says its start to the second only; the time since then is finer.
  const start = Date.now() - uptime * 1000;
  return (Math.abs(start - boot * 1000) < 2000 ? start : boot * 1000) + ticks * 10;
}

/** Starts the program on an empty folder: milliseconds to its first paint, from its start and from the page's begin. */
export async function firstPaint(program: string): Promise<{ started: number; loaded: number }> {
  const folder = mkdtempSync(join(tmpdir(), "changeover-bench-"));
  const port = await freePort();
  const env = { ...process.env, TAURI_WEBVIEW_AUTOMATION: "true", LANG: "C.UTF-8" };
  const driver: ChildProcess = spawn("WebKitWebDriver", [`--port=${port}`], { env, stdio: "ignore" });
  const call = async (method: string, path: string, body?: unknown) => {
    const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return (await answer.json()).value;
  };
  try {
    await eventually(() => call("GET", "/status"));
    const args = ["--data", folder, "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0"];
    const capabilities = { alwaysMatch: { "webkitgtk:browserOptions": { binary: program, args } } };
    const { sessionId } = await call("POST", "/session", { capabilities });
    const script = `const paint = performance.getEntriesByName("first-contentful-paint")[0];
      return paint ? [performance.timeOrigin, paint.startTime] : null;`;
    const [origin, paint] = await eventually<[number, number]>(async () => {
      const found = await call("POST", `/session/${sessionId}/execute/sync`, { script, args: [] });
      return found ?? undefined;
    });
    const { pid } = JSON.parse(readFileSync(join(folder, "running.json"), "utf8"));
    const times = { started: origin + paint - startOf(pid), loaded: paint };
    await call("DELETE", `/session/${sessionId}`).catch(() => {});
    try {
      process.kill(pid, "SIGTERM");
      await eventually(async () => (alive(pid) ? undefined : true));
    } catch {
      // It ended with its session.
    }
    return times;
  } finally {
    driver.kill();
    rmSync(folder, { recursive: true, force: true });
  }
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
