import type { Json, JsonSchema } from "../contract/json";
import type { ModeName, RuntimeName } from "../contract/runtimes";
import type { Networks } from "./network/facts";
import type { ScalingSchedule } from "./schedules/ranges";

/** The registry as bytes: what the reader hands to planning. Nothing here has been decoded or trusted. */
export interface RegistryFiles {
  /** `registry/models/*.yaml`, sorted by path. */
  readonly descriptors: readonly RegistryFile[];
  /** Every file under `registry/contracts/`, sorted by path. */
  readonly contracts: readonly RegistryFile[];
  /** What was found of the artifacts that descriptors name in the repository; absent where nobody looked. */
  readonly artifacts?: readonly RegistryArtifact[];
}

/** An artifact in the repository, by its path as descriptors write it: `./models/v4/model.tar.gz`. */
export type RegistryArtifact = { readonly path: string; readonly sha256: string; readonly bytes: number; /** What it unpacks to, at least. */ readonly unpackedBytes: number } | { readonly path: string; readonly refused: string };

export interface RegistryFile {
  /** Relative to the repository, with `/`: `registry/models/velib-lstm.yaml`. */
  readonly path: string;
  /** The content, or why it was not read: too large, a link out of the folder, not a plain file. */
  readonly content: Uint8Array | { readonly refused: string };
}

/** What one stack says of itself (`Pulumi.<stack>.yaml`), and what the edge measured for it. */
export interface StackFacts {
  readonly stack: string;
  /** AWS region of the stack; in the facts that a model is planned with (`regions.ts`), the model's. */
  readonly region: string;
  /** Only in the facts of a model that is served elsewhere: the region of its stack. */
  readonly homeRegion?: string;
  /** US dollars; a plan that costs more at its upper end is an error. Undefined: no limit. */
  readonly monthlyBudget?: number;
  /**
   * What the account pays where no public price is on record. US dollars for a gigabyte of serverless memory kept warm
   * for a second, in every region of the stack.
   */
  readonly prices?: { readonly provisionedConcurrency: number };
  /** Whether what callers and data depend on is kept from being deleted or replaced by mistake. Undefined: no. */
  readonly protect?: boolean;
  /** E-mail addresses told of alarms. */
  readonly alarmEmails: readonly string[];
  /** Networks by region. A region without one runs models in a network of SageMaker's and instances in its default VPC. */
  readonly networks?: Networks;
  /** ARNs of the owner's keys by region; a region without one gets a key of Slipway's. */
  readonly keys?: { readonly [region: string]: string };
  /** sha256 over the sources that the inference image is built from: part of every immutable name. */
  readonly imageSourceSha256: string;
  /** The day of the plan, `YYYY-MM-DD`: only for warning about stale price rows. */
  readonly today: string;
}

export interface Position {
  readonly line: number;
  readonly column: number;
}

/** A descriptor for one environment: overlay merged, defaults filled, quantities in canonical numbers. */
export interface ResolvedModel {
  readonly name: string;
  readonly description: string;
  readonly owner: string;
  readonly environment: string;
  /** AWS region that serves it; null: the stack's. */
  readonly region: string | null;
  readonly runtime: RuntimeName | null;
  /** A container of the owner's own, pinned by digest, instead of a runtime. */
  readonly container: { readonly image: string } | null;
  readonly contract: ResolvedContract;
  /** Every version in the descriptor, by name. */
  readonly versions: { readonly [version: string]: ResolvedVersion };
  /** Settings of the runtime, defaults filled in. */
  readonly settings: { readonly [name: string]: Json };
  /** By version name; weights as written (a share is weight / sum). */
  readonly traffic: readonly TrafficShare[];
  /** Modes declared for this environment, each with its resolved settings. */
  readonly serving: { readonly [Mode in ModeName]?: ResolvedServing };
  readonly alarms: ResolvedAlarms;
  /** Which of them the descriptor itself asks for; the rest are defaults. */
  readonly writtenAlarms: readonly (keyof ResolvedAlarms)[];
  /** A version that gets copies of requests and whose answers nobody sees; null where there is none. */
  readonly shadow: { readonly version: string; readonly percent: number } | null;
  /** How its endpoint moves to another config; null where the descriptor does not say. */
  readonly rollout: ResolvedRollout | null;
  /** The environment behind the endpoint, with the settings of its mode; null where there is none. */
  readonly fallback: { readonly beanstalk?: ResolvedServing } | null;
  readonly file: string;
  /** Where a dotted path was written; the nearest ancestor where the path itself was not. */
  readonly locate: (path: string) => Position;
}

