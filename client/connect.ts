import type { SageMakerRuntimeClientConfig } from "@aws-sdk/client-sagemaker-runtime";
import type { EnvironmentOutputs, ModelOutputs, StackOutputs } from "../contract/outputs";
import { callModel, type Answer, type CallOptions } from "./call";
import { submit, type AsyncHandle } from "./async-handle";
import { SageMakerRuntime, type Target } from "./endpoint";
import { environmentTransport } from "./environment";
import { SlipwayError } from "./error";
import { Failover, type FailoverOptions } from "./failover";
import { contracts as ownContracts, type Models } from "./models.gen";
import { Objects } from "./objects";
import { Queue } from "./queue";
import { openStream, readStream, type Streamed } from "./stream";
import type { Transport } from "./transport";
import { checkOutputs, fetchLocalOutputs, mainEndpointOf, readOutputsFile } from "./outputs";
import { secretsManager, Tokens, type TokenProvider } from "./token";

/** Calls one model. */
export interface ModelClient<Request, Response, Version extends string = never> {
  /**
   * Sends one request and returns the model's answer.
   *
   * @throws SlipwayError and nothing else
   */
  invoke(request: Request, options?: CallOptions<Version>): Promise<Response>;
  /** The same, with the variant that answered, the attempts and the time it took. */
  answer(request: Request, options?: CallOptions<Version>): Promise<Answer<Response>>;
  /**
   * Sends up to 256 requests at once and gives each answer as it becomes ready, in the order of the requests. A request
   * that fails is an `error` in its place, and the others go on. Attempts are repeated, and a fallback asked, until the
   * first answer; `timeoutMs` is for all of them. Leaving the loop hangs up, and nothing more is computed.
   *
   * @example
   *   for await (const { index, response, error } of models["velib-lstm"].invokeStream(requests)) …
   *
   * @throws SlipwayError and nothing else; `not-streamed` where the model is served by a queue, or beside others
   */
  invokeStream(requests: readonly Request[], options?: CallOptions<Version>): AsyncIterable<Streamed<Response>>;
  /**
   * Puts a request into the model's queue and comes back at once, for a model that is served asynchronously
   * (`invoke` of such a model does the same and waits).
   *
   * @throws SlipwayError and nothing else; `not-queued` where the model has no queue
   */
  invokeAsync(request: Request, options?: CallOptions): Promise<AsyncHandle<Response>>;
}

/** A client per model, by the model's name. */
export type Connection<Types extends ModelTypes<Types>> = {
  readonly [Name in keyof Types]: ModelClient<Types[Name]["request"], Types[Name]["response"], TargetOf<Types[Name]>>;
};

/** The versions that a model can be asked for by name. */
type TargetOf<Type> = Type extends { readonly target: infer Version extends string } ? Version : never;

type ModelTypes<Types> = { [Name in keyof Types]: { readonly request: unknown; readonly response: unknown } };

/** What `slipway types` writes as `contracts`: the contract each model's types came from. */
export type Contracts<Types> = { readonly [Name in keyof Types]: { readonly sha256: string; readonly types?: Types[Name] } };

/** Where the models are: exactly one of `local` and `outputs`. */
export type ConnectOptions<Types> = ({ readonly local: string | URL } | { readonly outputs: StackOutputs | string | URL }) & {
  /** From the file that `npx slipway types --out` wrote, for a program outside this repository. */
  readonly contracts?: Contracts<Types>;
  /** Settings for the AWS SDK. The region comes from the outputs, credentials from the SDK's default chain. */
  readonly aws?: SageMakerRuntimeClientConfig;
  /** Where the tokens of Beanstalk environments come from. Default: AWS Secrets Manager, by the ARN in the outputs. */
  readonly token?: TokenProvider;
  /** When a model's fallback is called without asking its endpoint first. */
  readonly failover?: FailoverOptions;
  /** What to do at the first call of a model deployed with another contract than the types'. Default `warn`, once. */
  readonly onContractMismatch?: "warn" | "error" | "ignore";
};

/**
 * Connects to the models of a stack.
 *
 * - `local`: a stack that `npm start` runs on this machine, `http://127.0.0.1:4010`. Needs no AWS account.
 * - `outputs`: a stack on AWS: what `pulumi stack output --json` printed, as a path or parsed.
 *
 * @example
 *   const models = await connect({ local: "http://127.0.0.1:4010" });
 *   const { predictions } = await models["velib-lstm"].invoke(request, { timeoutMs: 2_000 });
 *
 * @throws SlipwayError `outputs-unreadable`, `outputs-invalid` or `option-invalid`
 */
