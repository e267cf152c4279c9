// Checks who depends on whom: the arrows between the workspace's crates, the few outside crates that only one of them
// may name, and licences. With cargo-deny installed, its wider checks run too. deny.toml holds the same rules for it.
import { spawnSync } from "node:child_process";
import { ROOT } from "./steps.mjs";

/** Each crate's neighbours inside the workspace, tests aside. */
const ARROWS = {
  contract: [],
  resilience: [],
  dialect: [],
  store: [],
  domain: ["resilience"],
  upstream: ["domain"],
  gateway: ["dialect", "domain", "resilience", "store", "upstream"],
  monitor: ["dialect", "domain", "resilience", "store", "upstream"],
  operations: ["dialect", "domain", "resilience", "store", "upstream"],
  engine: [
    ...["contract", "dialect", "domain", "gateway", "monitor", "operations"],
    ...["resilience", "store", "upstream"],
  ],
  headless: ["contract", "engine"],
};
const OWN = "changeover";
const OUTSIDE_ARROWS = { [OWN]: ["contract", "engine"] };

/** Outside crates that only these may name; `tests` may use what a test needs. */
const OWNERS = {
  tauri: [OWN],
  sqlx: ["changeover-store", "changeover-year"],
  reqwest: ["changeover-upstream", "changeover-tests"],
  "nvml-wrapper": ["changeover-monitor", "nvml-sim"],
  keyring: ["changeover-engine", "changeover-tests"],
  "keyring-core": ["changeover-engine", "changeover-tests"],
  "notify-rust": ["changeover-operations"],
};

const LICENCES = new Set([
  ...["0BSD", "Apache-2.0", "Apache-2.0 WITH LLVM-exception", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "CDLA-Permissive-2.0"],
  ...["ISC", "MIT", "MIT-0", "MPL-2.0", "Unicode-3.0", "Unlicense", "Zlib"],
]);

/** Whether an SPDX expression can be met with the licences above. `/` is the old way to write OR. */
function isAllowed(expression) {
  const words = expression.replaceAll("/", " OR ").replace(/([()])/g, " $1 ").trim().split(/\s+/);
  let at = 0;
  const one = () => {
    if (words[at] === "(") {
      at++;
      const inner = either();
      at++;
      return inner;
    }
    let name = words[at++];
    if (words[at] === "WITH") {
      name = `${name} WITH ${words[at + 1]}`;
      at += 2;
    }
    return LICENCES.has(name);
  };
  const both = () => {
    let ok = one();
    while (words[at] === "AND") {
      at++;
      ok = one() && ok;
    }
    return ok;
  };
  const either = () => {
    let ok = both();
    while (words[at] === "OR") {
      at++;
      ok = both() || ok;
    }
    return ok;
  };
  return either();
}

function metadata() {
  const args = ["metadata", "--format-version", "1", "--locked"];
  const { status, stdout, stderr } = spawnSync("cargo", args, { cwd: ROOT, maxBuffer: 256 << 20, encoding: "utf8" });
  if (status !== 0) {
    console.error(stderr);
    process.exit(1);
  }
  return JSON.parse(stdout);
}

const { packages, workspace_members: members } = metadata();
const problems = [];
const ours = packages.filter((one) => members.includes(one.id));
for (const { name, dependencies } of ours) {
  const short = name.replace(/^changeover-/, "");
  const allowed = OUTSIDE_ARROWS[name] ?? ARROWS[short];
  for (const dependency of dependencies) {
    const owners = OWNERS[dependency.name];
    if (owners && !owners.includes(name)) {
      problems.push(`${name} may not name ${dependency.name}; only ${owners.join(", ")} may`);
    }
    const target = dependency.name.startsWith("changeover-") && dependency.name.slice("changeover-".length);
    if (allowed && target && dependency.kind === null && !allowed.includes(target)) {
      problems.push(`${name} may not depend on ${dependency.name}; allowed: ${allowed.join(", ") || "none"}`);
    }
  }
  if (!allowed && !["changeover-tests", "changeover-bench", "changeover-year", "nvml-sim"].includes(name)) {
    problems.push(`${name} is new: say in scripts/guards.mjs which crates it may use`);
  }
}
for (const { name, version, license, license_file: file, source } of packages) {
  if (source && !(license ? isAllowed(license) : file)) {
    problems.push(`${name} ${version}: licence ${license ?? "unknown"} is not among the allowed ones`);
  }
}
for (const problem of problems) console.error(problem);
console.log(`${ours.length} crates of our own, ${packages.length - ours.length} of others, ${problems.length} problems`);

let denied = false;
if (spawnSync("cargo", ["deny", "--version"]).status === 0) {
  const checks = process.env.GUARDS_ONLINE ? [] : ["bans", "licenses", "sources"];
  denied = spawnSync("cargo", ["deny", "check", ...checks], { cwd: ROOT, stdio: "inherit" }).status !== 0;
}
process.exitCode = problems.length === 0 && !denied ? 0 : 1;
