// Runs commands one after another for check.mjs and test.mjs, showing their output as it comes.
import { spawn } from "node:child_process";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** The repository's folder. */
export const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), "..");

const MINUTES = 60_000;

/**
 * Runs one command to its end.
 * @returns {Promise<{ok: boolean, output: string, seconds: number}>} its output, both streams together
 */
export function run(command, { cwd = ROOT, limitMinutes = 40, env = {} } = {}) {
  const started = Date.now();
  return new Promise((done) => {
    const child = spawn(command[0], command.slice(1), {
      cwd,
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    const end = (ok) => {
      clearTimeout(timer);
      done({ ok, output, seconds: Math.round((Date.now() - started) / 1000) });
    };
    const timer = setTimeout(() => {
      output += `\nended after ${limitMinutes} minutes`;
      console.error(`${command.join(" ")}: ended after ${limitMinutes} minutes`);
      child.kill("SIGTERM");
    }, limitMinutes * MINUTES);
    child.stdout.on("data", (data) => {
      output += data;
      process.stdout.write(data);
    });
    child.stderr.on("data", (data) => {
      output += data;
      process.stderr.write(data);
    });
    child.on("error", (error) => {
      console.error(`${command[0]}: ${error.message}`);
      end(false);
    });
    child.on("close", (code) => end(code === 0));
  });
}

/**
 * Runs named steps; all of them, whatever fails.
 * @param {Array<{name: string, command: string[], cwd?: string}>} steps
 * @returns {Promise<Array<{name: string, ok: boolean, output: string, seconds: number}>>}
 */
export async function runAll(steps) {
  const results = [];
  for (const { name, command, ...options } of steps) {
    console.log(`\n== ${name}`);
    results.push({ name, ...(await run(command, options)) });
  }
  return results;
}

/** Prints a line per step. */
export function printTable(results) {
  const width = Math.max(...results.map((result) => result.name.length));
  console.log("");
  for (const { name, ok, seconds } of results) {
    console.log(`${ok ? "ok    " : "FAILED"}  ${name.padEnd(width)}  ${seconds} s`);
  }
}