export async function connect<Types extends ModelTypes<Types> = Models>(
  options: ConnectOptions<Types>,
): Promise<Connection<Types>> {
  const { outputs, url } = await locate(options);
  const contracts: { readonly [name: string]: { readonly sha256: string } } = options.contracts ?? ownContracts;
  const runtimes = new Map<string, SageMakerRuntime>();
  const runtimeOf = (region: string): SageMakerRuntime => {
    const known = runtimes.get(region);
    if (known !== undefined) return known;
    const runtime = new SageMakerRuntime({ region, url, aws: options.aws });
    runtimes.set(region, runtime);
    return runtime;
  };

  const tokens = new Tokens(options.token ?? secretsManager({ url, aws: options.aws }));
  const stores = new Map<string, Objects>();
  const objectsOf = (region: string): Objects => {
    const objects = stores.get(region) ?? new Objects({ region, url, aws: options.aws });
    stores.set(region, objects);
    return objects;
  };
  /** The queue before a model's endpoint, and how long a call of it waits by itself; undefined where it has none. */
  const queueOf = (name: string, model: ModelOutputs, callOptions: CallOptions) => {
    const { async: queue } = model.serving;
    if (queue === undefined) return undefined;
    if (callOptions.variant !== undefined) throw new SlipwayError("option-invalid", "variant is not for a model behind a queue: which one answers is the queue's choice", { model: name });
    // After that nothing can come any more: the request has expired, or its time to work is over.
    const timeoutMs = callOptions.timeoutMs ?? 1000 * (queue.invocation.requestTtlSeconds + queue.invocation.timeoutSeconds);
    return { queue: new Queue(runtimeOf(model.region), objectsOf(model.region), queue), options: { ...callOptions, timeoutMs } };
  };

  // A model that has types and is not in the stack gets a client too, whose calls say so.
  const names = new Set([...Object.keys(contracts), ...Object.keys(outputs.models)]);
  const clients = [...names].map((name) => {
    let checked = false;
    const check = (model: ModelOutputs): void => {
      if (checked) return;
      compareContracts(name, model, contracts[name]?.sha256, options.onContractMismatch ?? "warn");
      checked = true;
    };
    const failover = new Failover(options.failover);
    /** Asks the endpoint, or the environment, or the one behind the other. */
    const reach = async <Result>(callOptions: CallOptions, ask: (transport: Transport, options: CallOptions) => Promise<Result>): Promise<Result> => {
      const model = deployed(outputs, name);
      const { region, fallback, serving } = model;
      const main = mainEndpointOf(model);
      // Who names a version, or finds no other endpoint, asks the one that holds them all.
      const target = callOptions.target !== undefined || main === undefined ? targetOf(name, model, callOptions.target) : undefined;
      const endpoint = target === undefined ? main : serving.multiModel;
      if (endpoint === undefined && serving.beanstalk === undefined) throw notServed(outputs, name);
      requireVariant(name, endpoint ?? ofEnvironment(serving.beanstalk!), callOptions.variant);
      check(model);
      const within = (environment: EnvironmentOutputs, servedBy: "environment" | "fallback"): Promise<Result> => ask(environmentTransport({ environment, region, tokens, servedBy }), callOptions);
      if (endpoint === undefined) return within(serving.beanstalk!, "environment");
      const queued = target === undefined ? queueOf(name, model, callOptions) : undefined;
      const direct = (): Promise<Result> => (queued === undefined ? ask(runtimeOf(region).endpoint(endpoint.endpointName, target), callOptions) : ask(queued.queue, queued.options));
      // Who asks for a variant or a version by name wants that one or none.
      const named = callOptions.variant !== undefined || (callOptions.target ?? fallback?.version) !== fallback?.version;
      if (fallback === undefined || named) return direct();
      return failover.answer(direct, () => within(fallback, "fallback"));
    };
    const answer = (request: unknown, callOptions: CallOptions = {}): Promise<Answer<unknown>> => reach(callOptions, (transport, its) => callModel(transport, name, request, its));
    async function* invokeStream(requests: readonly unknown[], callOptions: CallOptions = {}): AsyncGenerator<Streamed<unknown>> {
      const startedAt = performance.now();
      const opened = await reach(callOptions, (transport, its) => openStream(transport, name, requests, its));
      yield* readStream(opened, requests.length, callOptions, startedAt);
    }
    const invoke = async (request: unknown, callOptions?: CallOptions): Promise<unknown> => (await answer(request, callOptions)).response;
    const invokeAsync = async (request: unknown, callOptions: CallOptions = {}): Promise<AsyncHandle<unknown>> => {
      const model = deployed(outputs, name);
      const queued = queueOf(name, model, callOptions);
      if (queued === undefined) throw new SlipwayError("not-queued", `the stack ${outputs.stack} serves it without a queue`, { model: name });
      check(model);
      return submit(queued.queue, name, request, callOptions, queued.options.timeoutMs);
    };
    return [name, Object.freeze({ invoke, answer, invokeAsync, invokeStream })] as const;
  });
  return Object.freeze(Object.fromEntries(clients)) as Connection<Types>;
}

