/**
 * A photo to recommendations out of 25,169 items: the container beside an ordinary Python service of the same weights
 * (bench/python/server.py), in turns.
 *
 *     npx tsx bench/recommend.ts        # writes bench/results/recommend.json
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { CATALOGUE, photo, precisions, recommendArtifact } from "./assets/assets";
import { Caller } from "./support/caller";
import { bundle, serve, type Served } from "./support/container";
import { repeats, round, summary } from "./support/machine";
import { python, script as pythonScript } from "./support/python";
import { record } from "./support/results";

const THREADS = 2;
/** Of one at a time, two and eight the service answers most in a second with this many. */
const PYTHON_AT_ONCE = 2;
const ROUNDS = repeats(8);
const CALLS = 8;
const LOAD_ROUNDS = repeats(4);
const LOAD_SECONDS = 5;
const CLIENTS = 8;
const TYPE = "image/jpeg";
const MOST_TIME = { fp32: 0.8, int8: 0.4 } as const;
const LEAST_RATE = { fp32: 1.5, int8: 3 } as const;

const sides = ["python", ...precisions] as const;
type Side = (typeof sides)[number];

interface Recommended {
  readonly recommendations: readonly { readonly item_id: string; readonly score: number }[];
}

async function startPython(folder: string, body: Buffer): Promise<{ child: ChildProcess; caller: Caller }> {
  const child = spawn(python(), [pythonScript("server.py"), folder, String(THREADS), String(PYTHON_AT_ONCE)], { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  const caller = new Caller(Number(line.toString()), TYPE, body);
  for (;;) {
    const up = await caller.call().then(({ status }) => status === 200, () => false);
    if (up) return { child, caller };
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function main(): Promise<void> {
  const script = await bundle();
  const body = await photo(640, 480);
  const service = await startPython(await recommendArtifact("fp32", "catalogue"), body);
  const containers: Served[] = [];
  for (const precision of precisions) containers.push(await serve(script, "clip-recommend", await recommendArtifact(precision, "catalogue"), THREADS, { type: TYPE, body }));
  const callers: { readonly [side in Side]: Caller } = { python: service.caller, fp32: containers[0]!.caller, int8: containers[1]!.caller };
  try {
    const agreement = await agree(callers);
    const times: { [side in Side]: number[] } = { python: [], fp32: [], int8: [] };
    const rates: { [side in Side]: number[] } = { python: [], fp32: [], int8: [] };
    for (const side of sides) await callers[side].times(5);
    for (let at = 0; at < ROUNDS; at += 1) for (const side of sides) times[side].push(...(await callers[side].times(CALLS)));
    for (let at = 0; at < LOAD_ROUNDS; at += 1) for (const side of sides) rates[side].push((await callers[side].load(CLIENTS, LOAD_SECONDS)).perSecond);

    const one = Object.fromEntries(sides.map((side) => [side, summary(times[side])])) as { [side in Side]: ReturnType<typeof summary> };
    const many = Object.fromEntries(sides.map((side) => [side, summary(rates[side]).median])) as { [side in Side]: number };
    const targets = precisions.flatMap((precision) => [
      { what: `Photo to recommendations, one caller, ${precision}: p50 beside Python`, reached: round(one[precision].median / one.python.median), unit: "×", most: MOST_TIME[precision] },
      { what: `Photo to recommendations, ${CLIENTS} callers, ${precision}: answers in a second beside Python`, reached: round(many[precision] / many.python), unit: "×", least: LEAST_RATE[precision] },
    ]);
    record("recommend", THREADS, { targets, items: CATALOGUE, image: `640 × 480 JPEG, ${Math.round(body.length / 1000)} kB`, pythonRequestsAtOnce: PYTHON_AT_ONCE, oneCallerMs: one, clients: CLIENTS, answersPerSecond: many, agreement });
  } finally {
    service.caller.close();
    service.child.kill();
    await Promise.all(containers.map((container) => container.stop()));
  }
}

/** How often the container gives Python's recommendations: the same items in the same order, scores within 0.001. */
async function agree(callers: { readonly [side in Side]: Caller }) {
  const photos = await Promise.all(Array.from({ length: 12 }, (_, seed) => photo(400 + 40 * seed, 480, seed + 1)));
  const same = { fp32: 0, int8: 0 };
  const common = { fp32: 0, int8: 0 };
  for (const body of photos) {
    const expected = ((await callers.python.json(body)) as Recommended).recommendations;
    for (const precision of precisions) {
      const got = ((await callers[precision].json(body)) as Recommended).recommendations;
      const ids = new Set(got.map(({ item_id }) => item_id));
      common[precision] += expected.filter(({ item_id }) => ids.has(item_id)).length / expected.length / photos.length;
      if (got.length === expected.length && got.every((item, at) => item.item_id === expected[at]!.item_id && Math.abs(item.score - expected[at]!.score) < 1e-3)) same[precision] += 1;
    }
  }
  return { photos: photos.length, same, shareOfItemsInCommon: { fp32: round(common.fp32), int8: round(common.int8) } };
}

void main();
