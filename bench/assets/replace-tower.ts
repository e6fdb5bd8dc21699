import { createHash } from "node:crypto";
import { createReadStream, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { writeVitB32 } from "./vit-b32";

/** Puts ViT-B/32's tower in the place of the demo's, in an extracted artifact. */
export async function replaceImageTower(folder: string): Promise<void> {
  const file = join(folder, "vision_model.onnx");
  writeVitB32(file);
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash);
  const manifestFile = join(folder, "slipway.json");
  const manifest = JSON.parse(readFileSync(manifestFile, "utf8")) as { files: Record<string, { bytes: number; sha256: string }> };
  manifest.files["vision_model.onnx"] = { bytes: statSync(file).size, sha256: hash.digest("hex") };
  writeFileSync(manifestFile, JSON.stringify(manifest));
}
