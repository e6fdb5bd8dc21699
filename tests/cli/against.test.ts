import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RevisionProblem, readPreviousRegistry } from "../../cli/previous-registry";
import { readDescriptors } from "../../registry/read";
import { root, slipway } from "../client/run";

const VELIB = join("registry", "models", "velib-lstm.yaml");

describe("slipway validate --against", () => {
  let repository: string;
  const git = (...args: string[]): string =>
    execFileSync("git", ["-c", "user.name=Test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false", ...args], { cwd: repository, encoding: "utf8" });
  const change = (path: string, edit: (text: string) => string): void => writeFileSync(join(repository, path), edit(readFileSync(join(repository, path), "utf8")));

  beforeEach(() => {
    repository = mkdtempSync(join(tmpdir(), "slipway-against-"));
    mkdirSync(join(repository, "registry", "models"), { recursive: true });
    for (const path of [VELIB, join("registry", "contracts")]) cpSync(join(root, path), join(repository, path), { recursive: true });
    git("init", "--quiet");
    git("add", ".");
    git("commit", "--quiet", "--message", "As deployed");
  });
  afterEach(() => rmSync(repository, { recursive: true, force: true }));

  it("says nothing of what did not change", async () => {
    const { code, stdout, stderr } = await slipway(["validate", "--against", "HEAD"], { cwd: repository });
    assert.deepEqual([code, stderr], [0, ""]);
    assert.match(stdout, /^no issues/);
  });

  it("refuses a version that changed in place, and leaves with 1", async () => {
    change(VELIB, (text) => text.replace(/8e6a4110/, "1efaed8e"));
    assert.equal((await slipway(["validate"], { cwd: repository })).code, 0);
    const { code, stdout } = await slipway(["validate", "--against", "HEAD"], { cwd: repository });
    assert.equal(code, 1);
    assert.match(stdout, /^registry\/models\/velib-lstm\.yaml:12:13 {2}error {2}version-changed$/m);
  });

  it("warns, in the contract, of what breaks its callers", async () => {
    change(join("registry", "contracts", "velib-lstm.yaml"), (text) => text.replace("model_version, timestamp]", "timestamp]"));
    const { code, stdout } = await slipway(["validate", "--against", "HEAD"], { cwd: repository });
    assert.equal(code, 0);
    assert.match(stdout, /^registry\/contracts\/velib-lstm\.yaml:40:3 {2}warning {2}contract-breaks-callers\n {4}callers count on "model_version"/m);
  });

  it("leaves with 2 where the revision cannot be read, and takes no revision for an option", async () => {
    for (const revision of ["nowhere", "--help", "HEAD~9"]) {
      const { code, stdout, stderr } = await slipway(["validate", `--against=${revision}`], { cwd: repository });
      assert.deepEqual([code, stdout], [2, ""], revision);
      assert.match(stderr, /^error: cannot read the registry as it was: git knows no revision/);
    }
    rmSync(join(repository, ".git"), { recursive: true });
    const { code, stderr } = await slipway(["validate", "--against", "HEAD"], { cwd: repository });
    assert.deepEqual([code, /not a git repository/.test(stderr)], [2, true]);
  });

  it("reads what the files would be read as, from the root, a folder below and a single file", () => {
    const registry = join(repository, "registry");
    for (const [paths, base] of [[["registry/models"], repository], [["registry"], repository], [[VELIB], repository], [["models"], registry], [["../registry/models"], registry], [["."], registry], [[join(repository, VELIB)], repository]] as const) {
      assert.deepEqual(readPreviousRegistry("HEAD", paths, base), readDescriptors(paths, base), `${paths.join()} from ${base}`);
    }
  });

  it("reads the revision, not the working tree, and no link or large file", () => {
    change(VELIB, (text) => `${text}# ${"x".repeat(300_000)}\n`);
    symlinkSync("velib-lstm.yaml", join(repository, "registry", "models", "link.yaml"));
    git("add", ".");
    git("commit", "--quiet", "--message", "Large");
    unlinkSync(join(repository, VELIB));
    const refused = readPreviousRegistry("HEAD", ["registry/models"], repository).descriptors.map(({ path, content }) => [path, "refused" in content]);
    assert.deepEqual(refused, [["registry/models/link.yaml", true], ["registry/models/velib-lstm.yaml", true]]);
    assert.ok(readPreviousRegistry("HEAD~1", ["registry/models"], repository).descriptors.every(({ content }) => !("refused" in content)));
    assert.throws(() => readPreviousRegistry("", ["registry/models"], repository), RevisionProblem);
  });
});
