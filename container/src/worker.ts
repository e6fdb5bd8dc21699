import { parentPort, workerData } from "node:worker_threads";
import type { Json } from "../../contract/json";
import { openArtifact } from "./core/artifact";
import { messageOf, StartError } from "./failure";
import type { FromWorker, ToWorker, WorkerStart } from "./core/protocol";
import { loadOnnx } from "./backends/onnx";
import { runtimes } from "./runtimes";
import type { Model } from "./runtimes/runtime";

/** The thread that owns the model: a native call blocks it and nothing else. */
const port = parentPort!;
const send = (message: FromWorker): void => port.postMessage(message);

async function load(start: WorkerStart): Promise<{ model: Model; verifyMs: number; loadMs: number }> {
  const began = performance.now();
  const artifact = openArtifact(start.modelDirectory);
  const { manifest } = artifact;
  if (manifest.runtime !== start.runtime) {
    throw new StartError("artifact-manifest-invalid", `slipway.json is for the runtime "${manifest.runtime}"; the spec asks for "${start.runtime}"`);
  }
  const verified = performance.now();
  const model = await build(start, artifact.take);
  return { model, verifyMs: verified - began, loadMs: performance.now() - verified };
}

async function build(start: WorkerStart, take: (role: string) => Uint8Array): Promise<Model> {
  try {
    const runtime = await runtimes[start.runtime]!();
    return await runtime.load({ version: start.version, settings: start.settings, take, loadOnnx, now: Date.now });
  } catch (error) {
    if (error instanceof StartError) throw error;
    throw new StartError("artifact-unloadable", messageOf(error));
  }
}

function infer(model: Model, request: Json): void {
  model.infer(request).then(
    ({ response, inferenceMs }) => send({ type: "answer", response: JSON.stringify(response), inferenceMs }),
    (error: unknown) => send({ type: "failure", message: messageOf(error) }),
  );
}

let model: Model;
port.on("message", (message: ToWorker) => {
  if (message.type === "stop") process.exit(); // ends this thread alone
  else infer(model, message.request); // none comes before `ready` was sent
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
