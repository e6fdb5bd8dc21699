import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { parse } from "yaml";
import { hasErrors, sortIssues, type Issue } from "../contract/issue";
import type { StackOutputs } from "../contract/outputs";
import type { StackPlan } from "../contract/plan";
import type { Json } from "../contract/json";
import { runtimeNames } from "../contract/runtimes";
import { loadRegistry, planStack } from "../planning";
import type { ResolvedModel, StackFacts } from "../planning/types";
import { readRegistry } from "../registry/read";
import { readStackFacts } from "../registry/stack-facts";
import { loopbackClients } from "./engine/loopback";
import type { KeptResource } from "./engine/resources";
import type { AlarmDefinition } from "./metrics/alarms";
import { LocalSageMaker } from "./server/sagemaker";
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
  /** 0: any free port. */
  readonly port: number;
  readonly environment: { readonly [name: string]: string | undefined };
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
  const { root, stack, port, environment } = options;
  const startedAtMs = Date.now();
  const { plan, facts, models, warnings } = planned(root, stack);
  // The engine is by far the longest import; it and the container's build need not wait for each other.
  const engine = import("./engine/engine.js");
  const building = buildContainer(root);
  await Promise.all([building, engine]);

  let outputs: StackOutputs | undefined;
  let resources: readonly KeptResource[] = [];
  const state = ({ context, metrics }: LocalSageMaker): StateView =>
    stateView({
      plan,
      resolved: models,
      monthlyBudget: facts.monthlyBudget,
      endpoints: context.endpoints,
      metrics,
      alarms: alarmsOf(resources),
      startedAtMs,
      nowMs: Date.now(),
    });
  const sagemaker = await LocalSageMaker.start({
    port,
    region: facts.region,
    image: { script: [path.join(root, "container", "dist", "serve.cjs"), "serve"], runtimes: containerRuntimes(root) },
    artifacts: path.join(root, "registry", "demo"),
    environment,
    outputs: () => outputs,
    state,
  });

  const clients = loopbackClients(sagemaker.url, facts.region);
  try {
    const { runProgram } = await engine;
    const result = await runProgram({
      program: () => require(path.join(root, "index.ts")) as object,
      project: projectName(root),
      stack,
      region: facts.region,
      config: stackConfig(root, stack),
      control: clients.control,
    });
    resources = result.resources;
    outputs = result.outputs as unknown as StackOutputs;
    return { plan, facts, models, warnings, sagemaker, outputs, resources, state: () => state(sagemaker), close: () => sagemaker.close() };
  } catch (error) {
    await sagemaker.close();
    throw error;
  } finally {
    clients.control.destroy();
    clients.runtime.destroy();
  }
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

/** Bundles `container/` as the image's build does; under a second. */
async function buildContainer(root: string): Promise<void> {
  await promisify(execFile)(process.execPath, [path.join(root, "container", "build.mjs")], { cwd: root });
}

/** The runtimes that the container of this checkout has: each is a folder there. */
function containerRuntimes(root: string): string[] {
  const folders = readdirSync(path.join(root, "container", "src", "runtimes"), { withFileTypes: true });
  const names = new Set<string>(runtimeNames);
  return folders.filter((entry) => entry.isDirectory() && names.has(entry.name)).map(({ name }) => name);
}

function projectName(root: string): string {
  return String((parse(readFileSync(path.join(root, "Pulumi.yaml"), "utf8")) as { readonly name: unknown }).name);
}

/** Read again as plain config for the program, exactly as the Pulumi CLI would hand it over. */
function stackConfig(root: string, stack: string): { readonly [key: string]: Json } {
  const document = parse(readFileSync(path.join(root, `Pulumi.${stack}.yaml`), "utf8")) as { readonly config?: { readonly [key: string]: Json } };
  return document.config ?? {};
}

function alarmsOf(resources: readonly KeptResource[]): AlarmDefinition[] {
  return resources.filter(({ type }) => type === "aws:cloudwatch/metricAlarm:MetricAlarm").map(({ inputs }) => inputs as unknown as AlarmDefinition);
}
