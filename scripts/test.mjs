// Every test of the project, on a machine that may have nothing but Rust and Node. The last line says how many passed.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { CHECKS } from "./check.mjs";
import { printTable, ROOT, runAll } from "./steps.mjs";

const VITEST_REPORT = `${ROOT}/target/vitest.json`;
const BROWSER_REPORT = `${ROOT}/target/browser.json`;
const VENV = `${ROOT}/tests/python/.venv`;
const hasNextest = spawnSync("cargo", ["nextest", "--version"]).status === 0;

const PREPARE = [
  { name: "Rust and Node are there", command: ["scripts/require.sh"] },
  { name: "the system's packages are there", command: ["scripts/install.sh", "build", "test"] },
  { name: "the screens are built", command: ["scripts/screens.sh"] },
  { name: "the Python packages are there", command: ["scripts/python.sh", VENV] },
  { name: "the SDKs for Node are there", command: ["scripts/node.sh", "tests/node"] },
  { name: "Claude Code and Codex are there", command: ["scripts/node.sh", "tests/clients"] },
];

// The same packages and features as the tests, so that nothing is built twice; the programs are built with them.
const BUILD = {
  name: "programs and tests are built",
  command: ["cargo", "build", "--locked", "--workspace", "--all-targets"],
};

const UI_TESTS = {
  name: "tests of the screens",
  command: ["npx", "--no-install", "vitest", "run", "--reporter=default", "--reporter=json", `--outputFile=${VITEST_REPORT}`],
  cwd: `${ROOT}/ui`,
};

const BROWSER_TESTS = {
  name: "tests of the screens in a browser, against the real engine",
  command: ["npx", "--no-install", "playwright", "test"],
  cwd: `${ROOT}/ui`,
};

const RUST_TESTS = {
  name: "tests of the engine, of whole systems and in a real window",
  command: [
    "scripts/with-desktop.sh",
    "cargo",
    ...(hasNextest ? ["nextest", "run"] : ["test", "--no-fail-fast"]),
    ...["--locked", "--workspace", "--all-targets"],
  ],
};

/** How many tests passed and failed; a runner that counted nothing failed once. */
function counted(passed, failed, ok) {
  return { passed, failed: !ok && failed === 0 ? 1 : failed };
}

function vitestCount({ ok }) {
  if (!existsSync(VITEST_REPORT)) return { passed: 0, failed: 1 };
  const report = JSON.parse(readFileSync(VITEST_REPORT, "utf8"));
  return counted(report.numPassedTests, report.numFailedTests, ok);
}

function browserCount({ ok }) {
  if (!existsSync(BROWSER_REPORT)) return { passed: 0, failed: 1 };
  const { expected, unexpected, flaky } = JSON.parse(readFileSync(BROWSER_REPORT, "utf8")).stats;
  return counted(expected, unexpected + flaky, ok);
}

function rustCount({ ok, output }) {
  const sum = (pattern) => [...output.matchAll(pattern)].reduce((total, match) => total + Number(match[1]), 0);
  if (!hasNextest) {
    return counted(sum(/^test result: .*?(\d+) passed/gm), sum(/^test result: .*?(\d+) failed/gm), ok);
  }
  const summary = output.split("\n").findLast((line) => line.includes("tests run:")) ?? "";
  const number = (word) => Number(summary.match(new RegExp(`(\\d+) ${word}`))?.[1] ?? 0);
  return counted(number("passed"), number("failed") + number("timed out") + number("exec failed"), ok);
}

function finish(results, counts) {
  printTable(results);
  const passed = counts.reduce((total, count) => total + count.passed, 0);
  const failed = counts.reduce((total, count) => total + count.failed, 0);
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
}

/** A check or a build is no test: it counts only when it fails. */
const failures = (results) => ({ passed: 0, failed: results.filter((result) => !result.ok).length });

mkdirSync(`${ROOT}/target`, { recursive: true });
const prepared = await runAll(PREPARE);
if (prepared.some((result) => !result.ok)) {
  finish(prepared, [failures(prepared)]);
} else {
  const checks = await runAll(CHECKS);
  const [screens] = await runAll([UI_TESTS]);
  const [built] = await runAll([BUILD]);
  const results = [...prepared, ...checks, screens, built];
  const counts = [failures([...checks, built]), vitestCount(screens)];
  if (built.ok) {
    rmSync(BROWSER_REPORT, { force: true });
    const [browser] = await runAll([BROWSER_TESTS]);
    const [rust] = await runAll([RUST_TESTS]);
    results.push(browser, rust);
    counts.push(browserCount(browser), rustCount(rust));
  }
  finish(results, counts);
}
