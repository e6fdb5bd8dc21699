/**
 * How long validating a registry takes beside what the `yaml` package takes to
 * parse the same descriptors: `npx tsx bench/validate.ts [--write]`.
 *
 * Both run in turn in one process, so that a busy machine slows both. Validating
 * is everything behind `slipway validate` but reading files: decoding, parsing,
 * positions, the schema, the rules, each environment's overlay, the modes' own
 * checks, resolving, and the contracts. Parsing is `parse` of the package.
 */
import { cpus, totalmem } from "node:os";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse as parseYaml, parseDocument } from "yaml";
import { hasErrors } from "../contract/issue";
import { loadRegistry } from "../planning";
import type { RegistryFile, RegistryFiles } from "../planning/types";
import { readRegistry } from "../registry/read";

const root = join(__dirname, "..");
const ROUNDS = 7;
const SIZES = [1_000, 10_000];
/** The most that validating the smaller registry may take, in times of parsing. */
const MOST = 2.0;
/** The most that the cost of one descriptor may grow from the smaller registry to the larger: garbage collection, and nothing quadratic. */
const MOST_GROWTH = 1.5;

/** So many descriptors: the real ones in turn, each under a name of its own. Contracts are shared, as versions of a model share one. */
function registryOf(size: number): { files: RegistryFiles; texts: string[] } {
  const real = readRegistry(root);
  const originals = real.descriptors.map(({ content }) => Buffer.from(content as Uint8Array).toString("utf8"));
  const texts = Array.from({ length: size }, (_, index) => originals[index % originals.length]!.replace(/^name: .*$/m, `name: model-${index}`));
  const descriptors = texts.map((text, index): RegistryFile => ({ path: `registry/models/model-${String(index).padStart(6, "0")}.yaml`, content: Buffer.from(text) }));
  return { files: { descriptors, contracts: real.contracts }, texts };
}

function milliseconds(work: () => void): number {
  const start = performance.now();
  work();
  return performance.now() - start;
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;

interface Measured {
  readonly size: number;
  readonly validate: number;
  readonly parse: number;
  readonly parseWithPositions: number;
  /** Median of the rounds' own ratios. */
  readonly ratio: number;
}

function measure(size: number): Measured {
  const { files, texts } = registryOf(size);
  const rounds = Array.from({ length: ROUNDS + 1 }, () => {
    const parse = milliseconds(() => texts.forEach((text) => parseYaml(text) as unknown));
    const validate = milliseconds(() => {
      const { issues, models } = loadRegistry(files);
      if (hasErrors(issues) || models.length !== 2 * size) throw new Error(`the registry is not sound: ${JSON.stringify(issues[0])}`);
    });
    const parseWithPositions = milliseconds(() => texts.forEach((text) => parseDocument(text)));
    return { validate, parse, parseWithPositions };
  }).slice(1); // the first warms up
  const of = (name: "validate" | "parse" | "parseWithPositions"): number => median(rounds.map((round) => round[name]));
  return { size, validate: of("validate"), parse: of("parse"), parseWithPositions: of("parseWithPositions"), ratio: median(rounds.map((round) => round.validate / round.parse)) };
}

const results = SIZES.map(measure);
const [small, large] = [results[0]!, results.at(-1)!];
const growth = large.validate / large.size / (small.validate / small.size);

const row = ({ size, validate, parse, parseWithPositions, ratio }: Measured): string =>
  `| ${size} | ${validate.toFixed(0)} ms | ${parse.toFixed(0)} ms | ${parseWithPositions.toFixed(0)} ms | ${ratio.toFixed(2)} | ${((validate / size) * 1000).toFixed(0)} µs |`;

const report = `# Validating a registry

\`npx tsx bench/validate.ts --write\`, ${new Date().toISOString().slice(0, 10)}, Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model.trim() ?? "unknown processor"}, ${(totalmem() / 2 ** 30).toFixed(0)} GiB.

Median of ${ROUNDS} rounds after one to warm up; in each round both sides run in turn in one process. The descriptors are the
four real ones in turn, each under a name of its own, resolved for dev and prod; the four contracts are read and
compiled once in each run. Reading files from disk is in neither column.

| descriptors | validate | \`parse\` of yaml | \`parseDocument\` of yaml | validate / parse | validate, each |
| --- | --- | --- | --- | --- | --- |
${results.map(row).join("\n")}

The bound is ${MOST.toFixed(1)} times \`parse\` at ${small.size}. From ${small.size} to ${large.size} descriptors the cost of each grows by a factor of ${growth.toFixed(2)}.
`;

console.log(report);
if (process.argv.includes("--write")) {
  mkdirSync(join(root, "bench", "results"), { recursive: true });
  writeFileSync(join(root, "bench", "results", "validate.md"), report);
}
if (small.ratio > MOST || growth > MOST_GROWTH) {
  console.error(`validating may take ${MOST} times as long as parsing and grow by ${MOST_GROWTH}`);
  process.exitCode = 1;
}
