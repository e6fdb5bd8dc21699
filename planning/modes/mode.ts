import type { CostLine, ServingPlan } from "../../contract/plan";
import type { JsonSchema } from "../../contract/json";
import type { PlannedResource } from "../../contract/resources";
import type { ModeName } from "../../contract/runtimes";
import type { ResolvedModel, ResolvedServing, StackFacts } from "../types";
import type { MetricName } from "../metrics";

/**
 * All that a serving mode is. A new mode is a folder with one of these and a
 * line in `modes/index.ts`; schema, docs, plan, cost and the conformance suite
 * take everything from here.
 */
export interface ServingMode<Serving extends ResolvedServing = ResolvedServing> {
  readonly name: ModeName;
  /** One sentence for the docs and the schema. */
  readonly summary: string;
  /** JSON Schema of what may stand under `serving.<mode>`; quantities carry `format` and `x-quantity`. */
  readonly schema: JsonSchema;
  /** Every default, as resolved. The schema and the docs are generated from it. */
  readonly defaults: Readonly<Partial<Serving>>;
  /** A whole `serving:` fragment in YAML for the docs, accepted by the schema. */
  readonly example: string;
  /** Modes that the same endpoint name could not carry at once. */
  readonly excludes: readonly ModeName[];
  /** What the schema cannot say: two fields together, tables of the service. Collects, never throws. */
  check(model: ResolvedModel, serving: Serving): ModeIssue[];
  /** Pure. Undefined: the mode may be declared, and nothing is planned for it yet. */
  readonly plan?: (context: ModeContext<Serving>) => ModePlan;
}

export interface ModeIssue {
  readonly code: string;
  readonly severity?: "error" | "warning";
  /** Below `serving.<mode>`; empty for the mode itself. */
  readonly path: string;
  readonly message: string;
  readonly hint?: string;
  readonly source?: string;
}

export interface ModeContext<Serving extends ResolvedServing> {
  readonly model: ResolvedModel;
  readonly serving: Serving;
  readonly facts: StackFacts;
}

export interface ModePlan {
  readonly summary: ServingPlan["summary"];
  readonly endpointName: string;
  readonly resources: readonly PlannedResource[];
  /** What the model's outputs hold under `serving.<mode>`. */
  readonly outputs: unknown;
  readonly cost: readonly CostLine[];
  /** The metrics this mode publishes, so that an alarm without data cannot be planned. */
  readonly publishes: readonly MetricName[];
}
