/**
 * From the start of the container's process to its first answer, what a request of the LSTM takes, and the memory held
 * after some hundred requests.
 *
 *     npx tsx bench/start.ts        # writes bench/results/start.json
 */
import { embedArtifact, forecastArtifact, photo, recommendArtifact, trainedArtifact } from "./assets/assets";
import { Bare, IMAGE } from "./support/bare";
import { bundle, contractOf, memoryOf, type Memory, serve } from "./support/container";
import { repeats, round, summary } from "./support/machine";
import { record } from "./support/results";

const STARTS = { forecast: repeats(15), tower: repeats(9), towers: repeats(3) } as const;
const ROUNDS = repeats(10);
const CALLS = 300;
const STATION = { history: [24], statics: [7] } as const;

const whole = ({ residentMiB, peakMiB }: Memory): Memory => ({ residentMiB: Math.round(residentMiB), peakMiB: Math.round(peakMiB) });

/** Starts one after another; what the last holds once it has answered. */
async function starts(count: number, calls: number, start: () => ReturnType<typeof serve>) {
  const times: number[] = [];
  let memory: Memory = { residentMiB: 0, peakMiB: 0 };
  for (let at = 0; at < count; at += 1) {
    const served = await start();
    times.push(served.firstAnswerMs);
    if (at === count - 1) {
      await served.caller.times(calls);
      memory = memoryOf(served.child);
    }
    await served.stop();
  }
  return { firstAnswerMs: summary(times), memory: whole(memory) };
}

async function forecast(script: string) {
  const folder = await forecastArtifact();
  const body = Buffer.from(JSON.stringify(contractOf("forecast").examples[0]!.request));
  const first = { type: "application/json", body };
  const started = await starts(STARTS.forecast, 0, () => serve(script, "forecast", folder, 1, first));

  const { bare } = await Bare.start(`${folder}/model.onnx`, 1, STATION);
  const served = await serve(script, "forecast", folder, 1, first);
  const times = { bare: [] as number[], served: [] as number[] };
  await served.caller.times(2 * CALLS);
  await bare.times(2 * CALLS);
  for (let at = 0; at < ROUNDS; at += 1) {
    times.bare.push(...(await bare.times(CALLS)));
    times.served.push(...(await served.caller.times(CALLS)));
  }
  const memory = whole(memoryOf(served.child));
  await Promise.all([bare.stop(), served.stop()]);
  const [bareMs, servedMs] = [summary(times.bare), summary(times.served)];
  return { firstAnswerMs: started.firstAnswerMs, memory, bareMs, servedMs, timesBare: { median: round(servedMs.median / bareMs.median), best: round(servedMs.min / bareMs.min) } };
}

async function main(): Promise<void> {
  const script = await bundle();
  const image = { type: "image/jpeg", body: await photo(640, 480) };
  const lstm = await forecast(script);
  const towerFolder = await recommendArtifact("int8", "demo");
  const tower = await starts(STARTS.tower, 100, () => serve(script, "clip-recommend", towerFolder, 2, image));
  const bareStarts: number[] = [];
  for (let at = 0; at < 5; at += 1) {
    const { bare, firstRunMs } = await Bare.start(`${towerFolder}/vision_model.onnx`, 2, IMAGE);
    bareStarts.push(firstRunMs);
    await bare.stop();
  }
  const towers = { int8: await embedArtifact("int8"), fp32: await embedArtifact("fp32") };
  const bothInt8 = await starts(STARTS.towers, 50, () => serve(script, "clip-embed", towers.int8, 2, image));
  const bothFp32 = await starts(STARTS.towers, 20, () => serve(script, "clip-embed", towers.fp32, 2, image));

  const demoFolder = await trainedArtifact("fp32");
  const demoTowers = await starts(STARTS.towers, 100, () => serve(script, "clip-embed", demoFolder, 2, image));

  const targets = [
    { what: "LSTM, one caller: p50 of a request", reached: lstm.servedMs.median, unit: "ms", most: 1 },
    { what: "LSTM, one caller: p50 beside the bare session", reached: lstm.timesBare.median, unit: "×", most: 4 },
    { what: "LSTM: process start to first answer", reached: Math.round(lstm.firstAnswerMs.median), unit: "ms", most: 250 },
    { what: "CLIP's image tower in int8: process start to first answer", reached: Math.round(tower.firstAnswerMs.median), unit: "ms", most: 700 },
    { what: "LSTM: resident memory", reached: lstm.memory.residentMiB, unit: "MiB", most: 128 },
    { what: "CLIP's image tower in int8: resident memory", reached: tower.memory.residentMiB, unit: "MiB", most: 350 },
    { what: "Both towers of CLIP in int8: resident memory", reached: bothInt8.memory.residentMiB, unit: "MiB", most: 700 },
  ];
  record("start", 2, { targets, lstm, imageTowerInt8: { ...tower, bareFirstRunMs: summary(bareStarts) }, bothTowersInt8: bothInt8, bothTowersFp32: bothFp32, demoTowers });
}

void main();
