import { createHash } from "node:crypto";
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** Writes an artifact's folder whose manifest states what is there. */
export function writeArtifact(folder: string, files: Record<string, string | Buffer>, manifest: Record<string, unknown> = {}): string {
  const listed: Record<string, { bytes: number; sha256: string }> = {};
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
    const bytes = Buffer.from(content);
    listed[path] = { bytes: bytes.length, sha256: createHash("sha256").update(bytes).digest("hex") };
  }
  writeManifest(folder, {
    manifestVersion: 1,
    runtime: "forecast",
    model: "velib-lstm",
    version: "v3",
    files: listed,
    roles: { network: "model.onnx", scaler: "scaler.json", stations: "stations.json" },
    ...manifest,
  });
  return folder;
}

export const writeManifest = (folder: string, manifest: unknown): void =>
  writeFileSync(join(folder, "slipway.json"), typeof manifest === "string" ? manifest : JSON.stringify(manifest));

export const readManifest = (folder: string): { files: Record<string, { bytes: number; sha256: string }>; roles: Record<string, string> } =>
  JSON.parse(readFileSync(join(folder, "slipway.json"), "utf8")) as ReturnType<typeof readManifest>;

/** An artifact whose network takes a good tenth of a second, blocking its thread. */
export function writeSlowArtifact(folder: string): string {
  return writeArtifact(folder, {
    "model.onnx": readFileSync(join(__dirname, "../fixtures/slow.onnx")),
    "scaler.json": '{"mean":12,"scale":10}',
    "stations.json": '{"16107":0}',
  });
}

export function copyArtifact(from: string, to: string): string {
  cpSync(from, to, { recursive: true });
  return to;
}
