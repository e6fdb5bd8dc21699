import { join } from "node:path";
import type { Batching } from "../../contract/batching";
import { executionOf } from "./backends/backend";
import { s3Place } from "./backends/s3";
import { Dispatcher } from "./core/dispatcher";
import { WorkerEngine } from "./core/engine";
import { createLog, type Log } from "./core/log";
import { readSpec } from "./core/spec";
import { readToken } from "./core/token";
import { batchLimits } from "./core/batching";
import { processors } from "./core/processors";
import { bytesOf, handedOver } from "./core/work";
import { leaveRoot } from "./leave-root";
import { runtimes } from "./runtimes";
import type { ModelRequest } from "./runtimes/runtime";
import { wires } from "./runtimes/wires";
import { EXIT, Shutdown } from "./shutdown";

const DEFAULT_PORT = "8080";
const DEFAULT_HOST = "0.0.0.0";
const DEFAULT_MODEL_DIRECTORY = "/opt/ml/model";
/** Requests that wait beside the one that is computed; beyond that an early no is kinder than a late one. */
const QUEUE_PLACES = 64;
const LEAST_REQUEST_TIMEOUT_MS = 30_000;

/** Wires the layers, in the order that answers soonest: the worker loads the model while this thread loads the HTTP server. */
async function serve(environment: NodeJS.ProcessEnv, log: Log, shutdown: Shutdown): Promise<void> {
  const spec = readSpec(environment, Object.keys(runtimes));
  const token = readToken(environment);
  const { model, version, runtime, limits } = spec;
  const wire = wires[runtime];
  const cores = processors();
  // More threads than processors wait for each other; a spec does not know where it will run.
  const settings = { ...spec.settings, threads: Math.min(Number(spec.settings.threads ?? cores), cores) };
  const batching = batchLimits(spec.settings.batching as Partial<Batching> | undefined, wire.kinds);
  log.setBindings({ model, version });
  log.info({ event: "starting", runtime, artifact: spec.artifact, contractSha256: spec.contractSha256, processors: cores, threads: settings.threads });

  const modelDirectory = environment.SLIPWAY_MODEL_DIR ?? DEFAULT_MODEL_DIRECTORY;
  leaveRoot(environment, modelDirectory, log);

  const engine = new WorkerEngine<ModelRequest>({
    workerFile: join(__dirname, "worker.cjs"),
    start: { runtime, version, settings, modelDirectory, maxFileBytes: limits.maxBodyBytes, execution: executionOf(environment), s3: s3Place(environment) },
    handOver: handedOver,
    log,
    onFatal: (error) => shutdown.fail(error),
  });
  const dispatcher = new Dispatcher(engine, {
    places: QUEUE_PLACES,
    timeoutMs: limits.timeoutSeconds * 1000,
    bytesOf,
    limitsOf: (kind) => batching[kind]!,
    kindOf: ({ value }) => wire.kindOf?.(value) ?? Object.keys(wire.kinds)[0]!,
  });
  Object.assign(shutdown.parts, { engine, dispatcher });

  const [{ createServer }, { bearer }, { compileValidator }] = await Promise.all([import("./http/server.js"), import("./http/bearer.js"), import("./core/validation.js")]);
  const validate = compileValidator(spec.request);
  const app = createServer({
    dispatcher,
    validate,
    wire,
    maxBodyBytes: limits.maxBodyBytes,
    log,
    draining: () => shutdown.begun,
    together: Math.max(...Object.values(batching).map(({ maxSize }) => maxSize)),
    batch: environment.SAGEMAKER_BATCH === "true",
    requestTimeoutMs: requestTimeoutMs(limits.timeoutSeconds),
    ...(environment.SLIPWAY_ROUTES === "app" ? { appRoutes: { model, version } } : {}),
    ...(token === undefined ? {} : { authorise: bearer(token) }),
  });
  shutdown.parts.app = app;
  if (shutdown.begun) return;

  await app.listen(addressOf(environment));
  const { port } = app.server.address() as { port: number };
  log.info({ event: "listening", port });
  process.send?.({ type: "listening", port });
  void engine.whenReady().then(() => process.send?.({ type: "ready" }));
}

/** A body that takes half of the time to an answer to arrive leaves no time to compute; one of a gigabyte has that half. */
const requestTimeoutMs = (timeoutSeconds: number): number => Math.max(LEAST_REQUEST_TIMEOUT_MS, (timeoutSeconds * 1000) / 2);

/** Under `Mode: MultiModel` SageMaker says so, and then says which models to load. */
async function serveSeveral(environment: NodeJS.ProcessEnv, log: Log, shutdown: Shutdown): Promise<void> {
  const { serveMany } = await import("./serve-many.js");
  await serveMany(environment, __filename, addressOf(environment), log, shutdown);
}

function addressOf(environment: NodeJS.ProcessEnv): { readonly host: string; readonly port: number } {
  return { host: environment.SLIPWAY_HOST ?? DEFAULT_HOST, port: portOf(environment.SAGEMAKER_BIND_TO_PORT ?? DEFAULT_PORT) };
}

function portOf(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : NaN;
  if (port <= 65_535) return port;
  throw new Error(`SAGEMAKER_BIND_TO_PORT is ${JSON.stringify(text)}; it must be a port, 0 for any that is free`);
}

// onnxruntime reports its sessions to its maker and keeps an id on disk, from 1.29 on and unless
// told not to before the first session (https://github.com/microsoft/onnxruntime/pull/27379).
// It reads the process's own environment, so this must be said here and not in the worker.
process.env.ORT_DISABLE_TELEMETRY = "1";

if (process.argv[2] === "serve") {
  const log = createLog(process.env.SLIPWAY_LOG_LEVEL, {});
  const shutdown = new Shutdown(log);
  const serving = process.env.SAGEMAKER_MULTI_MODEL === "true" ? serveSeveral(process.env, log, shutdown) : serve(process.env, log, shutdown);
  serving.catch((error: unknown) => shutdown.fail(error));
} else if (process.argv[2] === "runtimes") {
  // What this image can serve, for whoever decides before starting it.
  process.stdout.write(`${JSON.stringify(Object.keys(runtimes))}\n`);
} else if (process.argv[2] === "ping") {
  void import("./http/ping.js").then(({ ping }) => ping(addressOf(process.env).port)).then((code) => process.exit(code));
} else {
  process.stderr.write("usage: node serve.cjs serve | ping | runtimes\n");
  process.exit(EXIT.usage);
}
