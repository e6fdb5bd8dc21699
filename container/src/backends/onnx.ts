import { InferenceSession, Tensor as OnnxTensor } from "onnxruntime-node";
import { giveBack } from "../memory";
import type { Network, NetworkOptions, Outputs, Tensor } from "./backend";

/** Loads an ONNX file into onnxruntime on the CPU. The file is given back: onnxruntime has its own copy. */
export async function loadOnnx(file: Uint8Array, options: NetworkOptions): Promise<Network> {
  const session = await InferenceSession.create(file, {
    executionProviders: ["cpu"],
    executionMode: "sequential",
    intraOpNumThreads: options.threads,
    interOpNumThreads: 1,
    logSeverityLevel: 3,
  });
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
