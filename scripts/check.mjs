// Everything a machine can say about the sources without running them. `make check` and `make test` call it.
import { pathToFileURL } from "node:url";
import { printTable, ROOT, runAll } from "./steps.mjs";

const ui = `${ROOT}/ui`;

/** The checks, quickest first. */
export const CHECKS = [
  { name: "Rust is formatted", command: ["cargo", "fmt", "--all", "--check"] },
  { name: "sizes of files and functions", command: ["node", "scripts/sizes.mjs"] },
  { name: "who may depend on what", command: ["node", "scripts/guards.mjs"] },
  { name: "the screens are linted and formatted", command: ["npx", "--no-install", "biome", "ci", "."], cwd: ui },
  { name: "the screens' types", command: ["npx", "--no-install", "tsc", "--noEmit"], cwd: ui },
  {
    name: "Rust is linted",
    command: ["cargo", "clippy", "--locked", "--workspace", "--all-targets", "--", "-D", "warnings"],
  },
];

/** In `make test` this is one of the tests. */
const DRIFT = {
  name: "the screens' contract is the engine's",
  command: ["cargo", "test", "--locked", "--package", "changeover-contract", "--test", "typescript"],
};

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const results = await runAll([...CHECKS, DRIFT]);
  printTable(results);
  process.exitCode = results.every((result) => result.ok) ? 0 : 1;
}
