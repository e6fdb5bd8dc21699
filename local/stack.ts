import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { promisify } from "node:util";
import { parse } from "yaml";
import { LOCAL_PORT } from "../contract/local";
import { hasErrors, issueText, sortIssues, type Issue } from "../contract/issue";
import type { StackOutputs } from "../contract/outputs";
import type { StackPlan } from "../contract/plan";
import type { Json } from "../contract/json";
import { loadRegistry, planStack } from "../planning";
import type { ResolvedModel, StackFacts } from "../planning/types";
import { readRegistry } from "../registry/read";
import { readStackFacts } from "../registry/stack-facts";
import { backlogScaling } from "./async/scaling-of";
import { scheduledActions } from "./scaling/scheduled";
import { RegionalClients } from "./engine/loopback";
import type { LogLine } from "./engine/log";
import type { KeptResource } from "./engine/resources";
import type { AlarmDefinition } from "./metrics/alarms";
import { putExampleInput } from "./transform/example-input";
import { LocalSageMaker, type SageMakerOptions } from "./server/sagemaker";
import type { EventRule } from "./view/batch";
import { stateView, type StateView } from "./view/state";

/** The registry or the stack's file cannot be planned. */
export class RegistryProblem extends Error {
  constructor(readonly issues: readonly Issue[]) {
    super("the registry has errors");
  }
}

export interface StackOptions {
  /** The repository: where registry/, container/ and index.ts are. */
  readonly root: string;
  readonly stack: string;
  /** 0: any free port; undefined: the usual one, or any free one where that is taken. */
  readonly port?: number;
  readonly environment: { readonly [name: string]: string | undefined };
  /** How fast queues are scaled. */
  readonly scaling?: SageMakerOptions["scaling"];
  /** Gives the start up: what was started is stopped again, and `bringUp` rejects. */
  readonly signal?: AbortSignal;
}

/** A whole stack, up on this machine. */
export interface RunningStack {
  readonly plan: StackPlan;
  readonly facts: StackFacts;
  readonly models: readonly ResolvedModel[];
  readonly warnings: readonly Issue[];
  readonly sagemaker: LocalSageMaker;
  readonly outputs: StackOutputs;
  readonly resources: readonly KeptResource[];
  /** What the program logged, beyond the plan's own warnings. */
  readonly log: readonly LogLine[];
  /** What the page shows, now. */
  state(): StateView;
  close(): Promise<void>;
}

/**
 * Plans a stack and brings it up: container code built, local SageMaker
 * listening, the real `index.ts` run by the embedded engine. Throws
 * `RegistryProblem` before anything is started; on any later failure what was
 * started is stopped again.
 */
export async function bringUp(options: StackOptions): Promise<RunningStack> {
  const { root, stack, port, environment, scaling, signal } = options;
  const startedAtMs = Date.now();
  const { plan, facts, models, warnings } = planned(root, stack);
  // The engine is by far the longest import; it and the container's build need not wait for each other.
  const engine = import("./engine/engine.js");
  const building = buildContainer(root);
  // Both are awaited below; a failure before that must not count as unhandled.
  for (const promise of [engine, building]) promise.catch(() => undefined);

  let outputs: StackOutputs | undefined;
  let resources: readonly KeptResource[] = [];
  const state = ({ regions, metrics, queues, environments, scheduler }: LocalSageMaker): StateView =>
    stateView({
      plan,
      resolved: models,
      monthlyBudget: facts.monthlyBudget,
      endpoints: regions,
      queues,
      environments,
      scheduler,
      transforms: { all: regions.all.flatMap(({ transforms }) => transforms?.all ?? []) },
      metrics,
      alarms: alarmsOf(resources).map(({ alarm }) => alarm),
      rules: rulesOf(resources),
      startedAtMs,
      nowMs: Date.now(),
    });
  const sagemaker = await listening(port, {
    region: facts.region,
    image: { script: [containerScript(root), "serve"], runtimes: building },
    artifacts: path.join(root, "registry", "demo"),
    environment,
    scaling,
    outputs: () => outputs,
    models,
    state,
  });

  const clients = new RegionalClients(sagemaker.url);
  const giveUp = () => void sagemaker.close();
  signal?.addEventListener("abort", giveUp, { once: true });
  try {
    await building;
    signal?.throwIfAborted();
    const { runProgram } = await engine;
    const result = await runProgram({
      program: () => createRequire(path.join(root, "index.ts"))("./index.ts") as object,
      project: projectName(root),
      stack,
      region: facts.region,
      config: stackConfig(root, stack),
      clients: (region) => ({ ...clients.in(region), root, environments: sagemaker.environments }),
    });
    resources = result.resources;
    for (const scaling of backlogScaling(resources)) sagemaker.autoscaler.register(scaling);
    for (const action of scheduledActions(resources)) sagemaker.scheduledScaling.register(action);
    for (const { alarm, region } of alarmsOf(resources)) sagemaker.regions.in(region).alarms.define(alarm);
    outputs = result.outputs as unknown as StackOutputs;
    await putExampleInput(sagemaker.objects, outputs, models);
    const known = new Set(warnings.map(issueText));
    const log = result.log.filter(({ message }) => !known.has(message));
    return { plan, facts, models, warnings, sagemaker, outputs, resources, log, state: () => state(sagemaker), close: () => sagemaker.close() };
  } catch (error) {
    await sagemaker.close();
    throw error;
  } finally {
    signal?.removeEventListener("abort", giveUp);
    clients.destroy();
  }
}

