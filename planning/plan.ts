import { hasErrors, sortIssues, type Issue } from "../contract/issue";
import type { CostLine, StackPlan } from "../contract/plan";
import type { PlannedResource } from "../contract/resources";
import { dashboardCost, keyCost, summarise } from "./cost";
import { planDashboard } from "./dashboard";
import { planDataBucket } from "./data-bucket";
import { deepFreeze } from "./freeze";
import { budgetIssues, nameIssues, priceIssues } from "./plan-issues";
import { planModel, type PlannedModel } from "./model-plan";
import { stackIssues } from "./rules/stack";
import { planAlarmTopic, planImage } from "./shared";
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
  const shared = planShared(sorted, planned, facts);
  const cost = summarise([...sharedCost(shared, facts), ...planned.flatMap(modelCost)]);
  const plans = planned.map(({ plan }) => plan);

  const unsound = [...planned.flatMap((model) => model.issues), ...nameIssues(sorted, [...shared, ...plans.flatMap(({ resources }) => resources)]), ...stackIssues(sorted, facts)];
  const issues = sortIssues([...unsound, ...priceIssues(facts), ...budgetIssues(facts, cost)]);
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

/** Only what some model needs: no image where all bring their own, no topic without an alarm, no bucket where nothing is kept. */
function planShared(models: readonly ResolvedModel[], planned: readonly PlannedModel[], facts: StackFacts): PlannedResource[] {
  const ours = planned.some(({ outputs }, index) => outputs !== undefined && models[index]?.container === null);
  const alarmed = planned.some(({ plan }) => plan.alarms.length > 0);
  const eventsToo = planned.some(({ plan }) => plan.resources.some(({ type }) => type === "aws:cloudwatch/eventTarget:EventTarget"));
  const stored = planned.flatMap(({ stores }) => stores);
  return [
    ...(ours ? planImage(facts) : []),
    ...(alarmed || eventsToo ? planAlarmTopic(facts, eventsToo) : []),
    ...(stored.length > 0 ? planDataBucket(facts, stored) : []),
    ...planDashboard(planned.map(({ shown }) => shown), facts),
  ];
}

function sharedCost(shared: readonly PlannedResource[], facts: StackFacts): CostLine[] {
  const count = (wanted: PlannedResource["type"]): number => shared.filter(({ type }) => type === wanted).length;
  const [keys, dashboards] = [count("aws:kms/key:Key"), count("aws:cloudwatch/dashboard:Dashboard")];
  return [...(keys === 0 ? [] : [keyCost(facts.region, keys)]), ...(dashboards === 0 ? [] : [dashboardCost(facts.region, dashboards)])];
}

/** A model in the cost of the stack: one line, its own lines summed. */
function modelCost({ plan }: PlannedModel): CostLine[] {
  if (plan.cost.lines.length === 0) return [];
  const { fixedMonthly, maximumMonthly, lines } = plan.cost;
  return [{ item: plan.name, fixedMonthly, maximumMonthly, basis: lines.map((line) => line.item).join(" + ") }];
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