async function locate(options: {
  readonly local?: string | URL;
  readonly outputs?: StackOutputs | string | URL;
}): Promise<{ outputs: StackOutputs; url?: string }> {
  const { local, outputs } = options;
  if ((local === undefined) === (outputs === undefined)) {
    throw new SlipwayError("option-invalid", "connect takes exactly one of local and outputs");
  }
  if (local !== undefined) {
    const url = URL.canParse(String(local)) ? new URL(String(local)) : undefined;
    if (url === undefined || !["http:", "https:"].includes(url.protocol)) {
      throw new SlipwayError("option-invalid", `local is "${String(local)}"; it must be an address like http://127.0.0.1:4010`);
    }
    return { outputs: await fetchLocalOutputs(url), url: url.origin };
  }
  if (typeof outputs === "string" || outputs instanceof URL) return { outputs: await readOutputsFile(outputs) };
  return { outputs: checkOutputs(outputs, "outputs") };
}

function deployed(outputs: StackOutputs, name: string): ModelOutputs {
  const model = Object.hasOwn(outputs.models, name) ? outputs.models[name] : undefined;
  if (model !== undefined) return model;
  const known = Object.keys(outputs.models).sort().join(", ");
  throw new SlipwayError("unknown-model", `the stack ${outputs.stack} has no such model; it has ${known === "" ? "none" : known}`, {
    model: name,
  });
}

const notServed = (outputs: StackOutputs, model: string): SlipwayError => new SlipwayError("not-served", `the stack ${outputs.stack} has no endpoint for it`, { model });

/** An environment as far as variants go: it serves one version. */
const ofEnvironment = ({ environmentName, version }: EnvironmentOutputs) => ({ endpointName: environmentName, variants: [version] });

/** Which version is asked, where versions share an endpoint: the one that is named, else the one that has the traffic. */
function targetOf(name: string, { serving: { multiModel }, version }: ModelOutputs, asked: string | undefined): Target | undefined {
  if (multiModel === undefined && asked === undefined) return undefined;
  const { targets = {}, endpointName: endpoint } = multiModel ?? {};
  const chosen = asked ?? version;
  const key = Object.hasOwn(targets, chosen) ? targets[chosen] : undefined;
  if (key !== undefined) return { version: chosen, key };
  const known = Object.keys(targets).sort().join(", ");
  const message = multiModel === undefined ? `its versions share no endpoint, so none can be asked for by name` : `there is no version "${chosen}" behind its endpoint; there is ${known}`;
  throw new SlipwayError("unknown-target", message, { model: name, ...(endpoint === undefined ? {} : { endpoint }) });
}

function requireVariant(
  model: string,
  { endpointName: endpoint, variants }: { endpointName: string; variants: readonly string[] },
  variant: string | undefined,
): void {
  if (variant === undefined || variants.includes(variant)) return;
  const message = `there is no variant "${variant}"; there is ${variants.join(", ")}`;
  throw new SlipwayError("unknown-variant", message, { model, endpoint, variant });
}

function compareContracts(name: string, model: ModelOutputs, expected: string | undefined, policy: "warn" | "error" | "ignore"): void {
  if (expected === undefined || expected === model.contractSha256 || policy === "ignore") return;
  const short = (sha256: string): string => sha256.slice(0, 12);
  const message = `deployed with the contract ${short(model.contractSha256)}…, its types come from ${short(expected)}…`;
  const error = new SlipwayError("contract-mismatch", message, { model: name });
  if (policy === "error") throw error;
  process.emitWarning(`${error.message}. ${error.hint}`, { type: "SlipwayWarning", code: "contract-mismatch" });
}
