import { join } from "node:path";
import { Dispatcher } from "./core/dispatcher";
import { WorkerEngine } from "./core/engine";
import { messageOf, StartError } from "./core/failure";
import { createLog, type Log } from "./core/log";
import { readSpec } from "./core/spec";
import { runtimes } from "./runtimes";

/** Exit codes, from sysexits.h: what to mend is not the same person's work. */
const EXIT = { drained: 0, drainTooSlow: 1, usage: 64, artifact: 65, software: 70, spec: 78 } as const;

const DEFAULT_PORT = 8080;
const DEFAULT_MODEL_DIRECTORY = "/opt/ml/model";
/** Requests that wait. A second's worth for a model that answers in milliseconds; beyond that an early no is kinder. */
const QUEUE_PLACES = 64;
/** SageMaker sends SIGKILL 30 s after SIGTERM (https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-inference-code.html). */
const DRAIN_LIMIT_MS = 25_000;

async function serve(environment: NodeJS.ProcessEnv): Promise<void> {
  const log = createLog(environment.SLIPWAY_LOG_LEVEL, {});
  const fatal = (error: unknown): never => end(log, error);
  process.on("uncaughtException", fatal);
  process.on("unhandledRejection", fatal);

  const spec = readSpec(environment, Object.keys(runtimes));
  const { model, version, runtime } = spec;
  log.setBindings({ model, version });
  log.info({ event: "starting", runtime, artifact: spec.artifact, contractSha256: spec.contractSha256 });

  // The worker loads the model while this thread loads the HTTP server.
  const engine = new WorkerEngine({
    workerFile: join(__dirname, "worker.cjs"),
    start: { runtime, version, settings: spec.settings, modelDirectory: environment.SLIPWAY_MODEL_DIR ?? DEFAULT_MODEL_DIRECTORY },
    log,
    onFatal: fatal,
  });
  const dispatcher = new Dispatcher(engine, { places: QUEUE_PLACES, timeoutMs: spec.limits.timeoutSeconds * 1000 });

  const [{ createServer }, { compileValidator }] = await Promise.all([import("./http/server.js"), import("./core/validation.js")]);
  let draining = false;
  const app = createServer({ dispatcher, validate: compileValidator(spec.request), maxBodyBytes: spec.limits.maxBodyBytes, log, draining: () => draining });

  const drain = (reason: string): void => {
    if (draining) return;
    draining = true;
    log.info({ event: "draining", reason });
    setTimeout(() => {
      log.error({ event: "drain-too-slow", afterMs: DRAIN_LIMIT_MS });
      process.exit(EXIT.drainTooSlow);
    }, DRAIN_LIMIT_MS).unref();
    void Promise.all([app.close(), dispatcher.drain()])
      .then(() => engine.stop())
      .then(() => {
        log.info({ event: "drained" });
        process.exit(EXIT.drained);
      });
  };
  process.on("SIGTERM", () => drain("SIGTERM"));
  process.on("SIGINT", () => drain("SIGINT"));
  process.on("disconnect", () => drain("parent gone"));

  await app.listen({ host: environment.SLIPWAY_HOST ?? "0.0.0.0", port: Number(environment.SAGEMAKER_BIND_TO_PORT ?? DEFAULT_PORT) });
  const { port } = app.server.address() as { port: number };
  log.info({ event: "listening", port });
  process.send?.({ type: "listening", port });
}

/** Says why in the log, to a parent process where there is one, and leaves. */
function end(log: Log, error: unknown): never {
  const code = error instanceof StartError ? error.code : "unexpected";
  const message = messageOf(error);
  log.fatal({ event: "cannot-serve", code, message, stack: error instanceof StartError ? undefined : (error as Error).stack });
  process.send?.({ type: "failed", code, message });
  process.exit(exitCodeOf(code));
}

function exitCodeOf(code: string): number {
  if (code.startsWith("spec-") || code === "runtime-unknown") return EXIT.spec;
  if (code.startsWith("artifact-")) return EXIT.artifact;
  return EXIT.software;
}

if (process.argv[2] === "serve") {
  serve(process.env).catch((error: unknown) => end(createLog(process.env.SLIPWAY_LOG_LEVEL, {}), error));
} else {
  process.stderr.write("usage: node serve.cjs serve\n");
  process.exit(EXIT.usage);
}
