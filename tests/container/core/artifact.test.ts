import assert from "node:assert/strict";
import { appendFileSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openArtifact } from "../../../container/src/core/artifact";
import { StartError } from "../../../container/src/failure";
import { readManifest, writeArtifact, writeManifest } from "../support/artifacts";
import { temporaryFolder } from "../support/container";

const files = { "model.onnx": "weights", "scaler.json": "{}", "stations.json": "{}", "more/notes.txt": "notes" };

describe("an artifact's folder", () => {
  const parent = temporaryFolder();
  let count = 0;
  const fresh = (): string => {
    const folder = join(parent, String((count += 1)));
    mkdirSync(folder);
    return writeArtifact(folder, files);
  };
  const refused = (folder: string, code: string, message: RegExp): void =>
    assert.throws(() => openArtifact(folder), (error: unknown) => {
      assert.ok(error instanceof StartError, String(error));
      assert.equal(error.code, code);
      assert.match(error.message, message);
      return true;
    });
  const relist = (folder: string, change: (manifest: ReturnType<typeof readManifest>) => unknown): void => {
    const manifest = readManifest(folder);
    writeManifest(folder, change(manifest) ?? manifest);
  };

  it("opens where every file is what the manifest states", () => {
    const artifact = openArtifact(fresh());
    assert.equal(Buffer.from(artifact.take("network")).toString(), "weights");
    assert.equal(artifact.manifest.version, "v3");
  });

  it("hands out the bytes that were verified, not what the file holds later", () => {
    const folder = fresh();
    const artifact = openArtifact(folder);
    writeFileSync(join(folder, "model.onnx"), "changed");
    assert.equal(Buffer.from(artifact.take("network")).toString(), "weights");
  });

  it("hands out each role once, and says which role has no file", () => {
    const artifact = openArtifact(fresh());
    artifact.take("network");
    for (const role of ["network", "index", "toString"]) {
      assert.throws(() => artifact.take(role), { code: "artifact-manifest-invalid", message: new RegExp(`"${role}"`) });
    }
  });

  it("is refused for each flipped bit of a file, naming the file", () => {
    for (let bit = 0; bit < 8; bit += 1) {
      const folder = fresh();
      const bytes = readFileSync(join(folder, "more/notes.txt"));
      bytes[2]! ^= 1 << bit;
      writeFileSync(join(folder, "more/notes.txt"), bytes);
      refused(folder, "artifact-corrupt", /^more\/notes\.txt has sha256 [0-9a-f]{64}; its manifest states/);
    }
  });

  it("is refused for a longer, a missing or an unlisted file, naming it", () => {
    const longer = fresh();
    appendFileSync(join(longer, "model.onnx"), "!");
    refused(longer, "artifact-corrupt", /^model\.onnx has 8 bytes; its manifest states 7/);
    const missing = fresh();
    rmSync(join(missing, "scaler.json"));
    refused(missing, "artifact-corrupt", /^scaler\.json is missing/);
    const extra = fresh();
    writeFileSync(join(extra, "more/extra.pkl"), "");
    refused(extra, "artifact-corrupt", /^more\/extra\.pkl is not listed/);
  });

  it("is refused for a link, wherever it points", () => {
    for (const target of ["/etc/hostname", "../1/model.onnx", "scaler.json"]) {
      const folder = fresh();
      rmSync(join(folder, "model.onnx"));
      symlinkSync(target, join(folder, "model.onnx"));
      refused(folder, "artifact-corrupt", /^model\.onnx is a link/);
    }
    const linkedFolder = fresh();
    rmSync(join(linkedFolder, "more"), { recursive: true });
    symlinkSync(join(parent, "1/more"), join(linkedFolder, "more"));
    refused(linkedFolder, "artifact-corrupt", /^more is a link/);
  });

  for (const path of ["../outside", "a/../../outside", "/etc/hostname", "a//b", "./model.onnx", "a\\b", "", "model.onnx/", "slipway.json", "a\0b"]) {
    it(`is refused where its manifest lists ${JSON.stringify(path)}`, () => {
      const folder = fresh();
      relist(folder, (manifest) => void (manifest.files[path] = { bytes: 0, sha256: "0".repeat(64) }));
      refused(folder, "artifact-manifest-invalid", /not a plain path/);
    });
  }

  it("is refused where the manifest is missing, not JSON, or lacks a field", () => {
    const missing = fresh();
    rmSync(join(missing, "slipway.json"));
    refused(missing, "artifact-manifest-invalid", /cannot be read/);
    refused(join(parent, "nowhere"), "artifact-manifest-invalid", /cannot be read/);
    for (const [manifest, message] of [
      ["{", /cannot be read/],
      ["null", /version 1/],
      [{ manifestVersion: 2 }, /version 1/],
      [{ manifestVersion: 1, runtime: "forecast", model: "m" }, /no version/],
      [{ manifestVersion: 1, runtime: "forecast", model: "m", version: "v" }, /no files/],
      [{ manifestVersion: 1, runtime: "forecast", model: "m", version: "v", files: {} }, /no roles/],
      [{ manifestVersion: 1, runtime: "forecast", model: "m", version: "v", files: { a: { bytes: 1, sha256: "x" } }, roles: {} }, /bytes and sha256 of a/],
      [{ manifestVersion: 1, runtime: "forecast", model: "m", version: "v", files: {}, roles: { network: "a" } }, /role "network"/],
    ] as const) {
      const folder = fresh();
      writeManifest(folder, manifest);
      refused(folder, "artifact-manifest-invalid", message);
    }
  });
});
