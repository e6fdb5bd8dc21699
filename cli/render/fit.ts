import type { Colors } from "picocolors/types";
import { dollars } from "../../planning/cost";
import type { FitAdvice } from "../../planning/fit";
import type { Measurement } from "../../packaging/fit/measure";
import { columns } from "./columns";

/** What was measured of an artifact, and where to serve it. */
export interface FitReport {
  readonly model: string;
  readonly version: string;
  readonly runtime: string;
  /** Where it was measured: not where it will run. */
  readonly machine: { readonly cpu: string; readonly cores: number; readonly memoryGiB: number; readonly node: string };
  /** What enforced the sizes of memory; `nothing` where they were not tried. */
  readonly limitedBy: Measurement["limitedBy"];
  readonly measurements: readonly Measurement[];
  /** For `versions.<version>.memory`. MiB. */
  readonly peakMiB: number;
  readonly advice: FitAdvice;
}

export function fitAsText(report: FitReport, colors: Colors): string {
  const { model, version, runtime, machine, limitedBy, measurements, peakMiB, advice } = report;
  const { serverless, instance, concurrency, region } = advice;
  const limited = limitedBy === "nothing" ? "no control group can be made here, so that no size was enforced" : `sizes enforced by ${limitedBy}`;
  const advised: string[][] = [
    ["serverless", serverless === null ? "none is large enough" : `${serverless.memoryMiB} MiB`, serverless === null ? "" : `${dollars(serverless.usdPerMillionRequests)} for a million requests, each alone`],
    ["instance", instance?.type ?? "none that is priced has room", instance === null ? "" : `${instance.vCpuCount} vCPU, ${instance.memoryGiB} GiB · ${dollars(instance.monthly)} a month; ${dollars(instance.usdPerMillionRequests)} for a million, with no second to spare`],
    ["concurrency", String(concurrency), "requests at once; more only wait"],
    ["descriptor", `memory: ${peakMiB} MiB`, `under versions.${version}; --write puts it there`],
  ];
  return [
    `${colors.bold(`${model} ${version}`)} · ${runtime}`,
    colors.dim(`measured on ${machine.cpu}, ${machine.cores} cores, ${machine.memoryGiB} GiB, Node ${machine.node}; ${limited}`),
    "",
    ...columns([["MEMORY", "COLD START", "HELD", "AT ONCE", "P50", "P99", "A SECOND"], ...measurements.flatMap(rowsOf)]).map((line) => `  ${line}`),
    "",
    ...columns(advised).map((line) => `  ${line}`),
    "",
    colors.dim(`  Memory carries over to AWS. Times are this machine's: there they are others, and their ratios near. Prices of ${region}.`),
    "",
  ].join("\n");
}

function rowsOf({ limitMiB, failure, coldStartMs, peakMiB, loads }: Measurement): string[][] {
  const head = [limitMiB === null ? "no limit" : `${limitMiB} MiB`, coldStartMs === undefined ? "–" : `${coldStartMs} ms`, `${peakMiB} MiB`];
  const rows = loads.map(({ concurrency, p50Ms, p99Ms, perSecond, refused }) => [String(concurrency), `${p50Ms} ms`, `${p99Ms} ms`, `${perSecond}${refused === 0 ? "" : ` (${refused} refused)`}`]);
  if (failure !== undefined) rows.push([failure]);
  return rows.map((row, at) => [...(at === 0 ? head : ["", "", ""]), ...row]);
}
