import { InferenceSession, Tensor as OnnxTensor } from "onnxruntime-node";
import { messageOf } from "../failure";
import { giveBack } from "../memory";
import { firstTokenAlone } from "./first-token";
import type { Execution, Network, NetworkOptions, Outputs, Tensor } from "./backend";

/** Loads an ONNX file into onnxruntime, on the processor unless `options` say otherwise. The file is given back: onnxruntime has its own copy. */
export async function loadOnnx(file: Uint8Array, options: NetworkOptions): Promise<Network> {
  const session = await openNarrowed(file, options);
  giveBack(file);
  return {
    inputNames: session.inputNames,
    outputNames: session.outputNames,
    async run(inputs) {
      const feeds: Record<string, OnnxTensor> = {};
      for (const name of session.inputNames) {
        const { data, shape } = inputs[name]!;
        feeds[name] = data instanceof BigInt64Array ? new OnnxTensor("int64", data, shape) : new OnnxTensor("float32", data, shape);
      }
      const results = await session.run(feeds);
      const outputs: Record<string, Tensor> = {};
      for (const name of session.outputNames) outputs[name] = { data: results[name]!.data as Float32Array, shape: results[name]!.dims };
      return outputs satisfies Outputs;
    },
    dispose: () => session.release(),
  };
}

/** With the last layer narrowed where that is possible, and as the file is where onnxruntime does not take it so. */
async function openNarrowed(file: Uint8Array, options: NetworkOptions): Promise<InferenceSession> {
  const narrowed = firstTokenAlone(file);
  if (narrowed === undefined) return openSession(file, options);
  try {
    return await openSession(file, options);
  } catch {
    narrowed.undo();
    return openSession(file, options);
  }
}

/** On the GPU where that is asked for and works; what CUDA computes nothing for is the processor's in any case. */
async function openSession(file: Uint8Array, { threads, execution = "cpu", log }: NetworkOptions): Promise<InferenceSession> {
  const open = (executionProviders: Execution[]): Promise<InferenceSession> =>
    InferenceSession.create(file, { executionProviders, executionMode: "sequential", intraOpNumThreads: threads, interOpNumThreads: 1, logSeverityLevel: 3 });
  if (execution === "cpu") return open(["cpu"]);
  try {
    const session = await open(["cuda", "cpu"]);
    log?.({ event: "network-loaded", execution });
    return session;
  } catch (error) {
    // A wrong file fails again below, and then it is the file's fault.
    const session = await open(["cpu"]);
    log?.({ event: "cuda-unavailable", execution: "cpu", reason: messageOf(error) });
    return session;
  }
}
