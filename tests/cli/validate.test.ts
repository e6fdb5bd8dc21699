import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pc from "picocolors";
import { colorsFor } from "../../cli/render/colors";
import { issuesAsGitHub, issuesAsText } from "../../cli/render/issues";
import type { Issue } from "../../contract/issue";
import { root, slipway } from "../client/run";

const FIVE = join("tests", "descriptors", "invalid", "five-mistakes.yaml");
/** Fixtures live outside a registry: their contracts are not beside them. */
const NO_CONTRACT = "contract-missing";

describe("slipway validate", () => {
  it("finds no error in the registry, and leaves with 0", async () => {
    const { code, stdout, stderr } = await slipway(["validate"]);
    assert.equal(code, 0, stderr);
    assert.match(stdout, / · \d+ files read\n$/);
    assert.doesNotMatch(stdout, / error | \u001b/);
  });

  it("reports every mistake of a file with its place, what is wrong and what to write, and leaves with 1", async () => {
    const { code, stdout } = await slipway(["validate", FIVE]);
    assert.equal(code, 1);
    const heads = stdout.split("\n").filter((line) => line.startsWith(FIVE) && !line.endsWith(NO_CONTRACT));
    assert.deepEqual(heads, [
      `${FIVE}:10:1  error  unknown-field`,
      `${FIVE}:11:10  error  wrong-value`,
      `${FIVE}:15:12  error  traffic-unknown-version`,
      `${FIVE}:17:25  error  out-of-range`,
      `${FIVE}:20:43  error  out-of-range`,
    ]);
    assert.ok(stdout.includes('    there is no field "ownr" here\n    did you mean "owner"?\n'), stdout);
  });

  it("writes JSON of a stable shape, and nothing else", async () => {
    const { code, stdout, stderr } = await slipway(["validate", FIVE, "--format", "json"]);
    assert.deepEqual([code, stderr], [1, ""]);
    const report = JSON.parse(stdout) as { issues: Issue[] } & Record<string, unknown>;
    assert.deepEqual(Object.keys(report), ["validateVersion", "fileCount", "errorCount", "warningCount", "issues"]);
    assert.deepEqual([report["validateVersion"], report["fileCount"], report["errorCount"], report["warningCount"]], [1, 1, 6, 0]);
    const required = ["code", "severity", "file", "line", "column", "path", "message"];
    for (const issue of report.issues) assert.deepEqual(Object.keys(issue).slice(0, required.length), required);
  });

  it("writes workflow commands for GitHub", async () => {
    const { stdout } = await slipway(["validate", FIVE, "--format", "github"]);
    assert.ok(stdout.startsWith(`::error file=${FIVE},line=`), stdout);
    assert.ok(stdout.includes('title=unknown-field::there is no field "ownr" here%0Adid you mean "owner"?\n'), stdout);
  });

  it("takes files and folders from anywhere", async () => {
    const folder = mkdtempSync(join(tmpdir(), "slipway-validate-"));
    try {
      mkdirSync(join(folder, "models"));
      writeFileSync(join(folder, "models", "a.yaml"), "- no descriptor\n");
      writeFileSync(join(folder, "b.yaml"), "\tname: b\n");
      const { code, stdout } = await slipway(["validate", folder, "b.yaml"], { cwd: folder });
      assert.equal(code, 1);
      assert.match(stdout, /^models\/a\.yaml:1:1 {2}error {2}yaml-not-a-map$/m);
      assert.match(stdout, /^b\.yaml:1:1 {2}error {2}yaml-tab$/m);
      assert.match(stdout, /2 errors · 2 files read\n$/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("leaves with 2 where it was not understood, or there is nothing to check", async () => {
    const folder = mkdtempSync(join(tmpdir(), "slipway-nothing-"));
    try {
      for (const args of [["nowhere.yaml"], ["--format", "xml"], ["--nope"], [], ["."]]) {
        const { code, stdout, stderr } = await slipway(["validate", ...args], { cwd: folder });
        assert.deepEqual([code, stdout], [2, ""], args.join(" "));
        assert.match(stderr, /^error: /, args.join(" "));
        assert.doesNotMatch(stderr, /\n\s+at /);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("explains itself: formats, exit codes, examples", async () => {
    const { code, stdout } = await slipway(["validate", "--help"]);
    assert.equal(code, 0);
    for (const part of ["Usage: slipway validate [options] [paths...]", "Formats:", "Exit codes:", "Examples:"]) assert.ok(stdout.includes(part), part);
    assert.equal((await slipway(["help", "validate"])).stdout, stdout);
    assert.ok(stdout.split("\n").every((line) => line.length <= 100));
  });
});

describe("slipway", () => {
  it("lists its verbs and exit codes, and suggests a verb that was misspelt", async () => {
    const { code, stdout } = await slipway(["--help"]);
    assert.equal(code, 0);
    for (const verb of ["invoke", "plan", "types", "validate"]) assert.match(stdout, new RegExp(`^ {2}${verb} `, "m"));
    assert.match(stdout, /Exit codes:/);
    const misspelt = await slipway(["validat"]);
    assert.equal(misspelt.code, 2);
    assert.match(misspelt.stderr, /Did you mean validate\?/);
  });

  it("is the bin of the package, as npx finds it", () => {
    const manifest = require(join(root, "package.json")) as { bin: { slipway: string } };
    assert.equal(manifest.bin.slipway, "./cli/bin.js");
  });
});

describe("issue reports", () => {
  const issue: Issue = { code: "x", severity: "error", file: "a,b:c%.yaml", line: 1, column: 2, path: "p", message: "50% of\r\nit", hint: "write: a: b, c", source: "https://example.com" };

  it("escape what GitHub would read as its own", () => {
    assert.equal(
      issuesAsGitHub({ fileCount: 1, issues: [issue] }),
      "::error file=a%2Cb%3Ac%25.yaml,line=1,col=2,title=x::50%25 of%0D%0Ait%0Awrite: a: b, c%0Ahttps://example.com\n",
    );
  });

  it("put hint and source on one line where both fit in 100 columns", () => {
    const text = (hint: string): string[] => issuesAsText({ fileCount: 1, issues: [{ ...issue, hint }] }, pc.createColors(false)).split("\n");
    assert.equal(text("short")[3], "    short    https://example.com");
    assert.deepEqual(text("x".repeat(80)).slice(3, 5), [`    ${"x".repeat(80)}`, "    https://example.com"]);
  });

  it("have colours on a terminal only, and none where NO_COLOR asks for it", () => {
    const colored = (isTTY: boolean, environment: NodeJS.ProcessEnv): boolean => colorsFor({ isTTY }, environment).isColorSupported;
    assert.deepEqual([colored(true, {}), colored(false, {}), colored(true, { NO_COLOR: "1" }), colored(true, { NO_COLOR: "" }), colored(true, { TERM: "dumb" }), colored(false, { CI: "1" })], [true, false, false, true, false, false]);
  });
});
