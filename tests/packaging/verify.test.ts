import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import * as tar from "tar";
import { pack } from "../../packaging/pack";
import { listSources } from "../../packaging/source";
import { withArtifact } from "../../packaging/verify";
import { demoFiles, findingsOf, root, sha256, temporaryFolder, writeFiles } from "./support";

const demo = join(root, "registry/demo/velib-lstm/model.tar.gz");
const ok = () => Promise.resolve("ok");

describe("verifying an archive", function () {
  this.timeout(60_000);
  const folder = temporaryFolder();
  let count = 0;
  const fresh = (): string => {
    const path = join(folder, String((count += 1)));
    mkdirSync(path);
    return path;
  };
  const refused = async (archive: string) => (await findingsOf(withArtifact(archive, ok))).map(({ code, message, hint = "" }) => [code, message.replaceAll(archive, "<archive>"), hint] as const);
  /** An archive of entries as they are told, sound or not. */
  const archiveOf = (...entries: { readonly path: string; readonly type?: "File" | "SymbolicLink" | "Link" | "CharacterDevice" | "FIFO"; readonly linkpath?: string; readonly content?: string }[]): string => {
    const blocks = entries.flatMap(({ path, type = "File", linkpath, content = "" }) => {
      const block = Buffer.alloc(512);
      new tar.Header({ path, type, size: Buffer.byteLength(content), mode: 0o644, mtime: new Date(0), ...(linkpath === undefined ? {} : { linkpath }) }).encode(block, 0);
      return [block, Buffer.from(content), Buffer.alloc((512 - (Buffer.byteLength(content) % 512)) % 512)];
    });
    const archive = join(fresh(), "model.tar.gz");
    writeFileSync(archive, gzipSync(Buffer.concat([...blocks, Buffer.alloc(1024)])));
    return archive;
  };

  it("hands out the committed demos, unpacked, and takes the folder away again", async () => {
    const before = readdirSync(tmpdir()).filter((name) => name.startsWith("slipway-artifact-"));
    const { digest, files } = await withArtifact(demo, ({ sha256: found, folder: unpacked }) => Promise.resolve({ digest: found, files: readdirSync(unpacked) }));
    assert.equal(digest, sha256(readFileSync(demo)));
    assert.deepEqual(files.sort(), ["model.onnx", "scaler.json", "slipway.json", "stations.json"]);
    assert.deepEqual(readdirSync(tmpdir()).filter((name) => name.startsWith("slipway-artifact-")), before);
  });

  it("says what is taken for an archive and is none", async () => {
    const file = (content: Uint8Array | string): string => {
      const path = join(fresh(), "model.tar.gz");
      writeFileSync(path, content);
      return path;
    };
    const plain = join(fresh(), "m.tar");
    await tar.create({ file: plain, cwd: join(root, "registry/demo/velib-lstm") }, ["metrics.json"]);
    assert.deepEqual(await refused(join(folder, "absent")), [["package-source-missing", "there is no such file", ""]]);
    assert.deepEqual(await refused(folder), [["package-source-missing", "is a folder; give the archive", ""]]);
    assert.deepEqual(await refused(plain), [["package-archive", "is a tar archive without gzip; SageMaker takes it in gzip", ""]]);
    assert.deepEqual(await refused(file("PK\x03\x04")), [["package-archive", "is a ZIP archive; SageMaker takes a tar archive in gzip", ""]]);
    assert.deepEqual(await refused(file("version https://git-lfs.github.com/spec/v1\n")), [["package-archive", "is a Git LFS pointer, not the archive itself", ""]]);
    assert.deepEqual(await refused(file("")), [["package-archive", "is not a tar archive in gzip", ""]]);
    assert.match((await refused(file(gzipSync("no tar"))))[0]![1], /is not a gzip tar/);
    assert.match((await refused(file(readFileSync(demo).subarray(0, 100_000))))[0]![1], /is not a gzip tar: .*/);
  });

  it("says where the manifest is, when it is not at the root", async () => {
    assert.deepEqual(await refused(archiveOf({ path: "velib/slipway.json", content: "{}" }, { path: "velib/model.onnx" })), [
      ["package-archive", "has everything below velib/; SageMaker unpacks it as it is, and slipway.json must stand at the root", "Pack what is in that folder, not the folder: slipway package velib …"],
    ]);
    assert.deepEqual(await refused(archiveOf({ path: "faiss_index.index" }, { path: "metadata.pkl" }, { path: "code/inference.py" })), [
      ["package-archive", "has no slipway.json; it holds faiss_index.index, metadata.pkl, code/inference.py", "Unpack it into a folder and pack that: slipway package <folder> --model <name> --version <version>."],
    ]);
  });

  it("unpacks nothing of one with links, devices, ways out or doubles", async () => {
    const manifest = { path: "slipway.json", content: "{}" };
    assert.match((await refused(archiveOf(manifest, { path: "a", type: "SymbolicLink", linkpath: "/etc/passwd" })))[0]![1], /"a" is a SymbolicLink/);
    assert.match((await refused(archiveOf(manifest, { path: "a", type: "Link", linkpath: "slipway.json" })))[0]![1], /"a" is a Link/);
    assert.match((await refused(archiveOf(manifest, { path: "a", type: "CharacterDevice" })))[0]![1], /"a" is a CharacterDevice/);
    assert.match((await refused(archiveOf(manifest, { path: "a", type: "FIFO" })))[0]![1], /"a" is a FIFO/);
    assert.match((await refused(archiveOf(manifest, { path: "../evil" })))[0]![1], /leads out of the folder/);
    assert.match((await refused(archiveOf(manifest, { path: "/evil" })))[0]![1], /absolute path/);
    assert.match((await refused(archiveOf(manifest, { path: "a\\..\\..\\evil" })))[0]![1], /leads out of the folder/);
    assert.match((await refused(archiveOf(manifest, { path: "a", content: "1" }, { path: "./a", content: "2" })))[0]![1], /"a" is in it twice/);
  });

  it("names the file that is not what the manifest states", async () => {
    const good = fresh();
    await tar.extract({ file: demo, cwd: good });
    const packed = async (change: (place: string) => void): Promise<string> => {
      const place = fresh();
      for (const name of readdirSync(good)) copyFileSync(join(good, name), join(place, name));
      change(place);
      const archive = join(fresh(), "model.tar.gz");
      await tar.create({ gzip: true, file: archive, cwd: place }, readdirSync(place));
      return archive;
    };
    assert.deepEqual((await refused(await packed((place) => writeFileSync(join(place, "scaler.json"), "{}"))))[0]!.slice(0, 2), ["artifact-corrupt", "scaler.json has 2 bytes; its manifest states 64"]);
    assert.deepEqual((await refused(await packed((place) => writeFileSync(join(place, "more"), ""))))[0]!.slice(0, 2), ["artifact-corrupt", "more is not listed in slipway.json"]);
    assert.match((await refused(await packed((place) => writeFileSync(join(place, "slipway.json"), "[]"))))[0]!.join(), /artifact-manifest-invalid,slipway.json is not a manifest of version 1/);
  });

  it("never throws anything but findings, whatever bytes are changed", async () => {
    const bytes = readFileSync(demo);
    const archive = join(fresh(), "model.tar.gz");
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.nat({ max: bytes.length - 1 }), fc.nat({ max: 255 })), { minLength: 1, maxLength: 4 }), fc.nat({ max: 3 }), async (edits, cut) => {
        const changed = Buffer.from(bytes);
        for (const [at, value] of edits) changed[at] = value;
        writeFileSync(archive, cut === 0 ? changed.subarray(0, edits[0]![0]) : changed);
        if (sha256(readFileSync(archive)) === sha256(bytes)) return;
        try {
          const { manifest } = await withArtifact(archive, (artifact) => Promise.resolve(artifact));
          // What gzip does not check, such as its own time, leaves the content as it was.
          assert.equal(manifest.model, "velib-lstm");
        } catch (error) {
          if ((error as Error).constructor.name !== "PackagingProblem") throw error;
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe("packing what is committed", function () {
  this.timeout(120_000);
  const folder = temporaryFolder();

  /** Packed by `slipway package` from what is in the committed archives: the same on every machine. */
  const digests: { readonly [demo: string]: string } = {
    "omnisearch-clip": "0f10efbe2df3ba86373fc8e97f31cd4420c48333cc26e238c8c65a0ffe8a4c8e",
    "scin-search": "3433aa9cab4fe382300b1c68caefb6b6bb84ecd7bc446efb169c8d0fa42808f6",
    "stygig-clip/v4": "0792f4430dbcfd919f1b8d7ee119c0a878dd0a9bff7fed02e0df60f5a746d71b",
    "stygig-clip/v5": "63648903f62afa94638bd556138fdf020fb7d7ab8882acc3025b148312894201",
    "velib-lstm": "cabd388b5dfec3d7a0d12d5be970b5e040d8d9cac5f54f646e95520006c7f48b",
  };
  for (const [name, digest] of Object.entries(digests)) {
    it(`gives ${name} a stable digest, and the very files that it has`, async () => {
      const archive = join(root, "registry/demo", name, "model.tar.gz");
      await withArtifact(archive, async ({ folder: unpacked, manifest }) => {
        const out = join(folder, `${name.replace("/", "-")}.tar.gz`);
        const packed = await pack({ sources: [unpacked], roles: {}, include: [], about: {}, model: manifest.model, version: manifest.version, runtime: manifest.runtime, out }, () => Promise.resolve([]));
        const again = await withArtifact(out, ({ manifest: found }) => Promise.resolve(found));
        assert.deepEqual(again, { ...manifest, about: { madeBy: "slipway package", ...manifest.about } });
        assert.equal(packed.sha256, digest);
      });
    });
  }
});

describe("listing sources", () => {
  const folder = temporaryFolder();

  it("follows no link, waits for no pipe, and leaves hidden files alone", () => {
    writeFiles(folder, { "a/model.onnx": "m", ".git/config": "x", "a/.DS_Store": "x", "__pycache__/x.pyc": "x" });
    symlinkSync("/etc/passwd", join(folder, "a/link.json"));
    symlinkSync(`../../blobs/${"a".repeat(64)}`, join(folder, "vision_model.onnx"));
    execFileSync("mkfifo", [join(folder, "pipe")]);
    const { files, findings } = listSources([folder]);
    assert.deepEqual(files.map(({ path }) => path), ["a/model.onnx"]);
    assert.deepEqual(findings.map(({ code, message }) => [code, message]), [
      ["package-link", 'is a link to "/etc/passwd"; an artifact holds plain files'],
      ["package-link", "is a pipe, a socket or a device; an artifact holds plain files"],
      ["package-link", `is a link to "../../blobs/${"a".repeat(64)}"; an artifact holds plain files`],
    ]);
    assert.match(findings[2]!.hint!, /Hugging Face's cache/);
  });

  it("refuses names that not every system can unpack, and says what is not there", async () => {
    const place = writeFiles(join(folder, "names"), { "back\\slash.json": "{}", "line\nbreak": "" });
    assert.deepEqual(listSources([place, join(folder, "absent")]).findings.map(({ code }) => code), ["package-path", "package-path", "package-source-missing"]);
    const demoed = await demoFiles("velib-lstm");
    const source = writeFiles(join(folder, "taken"), demoed);
    writeFiles(join(folder, "extra"), { "MODEL.onnx": "x" });
    const found = await findingsOf(pack({ sources: [source], roles: {}, include: [join(folder, "extra/MODEL.onnx")], about: {}, model: "m", version: "v", runtime: "forecast", out: join(folder, "x.tar.gz") }, () => Promise.resolve([])));
    assert.deepEqual(found.map(({ code, message }) => [code, message]), [["package-path", "would stand in the artifact as MODEL.onnx, which another file is called already"]]);
  });
});
