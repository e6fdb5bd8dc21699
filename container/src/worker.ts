import { parentPort, workerData } from "node:worker_threads";
import { loadOnnx } from "./backends/onnx";
import { openIndex } from "./backends/open-index";
import { s3Fetcher } from "./backends/s3";
import { type Artifact, openArtifact } from "./core/artifact";
import { answerText } from "./core/answer";
import type { FromWorker, ToWorker, WorkerStart } from "./core/protocol";
import type { Work } from "./core/work";
import { messageOf, RequestError, StartError } from "./failure";
import { runtimes } from "./runtimes";
import type { Model } from "./runtimes/runtime";

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
    const runtime = await runtimes[start.runtime]();
    return await runtime.load({
      version: start.version,
      settings: start.settings,
      take,
      loadOnnx,
      openIndex: (role, options) => openIndex(pathOf(role), { ...options, log: (line) => send({ type: "log", line }) }),
      fetchObject: s3Fetcher(start.s3, start.maxFileBytes),
      now: Date.now,
    });
  } catch (error) {
    if (error instanceof StartError) throw error;
    throw new StartError("artifact-unloadable", messageOf(error));
  }
}

function infer(model: Model, { requests, batch, accept }: Work): void {
  model.infer(requests, accept).then(
    ({ responses, inferenceMs }) => {
      if (responses instanceof Uint8Array) send({ type: "answer", response: responses, inferenceMs }, [responses.buffer as ArrayBuffer]);
      else send({ type: "answer", response: answerText(responses, batch), inferenceMs });
    },
    (error: unknown) => {
      const { code, path } = error instanceof RequestError ? error : { code: undefined, path: undefined };
      send({ type: "failure", code, message: messageOf(error), path });
    },
  );
}

let model: Model | undefined;
port.on("message", (message: ToWorker<Work>) => {
  if (message.type === "stop") stop();
  else infer(model!, message.request); // none comes before `ready` was sent
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
