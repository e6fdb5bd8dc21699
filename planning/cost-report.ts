import type { Issue } from "../contract/issue";
import type { Json } from "../contract/json";
import type { CostLine, CostSummary, StackPlan } from "../contract/plan";
import { claimsOf, type CostClaim } from "./cost-claims";
import { compare, type Comparison } from "./cost-comparison";
import type { Load } from "./cost-model";
import { summarise } from "./cost";
import { isObject } from "./merge-patch";
import { captureCost } from "./modes/realtime/capture";
import { serverlessDefaults } from "./modes/serverless/schema";
import { budgetIssues } from "./plan-issues";
import { regionsOf } from "./plan-document";
import { oldestRead, pricesFor } from "./prices";
import { SHARED } from "./shared";
import type { ResolvedModel, StackFacts } from "./types";

/** What a stack costs, model by model, and what else it could cost. JSON-safe; fields are only ever added. */
export interface CostReport {
  readonly costVersion: 1;
  readonly stack: string;
  readonly region: string;
  /** Where its models are: the stack's own region, then the others. */
  readonly regions: readonly string[];
  /** Whose price rows were used, and the day the oldest of them was read. */
  readonly prices: { readonly region: string; readonly read: string };
  readonly fixedMonthly: number;
  readonly maximumMonthly: number;
  /** `slipway:monthlyBudget`; absent where there is no limit. */
  readonly monthlyBudget?: number;
  readonly owners: readonly OwnerCost[];
  readonly comparisons: readonly ModelComparison[];
  /** What no number here holds. */
  readonly leftOut: readonly string[];
}

/** What a model costs, or what all models share. */
export interface OwnerCost extends CostSummary {
  readonly owner: string;
  /** Modes that the descriptor declares and nothing is planned for: they cost nothing yet. */
  readonly notPlannedYet: readonly string[];
}

export interface ModelComparison extends Comparison {
  readonly model: string;
  readonly load: Load;
  readonly claims: readonly CostClaim[];
}

/** The load to count with, in place of what descriptors state. */
export type LoadOverride = Partial<Load>;

export const leftOut: readonly string[] = Object.freeze([
  "data that goes in and out, and what SageMaker takes for passing it on",
  "storage of artifacts, images and logs",
  "requests to S3 (but for captures), SNS, KMS and ECR",
  "tax, the free tier, savings plans",
]);

/**
 * Bytes that the container logs for a request that it answers: one line of JSON
 * with the model, the request's id, its status and three durations.
 */
export const LOG_BYTES_PER_REQUEST = 256;

/** Models with a load put in place of their own, wherever they state one. */
export function atLoad(models: readonly ResolvedModel[], override: LoadOverride): ResolvedModel[] {
  return models.map((model) => ({
    ...model,
    serving: Object.fromEntries(
      Object.entries(model.serving).map(([mode, serving]) => [mode, ofRequests(serving.load) ? { ...serving, load: { ...serving.load, ...override } } : serving]),
    ),
  }));
}

/** A load counted in requests, unlike that of runs over files. */
const ofRequests = (load: Json | undefined): load is { readonly [field: string]: Json } & { readonly requestsPerMonth: number } => isObject(load) && "requestsPerMonth" in load;

/** The load of a model: what is asked for, else what it states itself, else the default of the mode that must state one. */
export function loadOf(model: ResolvedModel, override: LoadOverride = {}): Load {
  const stated = Object.values(model.serving).map(({ load }) => load).find(ofRequests);
  return { ...serverlessDefaults.load, ...(stated as Partial<Load> | undefined), ...override };
}

/**
 * Reads a plan as a bill. Pure: the same plan gives the same report.
 *
 * @param models those that were planned, at the load they were planned for (`atLoad`).
 * @returns the report, and what a person should know: a budget that is not kept.
 */
export function costReport(plan: StackPlan, models: readonly ResolvedModel[], facts: StackFacts, override: LoadOverride = {}): { report: CostReport; issues: Issue[] } {
  const { region } = facts;
  const { rows, region: pricesRegion } = pricesFor(region);
  const names = new Set(plan.models.map(({ name }) => name));
  const owners: OwnerCost[] = [
    { owner: SHARED, notPlannedYet: [], ...summarise(plan.cost.lines.filter(({ item }) => !names.has(item))) },
    ...plan.models.map(({ name, region: theirs, cost, serving }) => {
      const model = models.find((each) => each.name === name)!;
      const isPlanned = serving.some(({ planned }) => planned);
      return {
        owner: name,
        notPlannedYet: serving.filter(({ planned }) => !planned).map(({ summary }) => summary),
        ...summarise([...cost.lines, ...(isPlanned ? loadCost(theirs, model, loadOf(model, override)) : [])]),
      };
    }),
  ];
  const { fixedMonthly, maximumMonthly } = summarise(owners.flatMap(({ lines }) => lines));
  const byOwner = owners.map(({ owner, fixedMonthly: fixed, maximumMonthly: maximum }) => ({ item: owner, fixedMonthly: fixed, maximumMonthly: maximum, basis: "" }));
  return {
    report: {
      costVersion: 1,
      stack: plan.stack,
      region,
      regions: regionsOf(plan),
      prices: { region: pricesRegion, read: oldestRead(rows) },
      fixedMonthly,
      maximumMonthly,
      ...(facts.monthlyBudget === undefined ? {} : { monthlyBudget: facts.monthlyBudget }),
      owners,
      comparisons: plan.models.map(({ name, region: theirs }) => {
        const model = models.find((each) => each.name === name)!;
        const load = loadOf(model, override);
        return { model: name, load, ...compare(model, load, pricesFor(theirs).rows), claims: claimsOf(name) };
      }),
      leftOut,
    },
    issues: budgetIssues(facts, { fixedMonthly, maximumMonthly, lines: byOwner }),
  };
}

/** What a model's requests cost beside the computing of their answers. */
const loadCost = (region: string, model: ResolvedModel, load: Load): CostLine[] => [...captureCost(region, model, load.requestsPerMonth), logCost(region, load)];

/** What CloudWatch takes in of a model's log, at a load. */
export function logCost(region: string, { requestsPerMonth }: Load): CostLine {
  const { logs } = pricesFor(region).rows;
  const monthly = Math.round(((logs.usd * requestsPerMonth * LOG_BYTES_PER_REQUEST) / 1e9) * 100) / 100;
  return {
    item: `logs of ${requestsPerMonth.toLocaleString("en-US")} requests`,
    fixedMonthly: 0,
    maximumMonthly: monthly,
    basis: `$${logs.usd.toFixed(2)}/GB × ${requestsPerMonth.toLocaleString("en-US")} × ${LOG_BYTES_PER_REQUEST} bytes`,
  };
}
