import type { Network } from "../../backends/backend";

/**
 * @param optional an input that some exports have beside it.
 * @throws Error where a tower takes another input, or has not the output, of the usual ONNX export.
 */
export function requireNames({ inputNames, outputNames }: Network, role: string, input: string, output: string, optional?: string): void {
  if (!inputNames.includes(input) || inputNames.some((name) => name !== input && name !== optional)) throw new Error(`the inputs of ${role} are ${inputNames.join(", ")}; it must take ${input} alone`);
  if (!outputNames.includes(output)) throw new Error(`the outputs of ${role} are ${outputNames.join(", ")}; it must give ${output}`);
}
