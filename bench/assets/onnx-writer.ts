import { closeSync, openSync, writeSync } from "node:fs";

const FLOAT = 1;
const INT8 = 3;
export const INT64 = 7;

interface Value {
  readonly name: string;
  readonly shape: readonly (number | string)[];
  /** ONNX's number of the type; default float. */
  readonly type?: number;
}
type Attributes = { readonly [name: string]: number | readonly number[] };

/** As much of ONNX's protobuf as the towers need (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto). */
export class OnnxWriter {
  private readonly parts: Buffer[] = [];
  private values = 0;
  private seed = 1;

  constructor(private readonly path: string) {}

  /** @returns the name of its output, or of the first of several. */
  node(type: string, inputs: readonly string[], attributes: Attributes = {}, ...outputs: string[]): string {
    if (outputs.length === 0) outputs.push(`value${(this.values += 1)}`);
    const encoded = Object.entries(attributes).map(([name, value]) => field(5, attribute(name, value)));
    this.parts.push(field(1, Buffer.concat([...inputs.map((input) => field(1, input)), ...outputs.map((output) => field(2, output)), field(4, type), ...encoded])));
    return outputs[0]!;
  }

  constant(name: string, shape: readonly number[], value: number): string {
    return this.tensor(name, 1, shape, Buffer.from(new Float32Array(sizeOf(shape)).fill(value).buffer));
  }

  random(name: string, shape: readonly number[], scale: number): string {
    const data = new Float32Array(sizeOf(shape));
    for (let at = 0; at < data.length; at += 1) {
      this.seed = (Math.imul(this.seed, 1_664_525) + 1_013_904_223) >>> 0;
      data[at] = (this.seed / 2 ** 31 - 1) * scale * Math.sqrt(3);
    }
    return this.tensor(name, 1, shape, Buffer.from(data.buffer));
  }

  /** Random whole numbers of 8 bits, and their zero. */
  bytes(name: string, shape: readonly number[]): string {
    const values = Int8Array.from({ length: sizeOf(shape) }, () => (this.seed = (Math.imul(this.seed, 1_664_525) + 1_013_904_223) >>> 0) >>> 24);
    return this.tensor(name, INT8, shape, Buffer.from(values.buffer));
  }

  /** A layer normalisation over the last dimension. @param width of it. */
  layerNorm(input: string, name: string, width: number): string {
    return this.node("LayerNormalization", [input, this.constant(`${name}.weight`, [width], 1), this.constant(`${name}.bias`, [width], 0)], { axis: -1, epsilon: 1e-5 });
  }

  /** A product with random weights, and a bias. */
  linear(input: string, name: string, from: number, to: number): string {
    const product = this.node("MatMul", [input, this.random(`${name}.weight`, [from, to], 1 / Math.sqrt(from))]);
    return this.node("Add", [product, this.random(`${name}.bias`, [to], 0.01)]);
  }

  integers(values: readonly number[], scalar = false): string {
    return this.tensor(`value${(this.values += 1)}`, 7, scalar ? [] : [values.length], Buffer.from(BigInt64Array.from(values, BigInt).buffer));
  }

  end(input: Value, ...outputs: Value[]): void {
    const graph = [...this.parts, field(2, "clip"), field(11, valueInfo(input)), ...outputs.map((output) => field(12, valueInfo(output)))];
    const graphBytes = graph.reduce((sum, part) => sum + part.length, 0);
    const opset = field(8, varintField(2, 17));
    const file = openSync(this.path, "w");
    for (const part of [varintField(1, 8), opset, varint((7 << 3) | 2), varint(graphBytes), ...graph]) writeSync(file, part);
    closeSync(file);
  }

  private tensor(name: string, type: number, shape: readonly number[], raw: Buffer): string {
    this.parts.push(field(5, Buffer.concat([...shape.map((side) => varintField(1, side)), varintField(2, type), field(8, name), field(9, raw)])));
    return name;
  }
}

function attribute(name: string, value: number | readonly number[]): Buffer {
  if (typeof value !== "number") return Buffer.concat([field(1, name), ...value.map((each) => varintField(8, each)), varintField(20, 7)]);
  if (Number.isInteger(value)) return Buffer.concat([field(1, name), varintField(3, value), varintField(20, 2)]);
  const float = Buffer.alloc(5);
  float.writeUInt8((2 << 3) | 5);
  float.writeFloatLE(value, 1);
  return Buffer.concat([field(1, name), float, varintField(20, 1)]);
}

function valueInfo({ name, shape, type = FLOAT }: Value): Buffer {
  const sides = shape.map((side) => field(1, typeof side === "number" ? varintField(1, side) : field(2, side)));
  return Buffer.concat([field(1, name), field(2, field(1, Buffer.concat([varintField(1, type), field(2, Buffer.concat(sides))])))]);
}

function field(number: number, content: string | Buffer): Buffer {
  const bytes = typeof content === "string" ? Buffer.from(content) : content;
  return Buffer.concat([varint((number << 3) | 2), varint(bytes.length), bytes]);
}

const varintField = (number: number, value: number): Buffer => Buffer.concat([varint(number << 3), varint(value)]);

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return Buffer.from([...bytes, Number(rest)]);
}

const sizeOf = (shape: readonly number[]): number => shape.reduce((product, side) => product * side, 1);
