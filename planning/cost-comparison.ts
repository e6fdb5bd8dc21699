import type { Json } from "../contract/json";
import { alwaysOnMonthly, instancesFor, perMillion, perMillionBusy, serverlessBreakEven, serverlessMonthly, sleepingBreakEven, sleepingMonthly, type Load } from "./cost-model";
import { isArm, isProcessorOnly, memoryGiBOf, vCpuCountOf } from "./instances";
import { asyncDefaults } from "./modes/async/schema";
import { serverlessMemoriesMiB } from "./modes/serverless/schema";
import type { pricesFor } from "./prices";
import type { ResolvedModel, ResolvedServing } from "./types";

type Rows = ReturnType<typeof pricesFor>["rows"];

/** What else a model could be served on, and at what load which way is cheapest. US dollars a month. */
export interface Comparison {
  /** Memory that the model has today, which is what it is known to fit in; absent where it is not on record. */
  readonly memoryMiB?: number;
  /** Ways of serving the load, on the smallest capacity that holds the memory or on the type that is declared. */
  readonly ways: readonly Way[];
  /** Sentences of numbers: where one way becomes dearer than another. */
  readonly breakEven: readonly BreakEven[];
  /** Hosting types with processors alone that hold the memory, and the declared one; cheapest first. */
  readonly instances: readonly InstanceChoice[];
}

export interface Way {
  readonly way: "always on" | "asleep when idle" | "serverless";
  /** `ml.c5.large`, `3072 MiB`. */
  readonly on: string;
  readonly leastMonthly: number;
  /** The same as the least, but where it depends on how requests come. */
  readonly mostMonthly: number;
  /** At the most; absent without a request. */
  readonly perMillionRequests?: number;
}

export interface BreakEven {
  readonly cheaper: Way["way"];
  readonly than: Way["way"];
  /** Up to this many requests a month; null: at every load that one instance can take. */
  readonly upToRequestsPerMonth: number | null;
  /** How requests come, where it matters. */
  readonly when: "each request comes alone" | "whenever they come";
}

export interface InstanceChoice {
  readonly type: string;
  readonly vCpuCount: number;
  readonly memoryGiB?: number;
  /** One that is always on. */
  readonly monthly: number;
  /** With no second to spare: as cheap as a million requests get on it, were they no slower here. */
  readonly perMillionBusy: number;
  /** The descriptor names it. */
  readonly isDeclared: boolean;
}

export function compare(model: ResolvedModel, load: Load, rows: Rows): Comparison {
  const declared = declaredCapacity(model);
  const memoryMiB = declared.memoryMiB;
  const instances = choices(declared, load, rows);
  const instance = instances.find(({ type }) => type === declared.type) ?? instances[0];
  const serverless = serverlessMemoriesMiB.find((size) => memoryMiB !== undefined && size >= memoryMiB);
  const idleSeconds = asyncDefaults.scaling.cooldown.inSeconds;
  const { durationMilliseconds } = load;
  const hourly = instance === undefined ? undefined : rows.instances[instance.type]!.usd;

  const ways: Way[] = [];
  const breakEven: BreakEven[] = [];
  if (instance !== undefined && hourly !== undefined) {
    const on = alwaysOnMonthly(hourly, load);
    const { together, alone } = sleepingMonthly(hourly, load, idleSeconds);
    const count = instancesFor(load, 1);
    ways.push(way("always on", count === 1 ? instance.type : `${instance.type} × ${count}`, load, on), way("asleep when idle", instance.type, load, together, alone));
    breakEven.push({ cheaper: "asleep when idle", than: "always on", upToRequestsPerMonth: sleepingBreakEven(idleSeconds, durationMilliseconds), when: "each request comes alone" });
  }
  if (serverless !== undefined) {
    const price = rows.serverlessCompute.usd;
    ways.push(way("serverless", `${serverless} MiB`, load, serverlessMonthly(price, serverless, load)));
    if (hourly !== undefined) {
      const requests = serverlessBreakEven(price, serverless, hourly, durationMilliseconds);
      breakEven.push({ cheaper: "serverless", than: "always on", upToRequestsPerMonth: requests ?? null, when: "whenever they come" });
    }
  }
  return { ...(memoryMiB === undefined ? {} : { memoryMiB }), ways, breakEven, instances };
}

function way(name: Way["way"], on: string, load: Load, least: number, most = least): Way {
  const million = perMillion(most, load);
  return { way: name, on, leastMonthly: cents(least), mostMonthly: cents(most), ...(million === undefined ? {} : { perMillionRequests: cents(million) }) };
}

interface Capacity {
  /** Hosting type; where a model runs on an EC2 type, the hosting type of the same size. */
  readonly type?: string;
  readonly isHosting?: boolean;
  readonly memoryMiB?: number;
}

/** What the descriptor gives the model today: the first mode that says so. */
function declaredCapacity(model: ResolvedModel): Capacity {
  const capacities = Object.values(model.serving).map(capacityOf);
  return capacities.find(({ memoryMiB }) => memoryMiB !== undefined) ?? {};
}

function capacityOf({ instanceType, memoryMiB }: ResolvedServing): Capacity {
  if (isNumber(memoryMiB)) return { memoryMiB };
  if (typeof instanceType !== "string") return {};
  const isHosting = instanceType.startsWith("ml.");
  const type = isHosting ? instanceType : `ml.${instanceType}`;
  const memoryGiB = memoryGiBOf(type);
  return { type, isHosting, ...(memoryGiB === undefined ? {} : { memoryMiB: memoryGiB * 1024 }) };
}

const isNumber = (value: Json | undefined): value is number => typeof value === "number";

function choices(declared: Capacity, load: Load, rows: Rows): InstanceChoice[] {
  const neededGiB = (declared.memoryMiB ?? Infinity) / 1024;
  return Object.entries(rows.instances)
    .map(([type, price]) => ({ type, usd: price.usd, memoryGiB: memoryGiBOf(type) }))
    .filter(({ type, memoryGiB }) => type === declared.type || (isProcessorOnly(type) && !isArm(type) && memoryGiB !== undefined && memoryGiB >= neededGiB))
    .map(({ type, usd, memoryGiB }) => ({
      type,
      vCpuCount: vCpuCountOf(type),
      ...(memoryGiB === undefined ? {} : { memoryGiB }),
      monthly: cents(alwaysOnMonthly(usd, { ...load, requestsPerMonth: 0 })),
      perMillionBusy: cents(perMillionBusy(usd, load.durationMilliseconds)),
      isDeclared: type === declared.type && declared.isHosting === true,
    }))
    .sort((a, b) => a.monthly - b.monthly || (a.type < b.type ? -1 : 1));
}

const cents = (usd: number): number => Math.round(usd * 100) / 100;
