import type { Network } from "../../backends/backend";

/** @throws Error where a tower is not the one input, and has not the output, of the usual ONNX export. */
export function requireNames({ inputNames, outputNames }: Network, role: string, input: string, output: string): void {
  if (inputNames.join() !== input) throw new Error(`the inputs of ${role} are ${inputNames.join(", ")}; it must take ${input} alone`);
  if (!outputNames.includes(output)) throw new Error(`the outputs of ${role} are ${outputNames.join(", ")}; it must give ${output}`);
}
