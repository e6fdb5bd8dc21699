import type { Json } from "../../contract/json";
import type { Queues } from "../async/queues";
import type { QueueView } from "../async/worker";
import type { CostSummary, ModelPlan, StackPlan } from "../../contract/plan";
import type { ResolvedModel } from "../../planning/types";
import type { Environments, EnvironmentState } from "../beanstalk/environments";
import type { Endpoint } from "../endpoints/endpoint";
import { shares } from "../endpoints/weights";
import { alarmState, sourcesOf, type AlarmDefinition, type AlarmState } from "../metrics/alarms";
import type { MetricsBook } from "../metrics/book";
import { quantile } from "../metrics/histogram";
import { aggregate, SLOT_MS, slotStart, type Slot } from "../metrics/window";
import type { Scheduler } from "../scheduler/scheduler";
import type { TransformJobs } from "../transform/jobs";
import { alarmText, metricValue } from "./alarm-text";
import { batchView, ruleAlarm, type BatchView, type EventRule } from "./batch";
import { modelTargets } from "./targets";

/** What `GET /slipway/state` answers and the page shows. */
export interface StateView {
  readonly stack: string;
  readonly region: string;
  readonly startedAtMs: number;
  readonly nowMs: number;
  /** US dollars a month. */
  readonly cost: { readonly fixedMonthly: number; readonly maximumMonthly: number; readonly monthlyBudget: number | null };
  readonly models: readonly ModelView[];
}

export interface ModelView {
  readonly name: string;
  readonly description: string;
  readonly owner: string;
  readonly region: string;
  readonly runtime: string | null;
  readonly cost: CostSummary;
  readonly serving: readonly ServingView[];
  readonly alarms: readonly AlarmView[];
  /** The first golden example of the contract. */
  readonly example: { readonly name: string; readonly request: Json } | null;
}

export interface ServingView {
  readonly mode: string;
  readonly summary: string;
  readonly planned: boolean;
  readonly endpoint: EndpointView | null;
  /** Version → target, where versions share the endpoint and callers name one. */
  readonly targets?: { readonly [version: string]: string };
  /** The Elastic Beanstalk environment, for the mode that has one, and for the fallback. */
  readonly environment?: EnvironmentState;
  /** Schedule and runs, for the mode that has no endpoint. */
  readonly batch?: BatchView;
}

export interface EndpointView {
  readonly name: string;
  readonly status: string;
  readonly failureReason: string | null;
  readonly configName: string;
  readonly variants: readonly VariantView[];
  /** Of the last five minutes; null without invocations. */
  readonly p50Ms: number | null;
  readonly p90Ms: number | null;
  /** What waits before it, and what became of it; null where it is called directly. */
  readonly queue: QueueView | null;
  /** One point a slot of five seconds, oldest first; null where nothing was invoked. */
  readonly series: readonly ({ readonly p50Ms: number; readonly p90Ms: number; readonly invocations: number } | null)[];
}

export interface VariantView {
  readonly name: string;
  /** 0–1 of the endpoint's traffic. */
  readonly share: number;
  readonly instances: number;
  readonly healthy: number;
  readonly invocations: number;
  readonly errors4xx: number;
  readonly errors5xx: number;
}

export interface AlarmView extends Omit<AlarmState, "value"> {
  readonly name: string;
  readonly rule: string;
  /** The variant, or the environment, that it looks at; null where it is neither, or several. */
  readonly of: string | null;
  readonly current: string | null;
}

export interface StateSources {
  readonly plan: StackPlan;
  readonly resolved: readonly ResolvedModel[];
  readonly monthlyBudget: number | undefined;
  readonly endpoints: { readonly get: (name: string) => Endpoint | undefined };
  readonly queues: Queues;
  readonly environments?: Pick<Environments, "state">;
  readonly metrics: MetricsBook;
  readonly alarms: readonly AlarmDefinition[];
  /** What waits for events of jobs. */
  readonly rules?: readonly EventRule[];
  readonly scheduler?: Pick<Scheduler, "all" | "deadLetters">;
  readonly transforms?: Pick<TransformJobs, "all">;
  readonly startedAtMs: number;
  readonly nowMs: number;
}

const SERIES_SLOTS = 60;

export function stateView(sources: StateSources): StateView {
  const { plan, monthlyBudget, startedAtMs, nowMs } = sources;
  return {
    stack: plan.stack,
    region: plan.region,
    startedAtMs,
    nowMs,
    cost: { fixedMonthly: plan.cost.fixedMonthly, maximumMonthly: plan.cost.maximumMonthly, monthlyBudget: monthlyBudget ?? null },
    models: plan.models.map((model) => modelView(model, sources)),
  };
}

