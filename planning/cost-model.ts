import { HOURS_PER_MONTH } from "./limits";

/**
 * What a load costs in each way of serving it: the arithmetic behind the
 * comparisons. Requests are taken one at a time, each as long as the load says,
 * so that batches and second cores only ever make it cheaper.
 */
export interface Load {
  readonly requestsPerMonth: number;
  /** Time that a request takes in the container. */
  readonly durationMilliseconds: number;
}

const SECONDS_PER_HOUR = 3600;
const SECONDS_PER_MONTH = HOURS_PER_MONTH * SECONDS_PER_HOUR;

const busySeconds = ({ requestsPerMonth, durationMilliseconds }: Load): number => (requestsPerMonth * durationMilliseconds) / 1000;

/** Instances that a load keeps busy when it is spread evenly; never fewer than are there anyway. */
export const instancesFor = (load: Load, fewest: number): number => Math.max(fewest, Math.ceil(busySeconds(load) / SECONDS_PER_MONTH));

/** US dollars a month for instances that are always on. */
export const alwaysOnMonthly = (usdPerHour: number, load: Load, fewest = 1): number => usdPerHour * HOURS_PER_MONTH * instancesFor(load, fewest);

/** US dollars a month for serverless compute: memory × time, nothing at rest. */
export const serverlessMonthly = (usdPerGBSecond: number, memoryMiB: number, load: Load): number =>
  usdPerGBSecond * (memoryMiB / 1024) * busySeconds(load);

/**
 * US dollars a month for instances that sleep while nothing waits. It depends on
 * how requests come: all at once, and only the work is paid; each alone, and each
 * keeps an instance up until scaling takes it away, which is never more than
 * being always on.
 */
export function sleepingMonthly(usdPerHour: number, load: Load, idleSeconds: number): { readonly together: number; readonly alone: number } {
  const work = busySeconds(load);
  const awake = Math.min(work + load.requestsPerMonth * idleSeconds, Math.max(SECONDS_PER_MONTH, work));
  return { together: (usdPerHour * work) / SECONDS_PER_HOUR, alone: (usdPerHour * awake) / SECONDS_PER_HOUR };
}

/**
 * Requests a month up to which serverless costs no more than one instance that
 * is always on; undefined where it is cheaper even while that instance has no
 * second to spare.
 */
export function serverlessBreakEven(usdPerGBSecond: number, memoryMiB: number, usdPerHour: number, durationMilliseconds: number): number | undefined {
  const usdPerSecond = usdPerGBSecond * (memoryMiB / 1024);
  if (usdPerSecond * SECONDS_PER_HOUR <= usdPerHour) return undefined;
  return wholeRequests((usdPerHour * HOURS_PER_MONTH) / (usdPerSecond * (durationMilliseconds / 1000)));
}

/** Requests a month, each coming alone, up to which an instance that sleeps costs no more than one that is always on. */
export const sleepingBreakEven = (idleSeconds: number, durationMilliseconds: number): number =>
  wholeRequests(SECONDS_PER_MONTH / (idleSeconds + durationMilliseconds / 1000));

/** Whole requests, without the dust of floating point below a whole number. */
const wholeRequests = (requests: number): number => Math.floor(requests + 1e-6);

/** US dollars for a million requests, at what a month of a load costs; undefined without a request. */
export const perMillion = (monthly: number, { requestsPerMonth }: Load): number | undefined =>
  requestsPerMonth === 0 ? undefined : (monthly / requestsPerMonth) * 1e6;

/** US dollars for a million requests on an instance that has no second to spare: as cheap as it gets. */
export const perMillionBusy = (usdPerHour: number, durationMilliseconds: number): number =>
  (usdPerHour / SECONDS_PER_HOUR) * (durationMilliseconds / 1000) * 1e6;
