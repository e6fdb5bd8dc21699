/**
 * Writes docs/performance.md and its plots out of bench/results.
 *
 *     npx tsx bench/report.ts
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { barsSvg, type Group } from "./support/bars";
import type { machine, summary } from "./support/machine";
import { holds, type Target } from "./support/results";

const root = join(__dirname, "..");
type Summary = ReturnType<typeof summary>;
type Kept<Found> = Found & { readonly machine: ReturnType<typeof machine>; readonly date: string; readonly loadAverageAtTheEnd: number; readonly quick?: boolean; readonly targets: readonly Target[] };
type Started = { readonly firstAnswerMs: Summary; readonly memory: { readonly residentMiB: number; readonly peakMiB: number } };

const read = <Found>(name: string): Kept<Found> => JSON.parse(readFileSync(join(root, `bench/results/${name}.json`), "utf8")) as Kept<Found>;

const embedding = read<{
  readonly towers: readonly { readonly precision: string; readonly results: readonly { readonly image: string; readonly bareMs: Summary; readonly servedMs: Summary; readonly timesBare: { readonly median: number } }[] }[];
  readonly cosine: { readonly [weights in "random" | "trained"]: { readonly [kind in "pictures" | "texts"]: { readonly count: number; readonly least: number; readonly mean: number } } };
}>("embedding");
const saturation = read<{ readonly towers: readonly { readonly precision: string; readonly bestBatch: number; readonly clients: number; readonly batches: readonly { readonly batch: number; readonly perSecond: number }[]; readonly barePerSecond: number; readonly servedPerSecond: number }[] }>("saturation");
const recommend = read<{
  readonly items: number;
  readonly image: string;
  readonly clients: number;
  readonly oneCallerMs: { readonly [side: string]: Summary };
  readonly answersPerSecond: { readonly [side: string]: number };
  readonly agreement: { readonly photos: number; readonly same: { readonly fp32: number; readonly int8: number }; readonly shareOfItemsInCommon: { readonly int8: number } };
}>("recommend");
const start = read<{ readonly lstm: Started & { readonly bareMs: Summary; readonly servedMs: Summary }; readonly imageTowerInt8: Started & { readonly bareFirstRunMs: Summary }; readonly bothTowersInt8: Started; readonly bothTowersFp32: Started; readonly demoTowers: Started }>("start");
const search = read<{ readonly results: readonly { readonly rows: number; readonly faissMs: Summary; readonly exactOneThreadMs: Summary; readonly exactMs: Summary; readonly gigabytesPerSecond: { readonly median: number }; readonly memoryReadGigabytesPerSecond?: { readonly median: number } }[] }>("search");
const preprocess = read<{ readonly results: readonly { readonly image: string; readonly bothMs: Summary; readonly sharpMs: Summary }[] }>("preprocess");
const all = [embedding, saturation, recommend, start, search];

const ms = (value: number): string => `${value < 10 ? value.toFixed(2) : value.toFixed(1)} ms`;

const plots: { readonly [name: string]: { readonly label: string; readonly groups: readonly Group[] } } = {
  embedding: {
    label: "Image to vector, one caller: the container beside the bare session",
    groups: embedding.towers.flatMap(({ precision, results }) =>
      results.map(({ image, bareMs, servedMs, timesBare }) => ({
        title: `${precision}, ${image}`,
        bars: [
          { name: "bare session", value: bareMs.median, text: ms(bareMs.median) },
          { name: "container, over HTTP", value: servedMs.median, text: `${ms(servedMs.median)} (× ${timesBare.median})`, ours: true },
        ],
      })),
    ),
  },
  saturation: {
    label: "Images in a second when callers never pause",
    groups: saturation.towers.map(({ precision, batches, clients, servedPerSecond, barePerSecond }) => ({
      title: `${precision}, images in a second`,
      bars: [
        ...batches.map(({ batch, perSecond }) => ({ name: `bare session, batch ${batch}`, value: perSecond, text: perSecond.toFixed(1) })),
        { name: `container, ${clients} callers`, value: servedPerSecond, text: servedPerSecond.toFixed(1), ours: true },
      ],
      target: { value: 0.9 * barePerSecond, text: "0.9 of the best batch" },
    })),
  },
  recommend: {
    label: `A photo to recommendations out of ${recommend.items} items: the container beside Python`,
    groups: [
      { title: "One caller, p50", bars: sidesOf((side) => recommend.oneCallerMs[side]!.median, ms) },
      { title: `${recommend.clients} callers, answers in a second`, bars: sidesOf((side) => recommend.answersPerSecond[side]!, (value) => value.toFixed(1)) },
    ],
  },
  search: {
    label: "Exact top-50 of one query",
    groups: search.results.map(({ rows, faissMs, exactOneThreadMs, exactMs }) => ({
      title: `${rows.toLocaleString("en")} × 512`,
      bars: [
        { name: "FAISS IndexFlatIP", value: faissMs.median, text: ms(faissMs.median) },
        { name: "exact, one thread", value: exactOneThreadMs.median, text: ms(exactOneThreadMs.median), ours: true },
        { name: "exact, all threads", value: exactMs.median, text: ms(exactMs.median), ours: true },
      ],
    })),
  },
  start: {
    label: "Process start to first answer, and resident memory",
    groups: [
      { title: "LSTM: start to first answer", bars: [{ name: "container", value: start.lstm.firstAnswerMs.median, text: `${Math.round(start.lstm.firstAnswerMs.median)} ms`, ours: true }], target: { value: 250, text: "at most 250 ms" } },
      {
        title: "CLIP's image tower, int8: start to first answer",
        bars: [
          { name: "bare session, first run", value: start.imageTowerInt8.bareFirstRunMs.median, text: `${Math.round(start.imageTowerInt8.bareFirstRunMs.median)} ms` },
          { name: "container", value: start.imageTowerInt8.firstAnswerMs.median, text: `${Math.round(start.imageTowerInt8.firstAnswerMs.median)} ms`, ours: true },
        ],
        target: { value: 700, text: "at most 700 ms" },
      },
      ...([["LSTM", start.lstm, 128], ["CLIP's image tower, int8", start.imageTowerInt8, 350], ["Both towers of CLIP, int8", start.bothTowersInt8, 700]] as const).map(([name, { memory }, most]) => ({
        title: `${name}: memory`,
        bars: [{ name: "resident", value: memory.residentMiB, text: `${memory.residentMiB} MiB`, ours: true }, { name: "at its peak", value: memory.peakMiB, text: `${memory.peakMiB} MiB`, ours: true }],
        target: { value: most, text: `resident at most ${most} MiB` },
      })),
    ],
  },
};

function sidesOf(valueOf: (side: string) => number, written: (value: number) => string): Group["bars"] {
  const bar = (side: string, name: string) => ({ name, value: valueOf(side), text: written(valueOf(side)), ours: side !== "python" });
  return [bar("python", "PyTorch, FAISS, FastAPI"), bar("fp32", "container, fp32"), bar("int8", "container, int8")];
}

const amount = ({ reached, unit }: Target): string => `${unit === "" || unit === "of all" ? reached : `${reached} ${unit}`}`;
const bound = ({ most, least, unit }: Target): string => `${most === undefined ? `≥ ${least}` : `≤ ${most}`}${unit === "" || unit === "of all" ? "" : ` ${unit}`}`;
const table = all.flatMap(({ targets }) => targets).map((target) => `| ${target.what} | ${bound(target)} | ${amount(target)} | ${holds(target) ? "holds" : "**missed**"} |`);
const picture = (name: string): string => `![${plots[name]!.label}](images/performance/${name}.svg)`;

const { cpu, cores, memoryGiB, node, platform } = embedding.machine;
const page = readFileSync(join(__dirname, "performance.md"), "utf8");
const values: { readonly [name: string]: string } = {
  machine: `${cpu}, ${cores} cores, ${memoryGiB} GiB, Node ${node}, ${platform}; ${embedding.date}`,
  load: all.map(({ loadAverageAtTheEnd }) => loadAverageAtTheEnd).join(", "),
  caution: all.some(({ quick, loadAverageAtTheEnd }) => quick === true || loadAverageAtTheEnd > 5) ? "**Some parts were measured in a quick run or beside other work on the same processors: their figures, and most ratios, say little of the product.** Memory, cosines and neighbours do not depend on it.\n\n" : "",
  table: table.join("\n"),
  agreement: `${recommend.agreement.same.fp32} of ${recommend.agreement.photos} photos got the same items in the same order in fp32, and ${recommend.agreement.same.int8} in int8, where ${Math.round(100 * recommend.agreement.shareOfItemsInCommon.int8)} % of the items were the same`,
  cosines: (["random", "trained"] as const).flatMap((weights) => (["pictures", "texts"] as const).map((kind) => `| ${weights === "random" ? "ViT-B/32, random weights" : "the demo's towers, trained"} | ${kind} | ${embedding.cosine[weights][kind].count} | ${embedding.cosine[weights][kind].least} | ${embedding.cosine[weights][kind].mean} |`)).join("\n"),
  preprocess: preprocess.results.map(({ image, bothMs, sharpMs }) => `${image}: ${ms(bothMs.median)} (${(bothMs.median / sharpMs.median).toFixed(2)} ×)`).join("; "),
  bandwidth: search.results.flatMap(({ rows, gigabytesPerSecond, memoryReadGigabytesPerSecond }) => (rows < 1_000_000 || memoryReadGigabytesPerSecond === undefined ? [] : [`${gigabytesPerSecond.median} GB/s of ${memoryReadGigabytesPerSecond.median}`])).join(),
  fp32Memory: `${start.bothTowersFp32.memory.residentMiB} MiB`,
  ...Object.fromEntries(Object.keys(plots).map((name) => [`plot ${name}`, picture(name)])),
};
const written = page.replace(/\{\{([^}]+)\}\}/g, (_, name: string) => {
  if (values[name] === undefined) throw new Error(`bench/performance.md asks for ${name}`);
  return values[name];
});

mkdirSync(join(root, "docs/images/performance"), { recursive: true });
for (const [name, { label, groups }] of Object.entries(plots)) writeFileSync(join(root, `docs/images/performance/${name}.svg`), barsSvg(label, groups));
writeFileSync(join(root, "docs/performance.md"), written);
