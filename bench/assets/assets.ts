import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import * as tar from "tar";
import type { ArtifactManifest } from "../../contract/artifact";
import { python, script } from "../support/python";
import { fill, writeFlat } from "./flat-index";
import { writeTextTower } from "./text-tower";
import { writeVitB32 } from "./vit-b32";

const root = join(__dirname, "../..");
/** Change it when what is written here changes. */
const cache = join(root, ".cache/bench-1");

export const precisions = ["fp32", "int8"] as const;
export type Precision = (typeof precisions)[number];

/** Items of the seed's catalogue. */
export const CATALOGUE = 25_169;

/** Makes a file or folder once: a run that was cut short leaves nothing that looks whole. */
async function once(name: string, make: (path: string) => void | Promise<void>): Promise<string> {
  const path = join(cache, name);
  if (existsSync(path)) return path;
  mkdirSync(cache, { recursive: true });
  const partial = `${path}.${process.pid}.partial`;
  await make(partial);
  renameSync(partial, path);
  return path;
}

/** ViT-B/32's tower of random weights; in int8 as bench/python/quantize.py makes it of the other. */
export async function tower(kind: "image" | "text", precision: Precision): Promise<string> {
  if (precision === "fp32") return once(`${kind}-fp32.onnx`, kind === "image" ? writeVitB32 : writeTextTower);
  const exact = await tower(kind, "fp32");
  return once(`${kind}-int8.onnx`, (path) => quantize(exact, path));
}

export function quantize(from: string, to: string): void {
  execFileSync(python(), [script("quantize.py"), from, to], { stdio: ["ignore", "ignore", "inherit"] });
}

/** The demo's artifact for clip-embed, with towers of ViT-B/32. */
export async function embedArtifact(precision: Precision): Promise<string> {
  const [image, text] = [await tower("image", precision), await tower("text", precision)];
  return once(`embed-${precision}`, async (folder) => {
    await unpack("omnisearch-clip/model.tar.gz", folder);
    copyFileSync(image, join(folder, "vision_model.onnx"));
    copyFileSync(text, join(folder, "text_model.onnx"));
    seal(folder);
  });
}

/** The trained towers of the demo, as they are or in int8. */
export async function trainedArtifact(precision: Precision): Promise<string> {
  return once(`trained-${precision}`, async (folder) => {
    await unpack("omnisearch-clip/model.tar.gz", folder);
    if (precision === "int8") {
      for (const name of ["vision_model.onnx", "text_model.onnx"]) {
        quantize(join(folder, name), join(folder, "int8"));
        renameSync(join(folder, "int8"), join(folder, name));
      }
    }
    seal(folder);
  });
}

/** The demo's artifact for clip-recommend with the image tower of ViT-B/32: over its own items, or over as many as the seed has. */
export async function recommendArtifact(precision: Precision, items: "demo" | "catalogue"): Promise<string> {
  const image = await tower("image", precision);
  return once(`recommend-${items}-${precision}`, async (folder) => {
    await unpack("stygig-clip/v4/model.tar.gz", folder);
    rmSync(join(folder, "thumbnails"), { recursive: true });
    copyFileSync(image, join(folder, "vision_model.onnx"));
    if (items === "catalogue") {
      const records = JSON.parse(readFileSync(join(folder, "metadata.json"), "utf8")) as { id: string }[];
      const many = Array.from({ length: CATALOGUE }, (_, place) => ({ ...records[place % records.length]!, id: `item-${place}` }));
      writeFileSync(join(folder, "metadata.json"), JSON.stringify(many));
      writeFlat(join(folder, "index.faiss"), CATALOGUE, { unit: true });
    }
    seal(folder);
  });
}

export async function forecastArtifact(): Promise<string> {
  return once("forecast", (folder) => unpack("velib-lstm/model.tar.gz", folder));
}

async function unpack(archive: string, folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  await tar.extract({ file: join(root, "registry/demo", archive), cwd: folder });
}

/** States in the manifest what lies in the folder. */
function seal(folder: string): void {
  const path = join(folder, "slipway.json");
  const manifest = JSON.parse(readFileSync(path, "utf8")) as ArtifactManifest;
  const files = readdirSync(folder).filter((name) => name !== "slipway.json").map((name) => {
    const file = join(folder, name);
    return [name, { bytes: statSync(file).size, sha256: createHash("sha256").update(readFileSync(file)).digest("hex") }] as const;
  });
  writeFileSync(path, JSON.stringify({ ...manifest, files: Object.fromEntries(files) }));
}

/** JPEGs with a photo's detail, each another: large soft shapes, and grain. */
export async function photo(width: number, height: number, seed = 1): Promise<Buffer> {
  const [across, down] = [Math.ceil(width / 24), Math.ceil(height / 24)];
  const levels = (count: number, from: number): Float32Array => fill(new Float32Array(count), from).map((value) => value * 16);
  const patches = Buffer.from(Uint8Array.from(levels(across * down * 3, seed), (value) => 128 + 127 * value));
  const soft = await sharp(patches, { raw: { width: across, height: down, channels: 3 } }).resize(width, height, { fit: "fill" }).raw().toBuffer();
  const grain = levels(soft.length, seed + 7);
  const pixels = Buffer.from(soft.map((level, at) => Math.max(0, Math.min(255, level + 6 * grain[at]!))));
  return sharp(pixels, { raw: { width, height, channels: 3 } }).jpeg({ quality: 85 }).toBuffer();
}
