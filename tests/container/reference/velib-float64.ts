import { readInitialisers } from "./onnx-weights";

/**
 * The velib network as a plain loop in float64, from the textbook equations
 * (https://onnx.ai/onnx/operators/onnx__LSTM.html): slow, obvious, and without a
 * line in common with the runtime it checks.
 */
export class VelibReference {
  private readonly weights: ReturnType<typeof readInitialisers>;

  constructor(onnxFile: Buffer) {
    this.weights = readInitialisers(onnxFile);
  }

  /** Z-scores of the next three hours from 24 z-scores and the seven raw statics. */
  forecast(history: readonly number[], statics: readonly number[]): number[] {
    const first = this.lstm("lstm1", history.map((value) => [value]), 128);
    const second = this.lstm("lstm2", first, 64);
    const hidden = this.linear("fc1", [...second.at(-1)!, ...statics]).map((value) => (value > 0 ? value : 0));
    return this.linear("fc2", hidden);
  }

  parameterCount(name: string): number {
    return this.weights.get(name)!.values.length;
  }

  /** The hidden state after each step. */
  private lstm(name: string, inputs: readonly (readonly number[])[], size: number): number[][] {
    const fromInput = this.weights.get(`${name}.W`)!.values;
    const fromHidden = this.weights.get(`${name}.R`)!.values;
    const bias = this.weights.get(`${name}.B`)!.values;
    const states: number[][] = [];
    let hidden: number[] = new Array<number>(size).fill(0);
    let cell: number[] = new Array<number>(size).fill(0);
    for (const input of inputs) {
      const gate = (index: number, unit: number): number => {
        const row = index * size + unit;
        let sum = bias[row]! + bias[4 * size + row]!;
        for (let at = 0; at < input.length; at += 1) sum += fromInput[row * input.length + at]! * input[at]!;
        for (let at = 0; at < size; at += 1) sum += fromHidden[row * size + at]! * hidden[at]!;
        return sum;
      };
      const nextHidden: number[] = [];
      const nextCell: number[] = [];
      for (let unit = 0; unit < size; unit += 1) {
        const write = sigmoid(gate(0, unit));
        const show = sigmoid(gate(1, unit));
        const keep = sigmoid(gate(2, unit));
        const news = Math.tanh(gate(3, unit));
        nextCell[unit] = keep * cell[unit]! + write * news;
        nextHidden[unit] = show * Math.tanh(nextCell[unit]!);
      }
      hidden = nextHidden;
      cell = nextCell;
      states.push(hidden);
    }
    return states;
  }

  private linear(name: string, input: readonly number[]): number[] {
    const { values, shape } = this.weights.get(`${name}.weight`)!;
    const bias = this.weights.get(`${name}.bias`)!.values;
    const rows = shape[0]!;
    return Array.from({ length: rows }, (_, row) => {
      let sum = bias[row]!;
      for (let at = 0; at < input.length; at += 1) sum += values[row * input.length + at]! * input[at]!;
      return sum;
    });
  }
}

const sigmoid = (value: number): number => 1 / (1 + Math.exp(-value));
