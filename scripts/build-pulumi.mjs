#!/usr/bin/env node
/**
 * Gets a `pulumi` for `npm run test:engine` where there is none: builds the CLI
 * and its Node language host from the Go module proxy into .cache/pulumi/bin.
 *
 *   npm run build:pulumi
 *
 * Does nothing where PULUMI_CLI names one, where one is on the PATH, or where a
 * run before this one has built it. Says so, and leaves with 0, where there is no
 * Go: the suite then says that it was not run. Fails only where a build fails.
 *
 * `pulumi up` does not need this: `npx pulumi` is the released CLI.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The newest whose module and checksum both the public proxy has. */
const CLI_VERSION = "v3.246.0";
/** The last in which the language host is part of the SDK's own module; its own module is often not on a proxy. */
const OLD_HOST_VERSION = "v3.68.0";
/** Two cores and a cold module cache take about six. */
const BUILD_TIMEOUT_MINUTES = 25;

const PULUMI = "github.com/pulumi/pulumi";
const HOST = "pulumi-language-nodejs";
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const bin = join(root, ".cache", "pulumi", "bin");

main();

function main() {
  if (process.env.PULUMI_CLI) return say(`PULUMI_CLI is set: ${process.env.PULUMI_CLI}`);
  const installed = onPath("pulumi");
  if (installed !== undefined && onPath(HOST) !== undefined) return say(`already on the PATH: ${installed}`);
  if (existsSync(join(bin, "pulumi")) && existsSync(join(bin, HOST))) return say(`already built: ${bin}`);
  if (onPath("go") === undefined) return say("no pulumi and no Go on the PATH: nothing built, the engine tests will say that they were not run");

  mkdirSync(bin, { recursive: true });
  if (!existsSync(join(bin, "pulumi"))) build("pulumi", `${PULUMI}/pkg/v3`, CLI_VERSION, `${PULUMI}/pkg/v3/cmd/pulumi`);
  const ownModule = `${PULUMI}/sdk/nodejs/cmd/${HOST}/v3`;
  if (available(ownModule, CLI_VERSION)) build(HOST, ownModule, CLI_VERSION, ownModule);
  else buildOldHost();
  say(`built: ${bin}`);
}

/**
 * The host of 2023 speaks to the CLI of today, but for one thing: it takes the
 * `runtime.options` of Pulumi.yaml as flags, and the CLI has stopped passing them.
 * The launcher does what that CLI did.
 */
function buildOldHost() {
  say(`${HOST} ${CLI_VERSION} is not on the module proxy; building ${OLD_HOST_VERSION}`);
  const host = `${HOST}-${OLD_HOST_VERSION}`;
  build(host, `${PULUMI}/sdk/v3`, OLD_HOST_VERSION, `${PULUMI}/sdk/v3/nodejs/cmd/${HOST}`);
  const options = `const { runtime } = require(${JSON.stringify(join(root, "node_modules", "yaml"))}).parse(require("fs").readFileSync("Pulumi.yaml", "utf8"));
for (const name of ["typescript", "tsconfig", "nodeargs"]) {
  const value = (runtime.options ?? {})[name];
  if (value !== undefined) console.log("-" + name + "=" + value);
}`;
  const launcher = join(bin, HOST);
  writeFileSync(join(bin, "runtime-options.cjs"), `${options}\n`);
  writeFileSync(launcher, `#!/bin/sh\nhere=$(dirname "$0")\nIFS='\n'\nexec "$here/${host}" $(node "$here/runtime-options.cjs") "$@"\n`);
  chmodSync(launcher, 0o755);
}

/** Builds one program of one module in a throw-away module, and puts it in place when it is whole. */
function build(name, module, version, program) {
  const scratch = mkdtempSync(join(tmpdir(), "slipway-pulumi-"));
  const started = Date.now();
  say(`building ${program} ${version} (some minutes the first time)`);
  try {
    writeFileSync(join(scratch, "go.mod"), `module slipway.invalid/build\n\ngo ${goVersion()}\n\nrequire ${module} ${version}\n`);
    writeFileSync(join(scratch, "tools.go"), `//go:build tools\n\npackage tools\n\nimport _ "${program}"\n`);
    const result = go(["build", "-mod=mod", "-trimpath", "-ldflags=-s -w", "-o", join(scratch, name), program], scratch);
    if (result.status !== 0) fail(`${program} did not build:\n${result.stderr || result.error}`);
    chmodSync(join(scratch, name), 0o755);
    execFileSync("cp", [join(scratch, name), join(bin, `${name}.new`)]);
    renameSync(join(bin, `${name}.new`), join(bin, name));
    say(`built ${name} in ${Math.round((Date.now() - started) / 1000)} s`);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function available(module, version) {
  return go(["list", "-m", `${module}@${version}`], tmpdir()).status === 0;
}

function goVersion() {
  const { stdout } = go(["env", "GOVERSION"], tmpdir());
  return /^go(\d+\.\d+)/.exec(stdout)?.[1] ?? "1.24";
}

function go(args, cwd) {
  // GOWORK and GOFLAGS of the caller are about their own modules.
  return spawnSync("go", args, { cwd, encoding: "utf8", timeout: BUILD_TIMEOUT_MINUTES * 60_000, env: { ...process.env, GOFLAGS: "-buildvcs=false", GOWORK: "off" } });
}

/** npm puts its own `pulumi` on the PATH, which is a launcher that downloads the CLI at its first use. */
function onPath(program) {
  return (process.env.PATH ?? "")
    .split(delimiter)
    .filter((folder) => !folder.endsWith(join("node_modules", ".bin")))
    .map((folder) => join(folder, program))
    .find((path) => existsSync(path));
}

function say(line) {
  console.log(`pulumi for the engine tests: ${line}`);
}

function fail(line) {
  console.error(`pulumi for the engine tests: ${line}`);
  process.exit(1);
}
