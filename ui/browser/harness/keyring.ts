/** A keyring of a test's own: a session bus with an unlocked Secret Service on it, both gone afterwards. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

export class Keyring {
  private readonly home = mkdtempSync(join(tmpdir(), "changeover-keyring-"));
  private readonly children: ChildProcess[] = [];
  /** What a program needs in its environment to reach it. */
  env: Record<string, string> = {};

  /** Somebody answers on the bus a moment later: wait until the engine has no problem with it. */
  async start(): Promise<this> {
    const bus = this.run("dbus-daemon", ["--session", "--nofork", "--print-address=1"], process.env);
    const [address] = (await once(
      createInterface({ input: bus.stdout as NodeJS.ReadableStream }),
      "line",
    )) as [string];
    this.env = { DBUS_SESSION_BUS_ADDRESS: address };
    const keyring = this.run("gnome-keyring-daemon", ["--foreground", "--unlock", "--components=secrets"], {
      ...process.env,
      ...this.env,
      XDG_DATA_HOME: this.home,
      XDG_RUNTIME_DIR: this.home,
    });
    keyring.stdin?.end("only-for-tests");
    return this;
  }

  private run(program: string, args: string[], env: NodeJS.ProcessEnv): ChildProcess {
    const child = spawn(program, args, { stdio: ["pipe", "pipe", "ignore"], env });
    this.children.unshift(child);
    return child;
  }

  async end() {
    for (const child of this.children) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const gone = once(child, "exit");
      child.kill("SIGKILL");
      await gone;
    }
    rmSync(this.home, { recursive: true, force: true });
  }
}