async function listening(port: number | undefined, options: Omit<SageMakerOptions, "port">): Promise<LocalSageMaker> {
  if (port !== undefined) return LocalSageMaker.start({ ...options, port });
  return LocalSageMaker.start({ ...options, port: LOCAL_PORT }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EADDRINUSE") throw error;
    return LocalSageMaker.start({ ...options, port: 0 });
  });
}

function planned(root: string, stack: string) {
  const stackFacts = readStackFacts(root, stack);
  const registry = loadRegistry(readRegistry(root), { environment: stack });
  const before = sortIssues([...stackFacts.issues, ...registry.issues]);
  if (hasErrors(before) || !stackFacts.facts) throw new RegistryProblem(before);
  const result = planStack(registry.models, stackFacts.facts);
  const issues = sortIssues([...before, ...result.issues]);
  if (hasErrors(issues) || !result.plan) throw new RegistryProblem(issues);
  return { plan: result.plan, facts: stackFacts.facts, models: registry.models, warnings: issues };
}

/** Bundles `container/` as the image's build does, and asks the result which runtimes it has; under a second. */
async function buildContainer(root: string): Promise<readonly string[]> {
  const node = (...args: string[]) => promisify(execFile)(process.execPath, args, { cwd: root });
  await node(path.join(root, "container", "build.mjs"));
  const { stdout } = await node(containerScript(root), "runtimes");
  return JSON.parse(stdout) as string[];
}

const containerScript = (root: string): string => path.join(root, "container", "dist", "serve.cjs");

function projectName(root: string): string {
  return String((parse(readFileSync(path.join(root, "Pulumi.yaml"), "utf8")) as { readonly name: unknown }).name);
}

/** Read again as plain config for the program, exactly as the Pulumi CLI would hand it over. */
function stackConfig(root: string, stack: string): { readonly [key: string]: Json } {
  const document = parse(readFileSync(path.join(root, `Pulumi.${stack}.yaml`), "utf8")) as { readonly config?: { readonly [key: string]: Json } };
  return document.config ?? {};
}

function rulesOf(resources: readonly KeptResource[]): EventRule[] {
  return resources.flatMap(({ type, inputs }) => (type === "aws:cloudwatch/eventRule:EventRule" ? [{ name: String(inputs.name), pattern: JSON.parse(String(inputs.eventPattern)) as EventRule["pattern"] }] : []));
}

function alarmsOf(resources: readonly KeptResource[]): { readonly alarm: AlarmDefinition; readonly region: string }[] {
  return resources.filter(({ type }) => type === "aws:cloudwatch/metricAlarm:MetricAlarm").map(({ inputs, region }) => ({ alarm: inputs as unknown as AlarmDefinition, region }));
}
