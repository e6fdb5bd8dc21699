import { readFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { Command, InvalidArgumentError } from "commander";
import { type Finding, PackagingProblem, refuseIfAny } from "../../packaging/finding";
import { measure, type Measurement, type MeasureOptions } from "../../packaging/fit/measure";
import { buildContainer } from "../../packaging/trial";
import { withArtifact, type SoundArtifact } from "../../packaging/verify";
import { adviseFit, fits } from "../../planning/fit";
import { serverlessMemoriesMiB } from "../../planning/modes/serverless/schema";
import { REFERENCE_REGION } from "../../planning/prices";
import { editVersion, versionIn } from "../../registry/edit-version";
import { registryModel, trialSpec, type RegistryModel } from "../registry-model";
import { colorsFor } from "../render/colors";
import { findingsAsText } from "../render/findings";
import { fitAsText, type FitReport } from "../render/fit";
import { writeWhole } from "../write-whole";

interface FitOptions {
  readonly request: readonly string[];
  readonly concurrency: number;
  readonly seconds: number;
  readonly region: string;
  readonly all: boolean;
  readonly write: boolean;
  readonly json: boolean;
}

/** The artifact is not sound, or the container cannot serve it. */
const EXIT_REFUSED = 1;

/** `slipway fit <artifact>` */
export function fitCommand(): Command {
  return new Command("fit")
    .summary("measure what an artifact needs, and recommend where to serve it")
    .description(
      "Runs an artifact in the real container, without a limit and under the sizes of serverless inference, and measures cold start, memory, latency and " +
        "throughput. Recommends serverless memory, instance type and concurrency, with what a million requests cost.",
    )
    .argument("<artifact>", "a model.tar.gz that slipway package wrote")
    .option("-r, --request <file>", "a request as JSON, in place of the contract's golden examples; repeatable", (path: string, all: readonly string[]) => [...all, path], [])
    .option("-c, --concurrency <count>", "the most requests at once that are tried", wholeFrom(1, 256), 4)
    .option("--seconds <count>", "how long each measurement takes", wholeFrom(1, 600), 3)
    .option("--region <name>", "whose prices are shown", REFERENCE_REGION)
    .option("--all", "try every serverless size, and not only up to the first that fits", false)
    .option("--write", "write the measured memory into the descriptor", false)
    .option("--json", "report as JSON", false)
    .addHelpText("after", HELP)
    .action(run);
}

const HELP = `
Measured:
  cold start  from the start of the process to the first answer, files in the page cache
  held        the most that the container's processes held at once, by the kernel's
              count (VmHWM), added up
  at once     1, 2, 4 … requests in flight, each caller sending its next when it has
              its answer; enforced sizes are tried with 1 and the most

Limits:
  A size is enforced by a control group (version 2, or 1) where this system lets one be
  made. Elsewhere what is held is compared with the sizes, and that is said.

Recommended:
  memory       the smallest size of which at most 80 % was held, and that was survived
  instance     the cheapest with processors alone that has such room
  concurrency  the fewest requests at once with 95 % of the best throughput

This machine is not the instance: memory carries over, times do not. Compare ratios.

JSON:
  { fitVersion: 1, model, version, runtime, machine, limitedBy, measurements: [
      { limitMiB, limitedBy, failure?, coldStartMs?, peakMiB, loads: [
        { concurrency, requests, p50Ms, p99Ms, perSecond, refused } ] } ],
    peakMiB, advice: { region, serverless, instance, concurrency } }

Exit codes:
  0  measured
  1  the artifact is not sound, or the container cannot serve it
  2  the command line was not understood

Examples:
  $ npx slipway fit model.tar.gz
  $ npx slipway fit model.tar.gz --concurrency 8 --region eu-west-3 --write
`;

async function run(artifact: string, options: FitOptions, command: Command): Promise<void> {
  try {
    await fit(artifact, options, command);
  } catch (error) {
    if (!(error instanceof PackagingProblem)) throw error;
    const { findings } = error;
    if (options.json) process.stdout.write(`${JSON.stringify({ fitVersion: 1, findings }, null, 2)}\n`);
    else process.stderr.write(findingsAsText(findings, colorsFor(process.stderr)));
    process.exitCode = EXIT_REFUSED;
  }
}

async function fit(archive: string, options: FitOptions, command: Command): Promise<void> {
  await withArtifact(archive, async (artifact) => {
    const { model, version, runtime } = artifact.manifest;
    const known = registryModel(model);
    const requests = requestsOf(options.request, known, command);
    if (options.write) refuseIfAny(againstWriting(archive, artifact, known));
    const measurements = await measureSizes(await optionsFor(artifact, known, requests, options), options);
    const [free] = measurements as [Measurement, ...Measurement[]];
    if (free.failure !== undefined) throw new PackagingProblem([{ code: "artifact-unloadable", subject: archive, message: `the container ${free.failure}` }]);
    const rejected = free.loads.find(({ refused }) => refused > 0);
    if (rejected !== undefined) throw new PackagingProblem([{ code: "package-golden", subject: archive, message: `${rejected.refused} of ${rejected.requests} requests were not answered 200, ${rejected.concurrency} at once: their times say nothing` }]);
    const failed = measurements.filter(({ limitMiB, failure }) => limitMiB !== null && failure !== undefined).map(({ limitMiB }) => limitMiB!);
    // A size that was not survived is none, whatever was held without it.
    const peakMiB = Math.max(free.peakMiB, ...failed.map((size) => size + 1));
    const report: FitReport = {
      model,
      version,
      runtime,
      machine: { cpu: cpus()[0]?.model ?? "unknown", cores: cpus().length, memoryGiB: Math.round(totalmem() / 2 ** 30), node: process.version },
      limitedBy: measurements.at(-1)!.limitedBy,
      measurements,
      peakMiB,
      advice: adviseFit({ peakMiB, loads: free.loads }, options.region),
    };
    process.stdout.write(options.json ? `${JSON.stringify({ fitVersion: 1, ...report }, null, 2)}\n` : fitAsText(report, colorsFor(process.stdout)));
    if (options.write) write(known!, version, peakMiB);
  });
}

async function optionsFor({ folder, sha256, manifest }: SoundArtifact, known: RegistryModel | undefined, requests: readonly string[], { concurrency, seconds }: FitOptions): Promise<MeasureOptions> {
  const { model, version, runtime } = manifest;
  const concurrencies: number[] = [];
  for (let count = 1; count < concurrency; count *= 2) concurrencies.push(count);
  return {
    serve: await buildContainer(),
    folder,
    spec: trialSpec({ model, version, runtime, uri: "file:", sha256 }, known?.resolved),
    requests,
    concurrencies: [...concurrencies, concurrency],
    seconds,
    host: process.env,
  };
}

/** Without a limit first; then under the serverless sizes, up to the first that fits, where they can be enforced. */
async function measureSizes(options: MeasureOptions, { all, json }: FitOptions): Promise<Measurement[]> {
  const colors = colorsFor(process.stderr);
  const tell = (what: string): void => void (json || !process.stderr.isTTY || process.stderr.write(colors.dim(`measuring ${what}\n`)));
  tell("without a limit");
  const free = await measure(options);
  const found = [free];
  const ends = [...new Set([options.concurrencies[0]!, options.concurrencies.at(-1)!])];
  for (const size of free.failure === undefined ? serverlessMemoriesMiB : []) {
    tell(`under ${size} MiB`);
    const limited = await measure({ ...options, concurrencies: ends, limitMiB: size });
    if (limited.limitedBy === "nothing") break;
    found.push(limited);
    if (!all && limited.failure === undefined && fits(free.peakMiB, size)) break;
  }
  return found;
}

function requestsOf(paths: readonly string[], known: RegistryModel | undefined, command: Command): readonly string[] {
  if (paths.length === 0) {
    const examples = known?.resolved?.contract.examples ?? [];
    if (examples.length > 0) return examples.map(({ request }) => JSON.stringify(request));
    const why = known === undefined ? "the registry here does not have the model" : `${known.file} has errors`;
    return command.error(`error: ${why}, so that there are no golden examples; give --request`);
  }
  return paths.map((path) => {
    try {
      return JSON.stringify(JSON.parse(readFileSync(path, "utf8")));
    } catch (error) {
      return command.error(`error: ${path} is no request in JSON: ${(error as Error).message}`);
    }
  });
}

/** What was measured is written under the version that was measured, and no other. */
function againstWriting(archive: string, { sha256, manifest }: SoundArtifact, known: RegistryModel | undefined): Finding[] {
  const pinned = known && versionIn(known.text, manifest.version)?.sha256;
  if (pinned === sha256) return [];
  const message = pinned === undefined ? `is ${manifest.model} ${manifest.version}, which no descriptor here has` : `has sha256 ${sha256}; ${known!.file} pins ${pinned} as ${manifest.version}`;
  return [{ code: "package-version-taken", subject: archive, message, hint: "Write the version first: slipway package … --write." }];
}

function write({ file, text }: RegistryModel, version: string, peakMiB: number): void {
  const edited = editVersion(text, version, { memory: `${peakMiB} MiB` });
  if ("problem" in edited) throw new PackagingProblem([{ code: "file-unwritable", subject: file, message: edited.problem }]);
  writeWhole(file, edited.text);
  process.stderr.write(`written to ${file}: versions.${version}.memory: ${peakMiB} MiB\n`);
}

function wholeFrom(least: number, most: number) {
  return (text: string): number => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < least || value > most) throw new InvalidArgumentError(`write a whole number from ${least} to ${most}.`);
    return value;
  };
}