export interface ResolvedVersion {
  readonly artifact: string;
  readonly sha256: string;
  /** ARN of the owner's key that the artifact is encrypted with; absent where it is none of the owner's. */
  readonly kmsKey?: string;
  /** Most memory that a container holds while it serves the version; absent where nobody measured it. */
  readonly memoryMiB?: number;
}

/** A mode's resolved settings: canonical numbers, units in the field names. */
export type ResolvedServing = { readonly [field: string]: Json };

export interface TrafficShare {
  readonly version: string;
  readonly weight: number;
  /** Where this variant differs from the mode's own settings. */
  readonly instanceType?: string;
  readonly instances?: number;
  /** A range of its own; the mode's targets and cooldowns stay. */
  readonly scaling?: { readonly min?: number; readonly max: number; readonly schedule?: ScalingSchedule };
}

export interface ResolvedContract {
  readonly file: string;
  /** sha256 of the contract's JSON with sorted keys. */
  readonly sha256: string;
  readonly request: JsonSchema;
  readonly response: JsonSchema;
  readonly examples: readonly ContractExample[];
}

export interface ContractExample {
  readonly name: string;
  readonly request: Json;
  readonly response: Json;
}

/** Alarm thresholds in the metric's own unit; null where the descriptor turns the alarm off. */
export interface ResolvedAlarms {
  /** ModelLatency. */
  readonly latency: AlarmRule<"thresholdMicroseconds"> | null;
  /** Invocation5XXErrors, or InvocationFailures behind a queue, counted per period. */
  readonly serverErrors: AlarmRule<"thresholdCount"> | null;
  /** Invocation4XXErrors, counted per period. */
  readonly clientErrors: AlarmRule<"thresholdCount"> | null;
  /** CPUUtilization, percent of the whole instance (0–100); the planner multiplies by the vCPU count. */
  readonly cpu: AlarmRule<"thresholdPercent"> | null;
  /** MemoryUtilization, 0–100. */
  readonly memory: AlarmRule<"thresholdPercent"> | null;
  /** ApproximateAgeOfOldestRequest: how long the first in the queue has waited. */
  readonly backlogAge: AlarmRule<"thresholdSeconds"> | null;
  /** GPUUtilization, percent of all GPUs of the instance (0–100); the planner multiplies by their count. */
  readonly gpu: AlarmRule<"thresholdPercent"> | null;
  /** ModelSetupTime: how long a serverless container took to come up. */
  readonly coldStart: AlarmRule<"thresholdMicroseconds"> | null;
  /** ServerlessProvisionedConcurrencySpilloverInvocations: requests that found no container kept warm. */
  readonly spillover: AlarmRule<"thresholdCount"> | null;
  /** ServerlessProvisionedConcurrencyUtilization, percent of the containers kept warm (0–100); the metric is a share. */
  readonly provisionedUse: AlarmRule<"thresholdPercent"> | null;
  /** ModelLoadingWaitTime: how long a request waited until its version was in memory. */
  readonly loadingWait: AlarmRule<"thresholdMicroseconds"> | null;
  /** ExpiredRequests, counted per period: they waited longer than their time to live. */
  readonly expiredRequests: AlarmRule<"thresholdCount"> | null;
}

export type AlarmRule<Threshold extends string> = { readonly [Key in Threshold]: number } & {
  readonly statistic: string;
  readonly periodSeconds: number;
  readonly evaluationPeriods: number;
  readonly datapointsToAlarm: number;
};

/** How an endpoint moves to another config (SageMaker's deployment guardrails). */
export interface ResolvedRollout {
  readonly strategy: RolloutStrategy;
  /** The canary, the step or the batch: percent of the instances. 100 where all move at once. */
  readonly sizePercent: number;
  /** After each shift, and after the last, while the rollback alarms are watched. */
  readonly waitSeconds: number;
  /** How long the old instances stay after the last wait. */
  readonly terminationWaitSeconds: number;
  /** The rollout is taken back when it takes longer. */
  readonly maximumExecutionSeconds: number;
}

export type RolloutStrategy = "allAtOnce" | "canary" | "linear" | "rolling";
