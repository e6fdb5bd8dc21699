/**
 * How much of the machine is left for the network when callers never pause: images embedded in a second by the
 * container, beside onnxruntime's own session at its best batch, in turns.
 *
 *     npx tsx bench/saturation.ts        # writes bench/results/saturation.json
 */
import { embedArtifact, photo, type Precision, precisions, tower } from "./assets/assets";
import { Bare, IMAGE } from "./support/bare";
import { bundle, serve } from "./support/container";
import { repeats, round, summary } from "./support/machine";
import { record } from "./support/results";

const THREADS = 2;
const BATCHES = [1, 2, 4, 8, 16];
const CLIENTS = 24;
const ROUNDS = repeats(5);
const SECONDS = repeats(4);
const LEAST = 0.9;

async function measure(script: string, precision: Precision) {
  const body = await photo(640, 480);
  const { bare } = await Bare.start(await tower("image", precision), THREADS, IMAGE);
  const served = await serve(script, "clip-embed", await embedArtifact(precision), THREADS, { type: "image/jpeg", body });
  try {
    const batches = [];
    for (const batch of BATCHES) {
      const times = await bare.times(Math.max(3, Math.ceil(24 / batch)), batch);
      batches.push({ batch, perSecond: round((1000 * batch) / summary(times).median) });
    }
    const best = batches.reduce((leader, one) => (one.perSecond > leader.perSecond ? one : leader));
    const perSecond = { bare: [] as number[], served: [] as number[] };
    const latencies: number[] = [];
    await served.caller.load(CLIENTS, 1);
    for (let at = 0; at < ROUNDS; at += 1) {
      const runs = await bare.times(Math.ceil((SECONDS * best.perSecond) / best.batch), best.batch);
      perSecond.bare.push((1000 * runs.length * best.batch) / runs.reduce((sum, one) => sum + one));
      const load = await served.caller.load(CLIENTS, SECONDS);
      perSecond.served.push(load.perSecond);
      latencies.push(...load.times);
    }
    const [bareRate, servedRate] = [summary(perSecond.bare).median, summary(perSecond.served).median];
    const shares = perSecond.served.map((one, at) => one / perSecond.bare[at]!);
    return { precision, batches, bestBatch: best.batch, clients: CLIENTS, barePerSecond: round(bareRate), servedPerSecond: round(servedRate), share: { median: summary(shares).median, best: round(Math.max(...shares)) }, servedMs: summary(latencies) };
  } finally {
    await Promise.all([bare.stop(), served.stop()]);
  }
}

async function main(): Promise<void> {
  const script = await bundle();
  const towers = [];
  for (const precision of precisions) towers.push(await measure(script, precision));
  const targets = towers.map(({ precision, share }) => ({ what: `Images in a second at saturation, ${precision}: share of the bare session at its best batch`, reached: share.median, unit: "×", least: LEAST }));
  record("saturation", THREADS, { targets, towers });
}

void main();
