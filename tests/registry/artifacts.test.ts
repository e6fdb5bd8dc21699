import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { loadRegistry } from "../../planning";
import { lookAtArtifact } from "../../registry/artifacts";
import { readRegistry } from "../../registry/read";

describe("artifacts in the repository", () => {
  let root: string;
  beforeEach(() => (root = realpathSync(mkdtempSync(join(tmpdir(), "slipway-artifacts-")))));
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  const write = (path: string, content: string | Buffer): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  };
  const refusal = (path: string): string => {
    const found = lookAtArtifact(root, path);
    assert.ok("refused" in found, path);
    return found.refused;
  };

  it("are hashed whole, and measured unpacked", () => {
    const content = randomBytes(3 * 1024 * 1024 + 7);
    const archive = gzipSync(content);
    write("models/model.tar.gz", archive);
    const sha256 = createHash("sha256").update(archive).digest("hex");
    assert.deepEqual(lookAtArtifact(root, "./models/model.tar.gz"), { path: "./models/model.tar.gz", sha256, bytes: archive.length, unpackedBytes: content.length });
  });

  it("are refused where they are not there, not a file, a pointer, or lead out", () => {
    assert.equal(refusal("./models/model.tar.gz"), "there is no such file");
    write("models/lfs.tar.gz", "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n");
    assert.match(refusal("./models/lfs.tar.gz"), /git lfs pull/);
    mkdirSync(join(root, "models/folder.tar.gz"));
    assert.equal(refusal("./models/folder.tar.gz"), "it is not a plain file");
    execFileSync("mkfifo", [join(root, "models/pipe.tar.gz")]);
    assert.equal(refusal("./models/pipe.tar.gz"), "it is not a plain file");
    symlinkSync("/etc/hostname", join(root, "models/out.tar.gz"));
    assert.match(refusal("./models/out.tar.gz"), /leads out/);
  });

  it("are looked at where a descriptor or an overlay names them, and only there", () => {
    write("models/v1.tar.gz", gzipSync("one"));
    write("models/v2.tar.gz", gzipSync("two"));
    write("models/v3.tar.gz", gzipSync("three"));
    const descriptor = (sha256: string): string => `name: base
versions: { v1: { artifact: ./models/v1.tar.gz, sha256: "${sha256}" }, v0: { artifact: s3://example-models/v0/model.tar.gz } }
environments: { dev: { versions: { v2: { artifact: "./models/v2.tar.gz" } } } }
# ./models/v3.tar.gz
`;
    write("registry/models/base.yaml", descriptor("0".repeat(63) + "1"));
    const files = readRegistry(root);
    assert.deepEqual(files.artifacts!.map(({ path }) => path), ["./models/v1.tar.gz", "./models/v2.tar.gz"]);
    const found = loadRegistry(files).issues.find(({ code }) => code === "artifact-sha256")!;
    const right = createHash("sha256").update(gzipSync("one")).digest("hex");
    assert.deepEqual([found.line, found.path], [2, "versions.v1.sha256"]);
    assert.match(found.hint!, new RegExp(right));
    write("registry/models/base.yaml", descriptor(right));
    assert.ok(!loadRegistry(readRegistry(root)).issues.some(({ code }) => code === "artifact-sha256"));
  });

  it("are none of a registry that keeps all of them in S3", () => {
    write("registry/models/base.yaml", "versions: { v0: { artifact: s3://example-models/v0/model.tar.gz } }\n");
    assert.equal(readRegistry(root).artifacts, undefined);
  });
});
