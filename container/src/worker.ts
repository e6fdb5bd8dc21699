import { parentPort, workerData } from "node:worker_threads";
import { loadOnnx } from "./backends/onnx";
import { openIndex } from "./backends/open-index";
import { s3Fetcher } from "./backends/s3";
import { type Artifact, openArtifact } from "./core/artifact";
import type { FromWorker, ToWorker, WorkerStart } from "./core/protocol";
import { messageOf, RequestError, StartError } from "./failure";
import { runtimes } from "./runtimes";
import type { Model, ModelRequest } from "./runtimes/runtime";

/** The thread that owns the model: a native call blocks it and nothing else. */
const port = parentPort!;
const send = (message: FromWorker, transfer: ArrayBuffer[] = []): void => port.postMessage(message, transfer);

/** Roles whose files their readers read themselves: an index may be larger than everything else. */
const ON_DISK = ["index"];

async function load(start: WorkerStart): Promise<{ model: Model; verifyMs: number; loadMs: number }> {
  const began = performance.now();
  const artifact = openArtifact(start.modelDirectory, ON_DISK);
  const { manifest } = artifact;
  if (manifest.runtime !== start.runtime) {
    throw new StartError("artifact-manifest-invalid", `slipway.json is for the runtime "${manifest.runtime}"; the spec asks for "${start.runtime}"`);
  }
  const verified = performance.now();
  const model = await build(start, artifact);
  return { model, verifyMs: verified - began, loadMs: performance.now() - verified };
}

async function build(start: WorkerStart, { take, pathOf }: Artifact): Promise<Model> {
  try {
    const log = (line: Extract<FromWorker, { type: "log" }>["line"]): void => send({ type: "log", line });
    const runtime = await runtimes[start.runtime]();
    return await runtime.load({
      version: start.version,
      settings: start.settings,
      take,
      loadOnnx: (file, options) => loadOnnx(file, { ...options, execution: start.execution, log }),
      openIndex: (role, options) => openIndex(pathOf(role), { ...options, log }),
      fetchObject: s3Fetcher(start.s3, start.maxFileBytes),
      now: Date.now,
    });
  } catch (error) {
    if (error instanceof StartError) throw error;
    throw new StartError("artifact-unloadable", messageOf(error));
  }
}

function infer(model: Model, requests: readonly ModelRequest[]): void {
  model.infer(requests).then(
    ({ outcomes, inferenceMs }) => {
      const transfer: ArrayBuffer[] = [];
      const answers = outcomes.map((outcome) => {
        if (outcome instanceof RequestError) return { code: outcome.code, message: outcome.message, path: outcome.path };
        if (!(outcome instanceof Uint8Array)) return JSON.stringify(outcome);
        transfer.push(outcome.buffer as ArrayBuffer);
        return outcome;
      });
      send({ type: "answer", outcomes: answers, inferenceMs }, transfer);
    },
    (error: unknown) => send({ type: "failure", message: messageOf(error) }),
  );
}

let model: Model | undefined;
port.on("message", (message: ToWorker<ModelRequest>) => {
  if (message.type === "stop") stop();
  else infer(model!, message.requests); // none comes before `ready` was sent
});

load(workerData as WorkerStart).then(
  ({ model: loaded, ...times }) => {
    model = loaded;
    send({ type: "ready", ...times });
  },
  (error: unknown) => {
    const code = error instanceof StartError ? error.code : "artifact-unloadable";
    send({ type: "cannotStart", code, message: messageOf(error) });
  },
);

/** Ends this thread alone, after what it started. */
function stop(): void {
  void Promise.resolve(model?.close?.()).finally(() => process.exit());
}
