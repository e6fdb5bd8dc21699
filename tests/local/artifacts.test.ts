import assert from "node:assert/strict";
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import * as tar from "tar";
import { extractArtifact, UnsafeArchive } from "../../packaging/extract";
import { ArtifactStore, sha256Of } from "../../local/artifacts/store";

describe("local artifacts", () => {
  let folder: string;
  beforeEach(async () => (folder = await mkdtemp(path.join(tmpdir(), "slipway-artifacts-"))));
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const pack = async (name: string, options: tar.TarOptionsWithAliases = {}, paths = ["content"]) => {
    const file = path.join(folder, name);
    await tar.create({ gzip: true, file, cwd: folder, ...options }, paths);
    return file;
  };

  it("finds an archive by its sha256 alone, and unpacks it once", async () => {
    await mkdir(path.join(folder, "content"));
    await writeFile(path.join(folder, "content", "weights"), "w");
    await mkdir(path.join(folder, "shelf", "velib"), { recursive: true });
    await cp(await pack("m.tar.gz"), path.join(folder, "shelf", "velib", "model.tar.gz"));
    const store = new ArtifactStore(path.join(folder, "shelf"));
    const sha256 = await sha256Of(path.join(folder, "m.tar.gz"));
    const [one, two] = await Promise.all([store.unpacked(sha256), store.unpacked(sha256)]);
    assert.equal(one, two);
    assert.equal(await readFile(path.join(one!, "content", "weights"), "utf8"), "w");
    assert.equal(await store.unpacked("0".repeat(64)), undefined);
    await store.close();
    assert.ok(!existsSync(one!));
  });

  it("finds each version of a model that has a folder for each", async () => {
    for (const version of ["v4", "v5"]) {
      await mkdir(path.join(folder, "shelf", "stygig", version), { recursive: true });
      await writeFile(path.join(folder, "shelf", "stygig", version, "model.tar.gz"), version);
    }
    const store = new ArtifactStore(path.join(folder, "shelf"));
    const v5 = path.join(folder, "shelf", "stygig", "v5", "model.tar.gz");
    assert.equal(await store.find(await sha256Of(v5)), v5);
  });

  it("is empty where there is no folder", async () => {
    assert.equal(await new ArtifactStore(path.join(folder, "absent")).find("0"), undefined);
  });

  it("unpacks nothing of an archive with a link or a way out", async () => {
    await mkdir(path.join(folder, "content"));
    await writeFile(path.join(folder, "content", "plain"), "p");
    await symlink("/etc/passwd", path.join(folder, "content", "link"));
    const into = path.join(folder, "out");
    await assert.rejects(extractArtifact(await pack("link.tar.gz"), into), (error) => error instanceof UnsafeArchive && /SymbolicLink/.test(error.message));
    await rm(path.join(folder, "content", "link"));
    const escaping = await pack("out.tar.gz", { prefix: "a/../../b", preservePaths: true });
    await assert.rejects(extractArtifact(escaping, into), /leads out of the folder/);
    await writeFile(path.join(folder, "text.tar.gz"), "not a tar at all");
    await assert.rejects(extractArtifact(path.join(folder, "text.tar.gz"), into), UnsafeArchive);
    assert.ok(!existsSync(into));
  });
});
