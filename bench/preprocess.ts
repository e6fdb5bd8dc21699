/**
 * From the bytes of a JPEG to a tower's input, beside sharp's own decoding and scaling of the same
 * bytes (fast, and not Pillow's result), in turns.
 *
 *     npx tsx bench/preprocess.ts      # writes bench/results/preprocess.json
 */
import sharp from "sharp";
import { decodeImage } from "../container/src/clip/decode";
import { clipInput } from "../container/src/clip/preprocess";
import { photo } from "./assets/assets";
import { repeats, round, summary } from "./support/machine";
import { record } from "./support/results";

const SIZE = 224;
const ROUNDS = repeats(60);

async function measure(width: number, height: number) {
  const bytes = await photo(width, height);
  const target = new Float32Array(3 * SIZE * SIZE);
  const toTensor = clipInput();
  const measured = { decodeMs: [] as number[], transformMs: [] as number[], bothMs: [] as number[], sharpMs: [] as number[] };
  for (let at = -3; at < ROUNDS; at += 1) {
    const began = performance.now();
    const pixels = await decodeImage(bytes, { shortSidePx: SIZE });
    const decoded = performance.now();
    toTensor(pixels, target);
    const transformed = performance.now();
    await sharp(bytes).resize(SIZE, SIZE, { fit: "cover", kernel: "cubic", fastShrinkOnLoad: false }).removeAlpha().raw().toBuffer();
    const ended = performance.now();
    if (at < 0) continue;
    measured.decodeMs.push(decoded - began);
    measured.transformMs.push(transformed - decoded);
    measured.bothMs.push(transformed - began);
    measured.sharpMs.push(ended - transformed);
  }
  const [decodeMs, transformMs, bothMs, sharpMs] = [measured.decodeMs, measured.transformMs, measured.bothMs, measured.sharpMs].map(summary) as [Summary, Summary, Summary, Summary];
  return { image: `${width} × ${height} JPEG, ${Math.round(bytes.length / 1000)} kB`, decodeMs, transformMs, bothMs, sharpMs, timesSharp: { median: round(bothMs.median / sharpMs.median), best: round(bothMs.min / sharpMs.min) } };
}

type Summary = ReturnType<typeof summary>;

async function main(): Promise<void> {
  const results = [];
  for (const [width, height] of [[640, 480], [1024, 768], [4000, 3000]] as const) results.push(await measure(width, height));
  record("preprocess", 1, { targets: [], results });
}

void main();
