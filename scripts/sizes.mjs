// Prints how long files and functions are, and fails when one is over its limit. Tests and generated files do not
// count. Lengths are in lines.
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { ROOT } from "./steps.mjs";

const LIMITS = {
  Rust: { file: { median: 120, p95: 400, max: 600 }, function: { p95: 40, max: 80 } },
  UI: { file: { median: 60, p95: 250, max: 400 }, function: {} },
};

const LANGUAGES = {
  Rust: {
    roots: ["src-tauri"],
    counts: (path) => path.endsWith(".rs") && !/\/tests\/|build\.rs$/.test(path),
    functions: /\bfn\s+\w+/g,
  },
  UI: {
    roots: ["ui/src"],
    counts: (path) => /\.tsx?$/.test(path) && !/\.test\.tsx?$|\/test\/|\/contract\//.test(path),
    functions: /\bfunction\s*\w*\s*[(<]|=>\s*(?=\{)/g,
  },
};

function* filesBelow(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && !["node_modules", "target", "gen", "dist"].includes(entry.name)) yield* filesBelow(path);
    else if (entry.isFile()) yield path;
  }
}

// What holds no code: comments, strings (raw ones too) and characters. A quote without a partner on its line is text
// or a Rust lifetime, and stays.
const SILENT = new RegExp(
  [
    String.raw`\/\/[^\n]*`,
    String.raw`\/\*[\s\S]*?\*\/`,
    String.raw`\bb?r(#*)"[\s\S]*?"\1`,
    String.raw`"(?:\\[\s\S]|[^"\\])*"`,
    String.raw`'(?:\\[^\n]{1,9}?|[^'\\\n])'`,
    "`(?:\\\\[\\s\\S]|[^`\\\\])*`",
  ].join("|"),
  "g",
);

/** The text with everything that holds no code made blank; line breaks stay. */
function bare(text) {
  return text.replace(SILENT, (silent) => silent.replace(/[^\n]/g, " "));
}

/** Where the block that opens at or after `from` ends; undefined when a `;` outside brackets comes first. */
function endOfBlock(text, from) {
  let braces = 0;
  let others = 0;
  for (let at = from; at < text.length; at++) {
    const sign = text[at];
    if (sign === "(" || sign === "[") others++;
    else if (sign === ")" || sign === "]") others--;
    else if (sign === ";" && braces === 0 && others <= 0) return undefined;
    else if (sign === "{") braces++;
    else if (sign === "}" && --braces === 0 && others <= 0) return at;
  }
  return undefined;
}

const lines = (text) => text.split("\n").length - (text.endsWith("\n") ? 1 : 0);

/** The text without its test modules. */
function withoutTests(text) {
  let rest = text;
  for (let found = rest.search(/#\[cfg\(test\)\]\s*mod \w+ \{/); found >= 0; ) {
    const end = endOfBlock(rest, found);
    rest = rest.slice(0, found) + (end === undefined ? "" : rest.slice(end + 1));
    found = rest.search(/#\[cfg\(test\)\]\s*mod \w+ \{/);
  }
  return rest;
}

function measure(language) {
  const { roots, counts, functions } = LANGUAGES[language];
  const found = { file: [], function: [] };
  for (const path of roots.flatMap((root) => [...filesBelow(join(ROOT, root))]).filter(counts)) {
    const text = withoutTests(bare(readFileSync(path, "utf8")));
    const where = relative(ROOT, path);
    found.file.push({ where, length: lines(text.trimEnd()) });
    for (const match of text.matchAll(functions)) {
      const end = endOfBlock(text, match.index);
      if (end === undefined) continue;
      const line = lines(text.slice(0, match.index + 1));
      found.function.push({ where: `${where}:${line}`, length: lines(text.slice(match.index, end + 1)) });
    }
  }
  return found;
}

function share(sorted, part) {
  return sorted.length === 0 ? 0 : sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))].length;
}

const over = [];
console.log("what             count  median   p95   max  (limits)");
for (const language of Object.keys(LANGUAGES)) {
  const found = measure(language);
  for (const kind of ["file", "function"]) {
    const sorted = found[kind].sort((a, b) => a.length - b.length);
    const numbers = { median: share(sorted, 0.5), p95: share(sorted, 0.95), max: sorted.at(-1)?.length ?? 0 };
    const limits = LIMITS[language][kind];
    const cells = [String(sorted.length).padStart(5), ...Object.values(numbers).map((n) => String(n).padStart(5))];
    const named = Object.entries(limits).map(([name, limit]) => `${name} ${limit}`);
    console.log(`${`${language} ${kind}s`.padEnd(15)}  ${cells.join("  ")}  ${named.length > 0 ? `(${named.join(", ")})` : ""}`);
    for (const [name, limit] of Object.entries(limits)) {
      if (numbers[name] > limit && name !== "max") over.push(`${language} ${kind}s: ${name} is ${numbers[name]}, limit ${limit}`);
    }
    for (const { where, length } of sorted.filter((one) => one.length > (limits.max ?? Number.POSITIVE_INFINITY))) {
      over.push(`${where} has ${length} lines, limit ${limits.max}`);
    }
  }
}
for (const line of over) console.error(`too long: ${line}`);
process.exitCode = over.length === 0 ? 0 : 1;
