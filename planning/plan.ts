import { hasErrors, sortIssues, type Issue } from "../contract/issue";
import type { CostLine, StackPlan } from "../contract/plan";
import type { PlannedResource } from "../contract/resources";
import { dashboardCost, keyCost, summarise } from "./cost";
import { planDashboard } from "./dashboard";
import { planDataBucket } from "./data-bucket";
import { planImages } from "./images";
import { deepFreeze } from "./freeze";
import { budgetIssues, nameIssues, priceIssues } from "./plan-issues";
import { keyArn, planKey } from "./key";
import { planModel, type PlannedModel } from "./model-plan";
import { networkCost } from "./network/cost";
import { planNetwork } from "./network/plan";
import { usesOf } from "./network/uses";
import { factsIn, placed } from "./places";
import { protectedAsAsked } from "./protection";
import { stackIssues } from "./rules/stack";
import { planAlarmTopic } from "./shared";
import type { ResolvedModel, StackFacts } from "./types";

/** A plan, and everything a person should know. Nothing may be built while an issue is an error. */
export interface PlanResult {
  /** Absent where the models themselves stand against it. A plan above the budget is there to be looked at. */
  readonly plan?: StackPlan;
  readonly issues: Issue[];
}

/**
 * Plans a stack: models and facts in, everything that will be created out. Pure
 * and deterministic: the order of the models does not matter, equal input gives
 * equal bytes. Never throws for what a person wrote.
 *
 * @returns `plan` frozen at every level and JSON-safe.
 */
export function planStack(models: readonly ResolvedModel[], facts: StackFacts): PlanResult {
  const sorted = [...models].sort((a, b) => compare(a.name, b.name) || compare(a.file, b.file));
  const planned = sorted.map((model) => planModel(model, facts));
  const shared = protectedAsAsked(planShared(sorted, planned, facts), facts);
  const cost = summarise([...sharedCost(shared, facts), ...planned.flatMap(modelCost)]);
  const plans = planned.map(({ plan }) => ({ ...plan, resources: protectedAsAsked(plan.resources, facts) }));

  const unsound = [...planned.flatMap((model) => model.issues), ...nameIssues(sorted, [...shared, ...plans.flatMap(({ resources }) => resources)]), ...stackIssues(sorted, facts)];
  const issues = sortIssues([...unsound, ...priceIssues(sorted, facts), ...budgetIssues(facts, cost)]);
  if (hasErrors(unsound)) return { issues };
  const plan: StackPlan = {
    planVersion: 1,
    stack: facts.stack,
    region: facts.region,
    models: plans,
    shared,
    outputs: {
      outputsVersion: 1,
      stack: facts.stack,
      models: Object.fromEntries(planned.flatMap(({ plan: { name }, outputs }) => (outputs === undefined ? [] : [[name, outputs]]))),
    },
    cost,
    warnings: issues.filter(({ severity }) => severity === "warning"),
  };
  return { plan: deepFreeze(plan), issues };
}

/** What the models of each region share there, the stack's own region first; and the dashboard, which shows them all. */
function planShared(models: readonly ResolvedModel[], planned: readonly PlannedModel[], facts: StackFacts): PlannedResource[] {
  const regions = [...new Set(planned.map(({ plan }) => plan.region))].sort((a, b) => Number(b === facts.region) - Number(a === facts.region) || compare(a, b));
  let image: string | undefined;
  const regional = regions.flatMap((region) => {
    const there = planned.flatMap((each, index) => (each.plan.region === region ? [{ ...each, model: models[index]! }] : []));
    const resources = planRegion(there, factsIn(facts, region), image);
    image = resources.find(({ type }) => type === "awsx:ecr:Image")?.name ?? image;
    return resources;
  });
  return [...regional, ...planDashboard(planned.map(({ shown }) => shown), facts)];
}

/** Only what some model needs: no image where all bring their own, no topic without an alarm, no bucket where nothing is kept. */
function planRegion(planned: readonly (PlannedModel & { readonly model: ResolvedModel })[], facts: StackFacts, imageBefore: string | undefined): PlannedResource[] {
  const ours = planned.some(({ outputs, model }) => outputs !== undefined && model.container === null);
  const alarmed = planned.some(({ plan }) => plan.alarms.length > 0);
  const eventsToo = planned.some(({ plan }) => plan.resources.some(({ type }) => type === "aws:cloudwatch/eventTarget:EventTarget"));
  const stored = planned.flatMap(({ stores }) => stores);
  const resources = [
    ...(ours ? planImages(facts, planned.flatMap(({ plan }) => plan.resources)) : []),
    ...(alarmed || eventsToo || stored.length > 0 || planned.some(({ usesKey }) => usesKey) ? planKey(facts, { alarmed, eventsToo }) : []),
    ...planNetwork(facts, usesOf(planned.map(({ model }) => model))),
    ...(alarmed || eventsToo ? planAlarmTopic(facts, keyArn(facts), eventsToo) : []),
    ...(stored.length > 0 ? planDataBucket(facts, stored) : []),
  ];
  // One after the other: the next finds every layer in the builder's cache, and only pushes.
  return placed(resources, facts).map((resource) => (resource.type === "awsx:ecr:Image" && resource.dependsOn === undefined && imageBefore !== undefined ? { ...resource, dependsOn: [imageBefore] } : resource));
}

function sharedCost(shared: readonly PlannedResource[], facts: StackFacts): CostLine[] {
  const places = [...new Set(shared.map(({ region }) => region))];
  return places.flatMap((place) => {
    const count = (wanted: PlannedResource["type"]): number => shared.filter(({ type, region }) => type === wanted && region === place).length;
    const [keys, dashboards] = [count("aws:kms/key:Key"), count("aws:cloudwatch/dashboard:Dashboard")];
    const region = place ?? facts.region;
    const network = networkCost(region, facts.networks?.[region], shared.filter((resource) => resource.region === place));
    const lines = [...(keys === 0 ? [] : [keyCost(region, keys)]), ...network, ...(dashboards === 0 ? [] : [dashboardCost(region, dashboards)])];
    return lines.map((line) => (place === undefined ? line : { ...line, item: `${line.item} in ${place}` }));
  });
}

/** A model in the cost of the stack: one line, its own lines summed. */
function modelCost({ plan }: PlannedModel): CostLine[] {
  if (plan.cost.lines.length === 0) return [];
  const { fixedMonthly, maximumMonthly, lines } = plan.cost;
  return [{ item: plan.name, fixedMonthly, maximumMonthly, basis: lines.map((line) => line.item).join(" + ") }];
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
