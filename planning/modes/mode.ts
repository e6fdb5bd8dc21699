import type { CostLine } from "../../contract/plan";
import type { JsonSchema } from "../../contract/json";
import type { AsyncOutputs, BatchOutputs, EndpointOutputs, EnvironmentOutputs, MultiModelOutputs } from "../../contract/outputs";
import type { Planned, PlannedResource } from "../../contract/resources";
import type { ModeName } from "../../contract/runtimes";
import type { AlarmName } from "../alarm-defaults";
import type { StoredData } from "../data-bucket";
import type { Statement } from "../iam";
import type { CallerNeeds } from "../invoke-policy";
import type { KeyUse } from "../key";
import type { MetricName } from "../metrics";
import type { ResolvedModel, ResolvedServing, StackFacts } from "../types";

/**
 * All that a serving mode is. A new mode is a folder with one of these and a
 * line in `modes/index.ts`; schema, docs, plan, cost and the conformance suite
 * take everything from here.
 */
export interface ServingMode {
  readonly name: ModeName;
  /** One sentence for the docs and the schema. */
  readonly summary: string;
  /** JSON Schema of what may stand under `serving.<mode>`; quantities carry `x-quantity` and `x-field`. */
  readonly schema: JsonSchema;
  /** Every default, as resolved. The schema and the docs are generated from it. */
  readonly defaults: ResolvedServing;
  /** A whole `serving:` fragment in YAML for the docs, accepted by the schema. */
  readonly example: string;
  /** Modes that the same model could not be served by at once: they would share an endpoint name. */
  readonly excludes: readonly ModeName[];
  /** What the schema cannot say: two fields together, tables of the service. Collects, never throws. */
  check(model: ResolvedModel, serving: ResolvedServing): readonly ModeIssue[];
  /** Pure. */
  readonly plan: (context: ModeContext) => ModePlan;
  /** One line for people: `serverless 3072 MiB · concurrency 5`. */
  summarise(model: ResolvedModel, serving: ResolvedServing): string;
}

/**
 * A mode as its author writes it, over its own resolved settings. The registry
 * of modes holds it over plain JSON: `resolve` hands each mode what the mode's
 * own schema and defaults produced, so the narrowing is made in one place.
 */
export interface ModeDefinition<Serving extends ResolvedServing> extends Omit<ServingMode, "check" | "plan" | "summarise" | "defaults"> {
  readonly defaults: Readonly<Partial<Serving>>;
  check(model: ResolvedModel, serving: Serving): readonly ModeIssue[];
  readonly plan: (context: ModeContext<Serving>) => ModePlan;
  summarise(model: ResolvedModel, serving: Serving): string;
}

export const defineMode = <Serving extends ResolvedServing>(definition: ModeDefinition<Serving>): ServingMode =>
  Object.freeze(definition) as unknown as ServingMode;

export interface ModeIssue {
  readonly code: string;
  readonly severity?: "error" | "warning";
  /** Below `serving.<mode>`; empty for the mode itself. A leading `/` starts at the document: `/traffic.v4`. */
  readonly path: string;
  readonly message: string;
  readonly hint?: string;
  readonly source?: string;
}

export interface ModeContext<Serving = ResolvedServing> {
  readonly model: ResolvedModel;
  readonly serving: Serving;
  readonly facts: StackFacts;
}

export interface ModePlan {
  /** Absent where the mode makes no SageMaker endpoint. */
  readonly endpointName?: string;
  /** The Elastic Beanstalk environment, where the mode makes one. */
  readonly environmentName?: string;
  /** In dependency order; a reference only looks back, or to the model's role (`modelNames`) or the stack's shared resources. */
  readonly resources: readonly PlannedResource[];
  /** What the model's outputs hold under `serving.<mode>`. */
  readonly outputs: Planned<EndpointOutputs | AsyncOutputs | BatchOutputs | MultiModelOutputs | EnvironmentOutputs>;
  readonly cost: readonly CostLine[];
  /** Alarms whose metrics are not an endpoint's, planned by the mode itself: their rules, and the alarms. */
  readonly ownAlarms?: { readonly kinds: readonly AlarmName[]; readonly resources: readonly PlannedResource[] };
  /** Where alarms look: one entry for each variant. */
  readonly watch: readonly WatchedVariant[];
  /** The metrics this mode publishes, so that an alarm without data cannot be planned. */
  readonly publishes: readonly MetricName[];
  /** Names of the alarms that take a rollout of its endpoint back; the model's role may read them. */
  readonly rollbackAlarms?: readonly string[];
  /** What the model's role may do in this mode, beyond what it may in all. */
  readonly grants?: readonly Statement[];
  /** What a caller may do. */
  readonly callers: CallerNeeds;
  /** What the model's role does with the stack's key. */
  readonly keyUses?: readonly KeyUse[];
  /** What it keeps in the stack's data bucket (`planning/data-bucket.ts`). */
  readonly stores?: readonly StoredData[];
  /** What only the plan could find out; an error stops the whole plan. */
  readonly issues: readonly ModeIssue[];
}

/** A variant that alarms can watch. */
export interface WatchedVariant {
  readonly variantName: string;
  /** vCPUs of its instance; undefined where the mode has none. */
  readonly vCpuCount?: number;
  /** GPUs of its instance; without one it publishes no metric of any. */
  readonly gpuCount?: number;
}
