import type { CostLine, CostSummary } from "../contract/plan";
import { HOURS_PER_MONTH } from "./limits";
import { pricesFor } from "./prices";

/** Adds up lines in whole cents, so that the sum is what a person gets by adding what is printed. */
export function summarise(lines: readonly CostLine[]): CostSummary {
  const total = (pick: (line: CostLine) => number): number =>
    lines.reduce((cents, line) => cents + Math.round(pick(line) * 100), 0) / 100;
  return { fixedMonthly: total((line) => line.fixedMonthly), maximumMonthly: total((line) => line.maximumMonthly), lines };
}

/** Instances that run all month: from the fewest to the most that scaling allows. Undefined where the type has no price. */
export function instanceCost(region: string, type: string, of: string, fewest: number, most: number): CostLine | undefined {
  const price = pricesFor(region).rows.instances[type];
  if (price === undefined) return undefined;
  const count = fewest === most ? String(fewest) : `${fewest}–${most}`;
  return {
    item: `${type} × ${count} (${of})`,
    fixedMonthly: cents(price.usd * HOURS_PER_MONTH * fewest),
    maximumMonthly: cents(price.usd * HOURS_PER_MONTH * most),
    basis: `$${price.usd}/h × ${HOURS_PER_MONTH} h × ${count}`,
  };
}

/** Instances behind a queue: from the fewest to the most, and what the stated load alone would take. */
export function asyncCost(
  region: string,
  type: string,
  of: string,
  scaling: { readonly min: number; readonly max: number },
  load: { readonly requestsPerMonth: number; readonly durationMilliseconds: number; readonly concurrency: number },
): CostLine | undefined {
  const line = instanceCost(region, type, of, scaling.min, scaling.max);
  const price = pricesFor(region).rows.instances[type];
  if (line === undefined || price === undefined) return undefined;
  const { requestsPerMonth, durationMilliseconds, concurrency } = load;
  const hours = (requestsPerMonth * durationMilliseconds) / 1000 / 3600 / concurrency;
  return { ...line, basis: `${line.basis}; ${grouped(requestsPerMonth)} requests of ${durationMilliseconds} ms, ${concurrency} at once, keep one busy for ${dollars(price.usd * hours)}` };
}

/** Transform jobs: instances for as long as a run takes. Undefined where the type has no price. */
export function batchCost(
  region: string,
  type: string,
  instances: number,
  load: { readonly runsPerMonth: number; readonly runSeconds: number },
): CostLine | undefined {
  // One rate for hosting and for jobs: https://aws.amazon.com/sagemaker/ai/pricing/
  const price = pricesFor(region).rows.instances[type];
  if (price === undefined) return undefined;
  const runs = Math.round(load.runsPerMonth * 10) / 10;
  const run = (price.usd * instances * load.runSeconds) / 3600;
  const minutes = Math.round(load.runSeconds / 6) / 10;
  return {
    item: `batch ${type} × ${instances}, ${runs === 0 ? "by hand" : `${grouped(Math.round(runs))} runs`}, ${dollars(run)} each`,
    fixedMonthly: 0,
    maximumMonthly: cents(run * runs),
    basis: `$${price.usd}/h × ${instances} × ${minutes} min × ${runs} runs`,
  };
}

/** Serverless compute at a stated load; nothing is paid while idle. */
export function serverlessCost(region: string, memoryMiB: number, load: { readonly requestsPerMonth: number; readonly durationMilliseconds: number }): CostLine {
  const price = pricesFor(region).rows.serverlessCompute;
  const memoryGB = memoryMiB / 1024;
  const { requestsPerMonth, durationMilliseconds } = load;
  return {
    item: `serverless ${memoryMiB} MiB, ${grouped(requestsPerMonth)} requests of ${durationMilliseconds} ms`,
    fixedMonthly: 0,
    maximumMonthly: cents(price.usd * memoryGB * requestsPerMonth * (durationMilliseconds / 1000)),
    basis: `$${plain(price.usd)}/GB-s × ${memoryGB} GB × ${grouped(requestsPerMonth)} requests × ${durationMilliseconds} ms`,
  };
}

/** @param count metrics that alarms look at: CloudWatch charges an alarm for each of them. */
export function alarmCost(region: string, count: number): CostLine {
  const { alarm } = pricesFor(region).rows;
  const monthly = cents(alarm.usd * count);
  return { item: `alarm metrics × ${count}`, fixedMonthly: monthly, maximumMonthly: monthly, basis: `$${alarm.usd.toFixed(2)} × ${count}` };
}

/** The first three of an account, with up to 50 metrics each, are free: https://aws.amazon.com/cloudwatch/pricing/ */
export function dashboardCost(region: string, count: number): CostLine {
  const { dashboard } = pricesFor(region).rows;
  const monthly = cents(dashboard.usd * count);
  return { item: `dashboards × ${count}`, fixedMonthly: monthly, maximumMonthly: monthly, basis: `$${dashboard.usd.toFixed(2)} × ${count}, before three free of up to 50 metrics` };
}

export function keyCost(region: string, count: number): CostLine {
  const { key } = pricesFor(region).rows;
  const monthly = cents(key.usd * count);
  return { item: `keys × ${count}`, fixedMonthly: monthly, maximumMonthly: monthly, basis: `$${key.usd.toFixed(2)} × ${count}` };
}

export const cents = (usd: number): number => Math.round(usd * 100) / 100;
/** Without an exponent, whatever the size. */
export const plain = (usd: number): string => usd.toFixed(8).replace(/0+$/, "");
/** `250,000`. */
export const grouped = (count: number): string => String(count).replace(/\B(?=(\d{3})+$)/g, ",");

/** `$1,074.32`. */
export const dollars = (usd: number): string => `$${usd.toFixed(2).replace(/\B(?=(\d{3})+\.)/g, ",")}`;
