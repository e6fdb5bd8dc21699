/**
 * What the container adds to CLIP's image tower: a JPEG to 512 numbers over HTTP, beside onnxruntime's own session on
 * an input that is ready, in turns. And how far int8 is from fp32.
 *
 *     npx tsx bench/embedding.ts        # writes bench/results/embedding.json
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { embedArtifact, photo, type Precision, precisions, tower, trainedArtifact } from "./assets/assets";
import { Bare, IMAGE } from "./support/bare";
import type { Caller } from "./support/caller";
import { bundle, memoryOf, serve, type Served } from "./support/container";
import { repeats, round, summary } from "./support/machine";
import { record } from "./support/results";

const THREADS = 2;
const ROUNDS = repeats(12);
const CALLS = { fp32: 10, int8: 25 } as const;
const MOST = { fp32: 1.12, int8: 1.3 } as const;
const LEAST_COSINE = 0.999;
/** Pixels. */
const SIZES = [[640, 480], [1024, 768]] as const;

async function measure(script: string, precision: Precision) {
  const bodies = await Promise.all(SIZES.map(([width, height]) => photo(width, height)));
  const { bare } = await Bare.start(await tower("image", precision), THREADS, IMAGE);
  const served = await serve(script, "clip-embed", await embedArtifact(precision), THREADS, { type: "image/jpeg", body: bodies[0]! });
  try {
    const results = [];
    for (const [place, body] of bodies.entries()) {
      const times = { bare: [] as number[], served: [] as number[] };
      const call = async (): Promise<number> => {
        const began = performance.now();
        await served.caller.call(body);
        return performance.now() - began;
      };
      for (let at = 0; at < 5; at += 1) await call();
      for (let at = 0; at < ROUNDS; at += 1) {
        times.bare.push(...(await bare.times(CALLS[precision])));
        for (let one = 0; one < CALLS[precision]; one += 1) times.served.push(await call());
      }
      const [bareMs, servedMs] = [summary(times.bare), summary(times.served)];
      const [width, height] = SIZES[place]!;
      results.push({ image: `${width} × ${height} JPEG, ${Math.round(body.length / 1000)} kB`, bareMs, servedMs, timesBare: { median: round(servedMs.median / bareMs.median), best: round(servedMs.min / bareMs.min) } });
    }
    return { precision, results, memory: memoryOf(served.child) };
  } finally {
    await Promise.all([bare.stop(), served.stop()]);
  }
}

const colours = ["red", "blue", "green", "black", "yellow", "purple"];
const kinds = ["striped shirt", "plain dress", "dotted shoes", "checked jacket"];
const texts = colours.flatMap((colour) => kinds.map((kind) => Buffer.from(JSON.stringify({ type: "text", data: `${colour} ${kind}` }))));

/** Cosines between both precisions' vectors of the same pictures and the same texts. */
async function likeness(script: string, artifactOf: (precision: Precision) => Promise<string>) {
  const samples = ["red-striped-shirt.jpg", "green-checked-dress.jpg", "light-rings-swatch.jpg"].map((name) => readFileSync(join(__dirname, "../registry/demo/samples", name)));
  const photos = [...samples, ...(await Promise.all(Array.from({ length: 21 }, (_, seed) => photo(320 + 16 * seed, 320, seed + 2))))];
  const both: Served[] = [];
  for (const precision of precisions) both.push(await serve(script, "clip-embed", await artifactOf(precision), THREADS, { type: "image/jpeg", body: photos[0]! }));
  try {
    const cosine = async (callers: readonly Caller[], body: Buffer): Promise<number> => {
      const [exact, near] = (await Promise.all(callers.map((caller) => caller.json(body)))) as [{ embedding: number[] }, { embedding: number[] }];
      return exact.embedding.reduce((sum, value, at) => sum + value * near.embedding[at]!, 0);
    };
    const callers = both.map(({ caller }) => caller);
    const readers = callers.map((caller) => caller.as("application/json"));
    const cosines: { pictures: number[]; texts: number[] } = { pictures: [], texts: [] };
    for (const body of photos) cosines.pictures.push(await cosine(callers, body));
    for (const body of texts) cosines.texts.push(await cosine(readers, body));
    for (const reader of readers) reader.close();
    const told = (all: readonly number[]) => ({ count: all.length, least: Number(Math.min(...all).toFixed(6)), mean: Number((all.reduce((sum, one) => sum + one) / all.length).toFixed(6)) });
    return { pictures: told(cosines.pictures), texts: told(cosines.texts) };
  } finally {
    await Promise.all(both.map((one) => one.stop()));
  }
}

async function main(): Promise<void> {
  const script = await bundle();
  const towers = [];
  for (const precision of precisions) towers.push(await measure(script, precision));
  const cosine = { random: await likeness(script, embedArtifact), trained: await likeness(script, trainedArtifact) };
  const targets = [
    ...towers.map(({ precision, results }) => ({ what: `Image to vector, one caller, ${precision}: p50 beside the bare session`, reached: results[0]!.timesBare.median, unit: "×", most: MOST[precision] })),
    { what: "int8 beside fp32, ViT-B/32 of random weights: least cosine", reached: Math.min(cosine.random.pictures.least, cosine.random.texts.least), unit: "", least: LEAST_COSINE },
    { what: "int8 beside fp32, the demo's trained towers: least cosine", reached: Math.min(cosine.trained.pictures.least, cosine.trained.texts.least), unit: "", least: LEAST_COSINE },
  ];
  record("embedding", THREADS, { targets, towers, cosine });
}

void main();
