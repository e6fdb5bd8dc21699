import type { Issue } from "./issue";
import type { StackOutputs } from "./outputs";
import type { ModeName, RuntimeName } from "./runtimes";
import type { PlannedResource, Planned } from "./resources";

/**
 * Everything the components will create for one stack: pure data, frozen,
 * sorted, JSON-safe. The same descriptors and facts give the same bytes.
 */
export interface StackPlan {
  readonly planVersion: 1;
  readonly stack: string;
  /** The stack's own region: where its outputs and its dashboard are, and every model that names no other. */
  readonly region: string;
  /** By name. */
  readonly models: readonly ModelPlan[];
  /** What models share, region by region: the inference image, the alarm topic, the data bucket; and the dashboard. In dependency order. */
  readonly shared: readonly PlannedResource[];
  /** What the stack exports; references stand where AWS decides. */
  readonly outputs: Planned<StackOutputs>;
  readonly cost: CostSummary;
  /** Warnings that a person should read before `pulumi up`. */
  readonly warnings: readonly Issue[];
}

export interface ModelPlan {
  readonly name: string;
  readonly description: string;
  readonly owner: string;
  /** The AWS region that it is served in. */
  readonly region: string;
  readonly runtime: RuntimeName | null;
  /** Version → share of the traffic, 0–1; they add up to 1. */
  readonly traffic: { readonly [version: string]: number };
  /** How each declared mode fares. */
  readonly serving: readonly ServingPlan[];
  /** What stands behind the endpoint; absent where nothing does. */
  readonly fallback?: Omit<ServingPlan, "mode">;
  /** In dependency order; a reference only looks back, or to the stack's shared resources. */
  readonly resources: readonly PlannedResource[];
  readonly alarms: readonly string[];
  readonly cost: CostSummary;
}

export interface ServingPlan {
  readonly mode: ModeName;
  /** False for a mode that the descriptor may declare and no plan exists for yet: nothing is created. */
  readonly planned: boolean;
  /** One line for people: `serverless 3072 MiB · concurrency 5`. */
  readonly summary: string;
  /** Physical name of the endpoint, for the modes that have one. */
  readonly endpointName?: string;
  /** Name of the Elastic Beanstalk environment, where it has one. */
  readonly environmentName?: string;
}

/** US dollars for a month of 730 hours, before tax and free tier. */
export interface CostSummary {
  /** What is paid whatever the load. */
  readonly fixedMonthly: number;
  /** With every scaling range at its upper end and the stated load served. */
  readonly maximumMonthly: number;
  readonly lines: readonly CostLine[];
}

export interface CostLine {
  /** `instances ml.c5.large × 1`, `alarm metrics × 5`. */
  readonly item: string;
  readonly fixedMonthly: number;
  readonly maximumMonthly: number;
  /** The arithmetic, for people: `0.102 $/h × 730 h × 1–4`. */
  readonly basis: string;
}
