import type { PlannedResource, PlannedResourceOf, ResourceInputs, ResourceType } from "../../../contract/resources";
import type { StackPlan } from "../../../contract/plan";
import { alarmDefaults } from "../../../planning/alarm-defaults";
import { asyncDefaults } from "../../../planning/modes/async/schema";
import { planStack } from "../../../planning/plan";
import type { ResolvedModel, ResolvedServing, StackFacts } from "../../../planning/types";

/** Models as `resolve` hands them on, written by hand, so that the planner is tested apart from the reader. */
export const facts: StackFacts = {
  stack: "dev",
  region: "us-east-1",
  alarmEmails: ["oncall@example.com"],
  imageSourceSha256: "a".repeat(64),
  today: "2026-11-23",
};

export const serverlessServing: ResolvedServing = {
  memoryMiB: 3072,
  concurrency: 5,
  provisioned: null,
  scaling: null,
  timeoutSeconds: 60,
  load: { requestsPerMonth: 100_000, durationMilliseconds: 200 },
};

/** As resolved: a fixed count unless `scaling` is given. */
export const realtimeServing = (fields: ResolvedServing & { scaling?: ResolvedServing } = {}): ResolvedServing => {
  const { scaling, ...rest } = fields;
  return {
    instanceType: "ml.c5.large",
    instances: 1,
    timeoutSeconds: 60,
    startupTimeoutSeconds: 480,
    downloadTimeoutSeconds: null,
    routing: "random",
    capture: null,
    ...rest,
    scaling: { min: null, max: null, cpuPercent: null, gpuPercent: null, requestsPerSecond: null, cooldown: { outSeconds: 300, inSeconds: 300 }, ...scaling },
  };
};

/** As resolved: asleep while nothing waits, unless `scaling` says otherwise. */
export const asyncServing = (fields: ResolvedServing & { scaling?: ResolvedServing; notifications?: ResolvedServing } = {}): ResolvedServing => {
  const { scaling, notifications, ...rest } = fields;
  return {
    ...asyncDefaults,
    instanceType: "ml.c5.large",
    ...rest,
    scaling: { ...asyncDefaults.scaling, min: 0, max: 4, ...scaling },
    notifications: { ...asyncDefaults.notifications, ...notifications },
  };
};

/** A served model; what a test is about is passed, the rest is velib's. */
export function model(fields: Partial<ResolvedModel> = {}): ResolvedModel {
  const name = fields.name ?? "velib-lstm";
  return {
    name,
    description: "Forecasts bikes.",
    owner: "velib",
    environment: "dev",
    region: null,
    runtime: "forecast",
    container: null,
    contract: {
      file: `registry/contracts/${name}.yaml`,
      sha256: "c".repeat(64),
      request: { type: "object", properties: { hour: { type: "number" } } },
      response: { type: "object" },
      examples: [],
    },
    versions: {
      v3: { artifact: "s3://example-velib-models/v3/model.tar.gz", sha256: "3".repeat(64) },
      v4: { artifact: "s3://example-velib-models/v4/model.tar.gz", sha256: "4".repeat(64) },
    },
    settings: { threads: 1 },
    traffic: [{ version: "v3", weight: 100 }],
    serving: { serverless: serverlessServing },
    alarms: alarmDefaults,
    writtenAlarms: [],
    shadow: null,
    rollout: null,
    fallback: null,
    file: `registry/models/${name}.yaml`,
    locate: locating({}),
    ...fields,
  };
}

/** Where the given paths are written; everything else is at the top of the file. */
export const locating =
  (written: { readonly [path: string]: { line: number; column: number } }): ResolvedModel["locate"] =>
  (path) => {
    for (let at = path; at !== ""; at = at.includes(".") ? at.slice(0, at.lastIndexOf(".")) : "") {
      const position = written[at];
      if (position !== undefined) return position;
    }
    return { line: 1, column: 1 };
  };

/** The plan, or a failure that lists what stands against it. */
export function planned(models: readonly ResolvedModel[], stack: Partial<StackFacts> = {}): StackPlan {
  const { plan, issues } = planStack(models, { ...facts, ...stack });
  if (plan === undefined) throw new Error(issues.map((issue) => `${issue.code}: ${issue.message}`).join("\n"));
  return plan;
}

export const allResources = (plan: StackPlan): readonly PlannedResource[] => [...plan.shared, ...plan.models.flatMap((each) => each.resources)];

/** A resource read as if every marker were already its value: tests look at one input at a time. */
export type Evaluated<Type extends ResourceType> = Omit<PlannedResourceOf<Type>, "inputs"> & { readonly inputs: ResourceInputs[Type] };

/** The resources of one type, in plan order. */
export const ofType = <Type extends ResourceType>(plan: StackPlan, type: Type): readonly Evaluated<Type>[] =>
  allResources(plan).filter((resource) => resource.type === type) as unknown as readonly Evaluated<Type>[];

/** The physical names of everything, by type and logical name. */
export const physicalNames = (plan: StackPlan, type: ResourceType): string[] =>
  allResources(plan).flatMap((resource) => (resource.type === type ? (physicalNameOf(resource) ?? []) : []));

/** What AWS will call it; where Pulumi makes the name up, that name without its suffix. */
export const physicalNameOf = ({ inputs, name, autoNamed }: PlannedResource): string | undefined =>
  "name" in inputs ? String(inputs.name) : autoNamed === true ? name : undefined;

/** Every marker `{ $ref }` anywhere inside a value. */
export function refsIn(value: unknown): { $ref: string; output: string }[] {
  if (value === null || typeof value !== "object") return [];
  if ("$ref" in value) return [value as { $ref: string; output: string }];
  return Object.values(value).flatMap(refsIn);
}
