import { cents } from "./cost";
import { alwaysOnMonthly, serverlessMonthly } from "./cost-model";
import { isArm, isProcessorOnly, memoryGiBOf, vCpuCountOf } from "./instances";
import { TIGHT_PERCENT } from "./memory";
import { serverlessMemoriesMiB } from "./modes/serverless/schema";
import { pricesFor } from "./prices";

/** What a container was measured to do with a version. */
export interface Fit {
  /** The most that it held. */
  readonly peakMiB: number;
  readonly loads: readonly { readonly concurrency: number; readonly p50Ms: number; readonly perSecond: number }[];
}

/** Where to serve a version that was measured. US dollars at the prices of a region. */
export interface FitAdvice {
  /** The region whose prices they are. */
  readonly region: string;
  /** Null where no serverless size is large enough. */
  readonly serverless: { readonly memoryMiB: number; readonly usdPerMillionRequests: number } | null;
  /** The cheapest with processors alone that has room; null where none that is priced has. */
  readonly instance: { readonly type: string; readonly memoryGiB: number; readonly vCpuCount: number; readonly monthly: number; readonly usdPerMillionRequests: number } | null;
  /** Requests in flight at once from which more bring nothing but waiting. */
  readonly concurrency: number;
}

/** Of the best throughput: what is gained beyond it is within what a measurement varies by. */
const ENOUGH = 0.95;
const MILLION = 1_000_000;

/** Whether a version fits with room for its requests: a place that is fuller rings the memory alarm. */
export const fits = (peakMiB: number, roomMiB: number): boolean => peakMiB * 100 <= roomMiB * TIGHT_PERCENT;

/**
 * Recommends memory, instance and concurrency for what was measured.
 *
 * Serverless is paid for the time of each request taken alone; an instance by the hour, so that its
 * million is as cheap as it gets, with no second to spare.
 */
export function adviseFit({ peakMiB, loads }: Fit, region: string): FitAdvice {
  const { rows, region: priced } = pricesFor(region);
  const alone = loads.find(({ concurrency }) => concurrency === 1)?.p50Ms ?? loads[0]?.p50Ms ?? 0;
  const best = Math.max(0, ...loads.map(({ perSecond }) => perSecond));
  const enough = [...loads].sort((a, b) => a.concurrency - b.concurrency).find(({ perSecond }) => perSecond >= ENOUGH * best);

  const memoryMiB = serverlessMemoriesMiB.find((size) => fits(peakMiB, size));
  const choices = Object.entries(rows.instances)
    .map(([type, { usd }]) => ({ type, usd, memoryGiB: memoryGiBOf(type) ?? 0 }))
    .filter(({ type, memoryGiB }) => isProcessorOnly(type) && !isArm(type) && fits(peakMiB, memoryGiB * 1024))
    .sort((a, b) => a.usd - b.usd || (a.type < b.type ? -1 : 1));
  const [cheapest] = choices;
  return {
    region: priced,
    serverless: memoryMiB === undefined ? null : { memoryMiB, usdPerMillionRequests: cents(serverlessMonthly(rows.serverlessCompute.usd, memoryMiB, { requestsPerMonth: MILLION, durationMilliseconds: alone })) },
    instance:
      cheapest === undefined
        ? null
        : {
            type: cheapest.type,
            memoryGiB: cheapest.memoryGiB,
            vCpuCount: vCpuCountOf(cheapest.type),
            monthly: cents(alwaysOnMonthly(cheapest.usd, { requestsPerMonth: 0, durationMilliseconds: 0 })),
            usdPerMillionRequests: best === 0 ? 0 : cents((cheapest.usd / 3600 / best) * MILLION),
          },
    concurrency: enough?.concurrency ?? 1,
  };
}
