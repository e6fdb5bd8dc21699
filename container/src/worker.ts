import { parentPort, workerData } from "node:worker_threads";
import { openArtifact } from "./core/artifact";
import { messageOf, StartError } from "./core/failure";
import type { FromWorker, ToWorker, WorkerStart } from "./core/protocol";
import { loadOnnx } from "./backends/onnx";
import { runtimes } from "./runtimes";
import type { Model } from "./runtimes/runtime";

/** The thread that owns the model: a native call blocks it and nothing else. */
const port = parentPort!;
const send = (message: FromWorker): void => port.postMessage(message);

async function load(start: WorkerStart): Promise<Model> {
  const began = performance.now();
  const artifact = openArtifact(start.modelDirectory);
  const { manifest } = artifact;
  if (manifest.runtime !== start.runtime) {
    throw new StartError("artifact-manifest-invalid", `slipway.json is for the runtime "${manifest.runtime}"; the spec asks for "${start.runtime}"`);
  }
  const verified = performance.now();
  const model = await build(start, artifact.take);
  send({ type: "ready", verifyMs: verified - began, loadMs: performance.now() - verified });
  return model;
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

function serve(model: Model): void {
  port.on("message", ({ request }: ToWorker) => {
    model.infer(request).then(
      ({ response, inferenceMs }) => send({ type: "answer", response: JSON.stringify(response), inferenceMs }),
      (error: unknown) => send({ type: "failure", message: messageOf(error) }),
    );
  });
}

load(workerData as WorkerStart).then(serve, (error: unknown) => {
  const code = error instanceof StartError ? error.code : "artifact-unloadable";
  send({ type: "cannotStart", code, message: messageOf(error) });
});