function modelView(model: ModelPlan, sources: StateSources): ModelView {
  const example = sources.resolved.find(({ name }) => name === model.name)?.contract.examples[0];
  return {
    name: model.name,
    description: model.description,
    owner: model.owner,
    region: model.region,
    runtime: model.runtime,
    cost: model.cost,
    serving: [...model.serving, ...(model.fallback === undefined ? [] : [{ mode: "fallback", ...model.fallback }])].map(({ mode, summary, planned, endpointName, environmentName }) => {
      const endpoint = endpointName === undefined ? undefined : sources.endpoints.get(endpointName);
      const environment = environmentName === undefined ? undefined : sources.environments?.state(environmentName);
      const several = mode === "multiModel" ? modelTargets(sources.plan, model.name) : undefined;
      return {
        mode,
        summary,
        planned,
        endpoint: endpoint ? endpointView(endpoint, sources) : null,
        ...(several && { targets: several.targets }),
        ...(environment === undefined ? {} : { environment }),
        ...(mode === "batch" ? { batch: batchView(sources, model.name) } : {}),
      };
    }),
    alarms: [
      ...sources.alarms.filter(({ name }) => model.alarms.includes(name)).map((alarm) => alarmView(alarm, sources)),
      ...rulesOf(model, sources).map((rule) => ruleAlarm(rule, sources)),
    ],
    example: example ? { name: example.name, request: example.request } : null,
  };
}

function rulesOf({ resources }: ModelPlan, { rules = [] }: StateSources): EventRule[] {
  const names = new Set(resources.flatMap(({ type, inputs }) => (type === "aws:cloudwatch/eventRule:EventRule" ? [inputs.name] : [])));
  return rules.filter(({ name }) => names.has(name));
}

function endpointView(endpoint: Endpoint, { metrics, queues, nowMs }: StateSources): EndpointView {
  // Those that answer: a shadow's latency is nobody's wait.
  const windows = endpoint.config.ProductionVariants.flatMap(({ VariantName }) => metrics.of(endpoint.name, VariantName));
  const end = slotStart(nowMs) + SLOT_MS;
  const start = end - SERIES_SLOTS * SLOT_MS;
  const recent = aggregate(windows, start, end);
  const planned = endpoint.config.ProductionVariants;
  const weights = planned.map(({ VariantName, InitialVariantWeight }) => ({
    name: VariantName,
    weight: endpoint.fleet?.variant(VariantName)?.weight ?? InitialVariantWeight ?? 1,
  }));
  const share = shares(weights);
  return {
    name: endpoint.name,
    status: endpoint.status,
    failureReason: endpoint.failureReason ?? null,
    configName: endpoint.config.EndpointConfigName,
    variants: planned.map(({ VariantName, InitialInstanceCount, ServerlessConfig }) => {
      const containers = endpoint.fleet?.variant(VariantName)?.containers;
      return {
        name: VariantName,
        share: share[VariantName] ?? 0,
        instances: containers?.length ?? (ServerlessConfig ? 1 : (InitialInstanceCount ?? 1)),
        healthy: containers?.filter(({ healthy }) => healthy).length ?? 0,
        ...metrics.total(endpoint.name, VariantName),
      };
    }),
    ...percentiles(recent),
    queue: queues.view(endpoint.name) ?? null,
    series: Array.from({ length: SERIES_SLOTS }, (_, index) => {
      const slot = aggregate(windows, start + index * SLOT_MS, start + (index + 1) * SLOT_MS);
      const { p50Ms, p90Ms } = percentiles(slot);
      return p50Ms === null || p90Ms === null ? null : { p50Ms, p90Ms, invocations: slot.invocations };
    }),
  };
}

function percentiles({ latency }: Slot): { readonly p50Ms: number | null; readonly p90Ms: number | null } {
  const milliseconds = (q: number) => {
    const value = quantile(latency, q);
    return value === undefined ? null : Math.round(value / 10) / 100;
  };
  return { p50Ms: milliseconds(0.5), p90Ms: milliseconds(0.9) };
}

function alarmView(alarm: AlarmDefinition, { metrics, nowMs }: StateSources): AlarmView {
  const { state, reason, value } = alarmState(alarm, metrics, nowMs);
  const sources = sourcesOf(alarm);
  const [source] = sources;
  const { VariantName, EnvironmentName, LoadBalancer, AutoScalingGroupName } = source?.dimensions ?? {};
  const of = sources.length > 1 ? null : (VariantName ?? ((EnvironmentName ?? LoadBalancer ?? AutoScalingGroupName) === undefined ? null : "environment"));
  return { name: alarm.name, rule: alarmText(alarm), of, state, reason, current: value === undefined ? null : metricValue(source?.metricName ?? "", value) };
}
