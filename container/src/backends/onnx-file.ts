/**
 * As much of an ONNX file as shows how its tensors hang together; weights are skipped over
 * (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto). What is read are places in the file, so
 * that a name can be changed where it stands.
 */
export interface OnnxGraph {
  readonly nodes: readonly OnnxNode[];
  /** Sides of every weight and constant. */
  readonly constants: ReadonlyMap<string, OnnxConstant>;
  /** Sides of the inputs, as many as are stated; how long they are is of no matter here. */
  readonly inputRanks: ReadonlyMap<string, number>;
  readonly outputs: ReadonlySet<string>;
}

export interface OnnxNode {
  readonly type: string;
  readonly inputs: readonly Name[];
  readonly outputs: readonly string[];
  /** Whole-number attributes: of one number, or of several. */
  readonly numbers: ReadonlyMap<string, readonly number[]>;
}

export interface Name {
  readonly text: string;
  /** Where it stands in the file. */
  readonly at: number;
}

export interface OnnxConstant {
  readonly sides: readonly number[];
  /** Of a single whole number, that number. */
  readonly whole?: number;
}

interface Field {
  readonly number: number;
  /** The number itself, or how many bytes there are. */
  readonly value: number;
  /** Where the bytes start; undefined for a number. */
  readonly at?: number;
}

/** @throws Error where the bytes are no protobuf. */
export function readOnnxGraph(file: Uint8Array): OnnxGraph {
  const text = (at: number, bytes: number): string => Buffer.from(file.buffer, file.byteOffset + at, bytes).toString();
  const nodes: OnnxNode[] = [];
  const constants = new Map<string, OnnxConstant>();
  const inputRanks = new Map<string, number>();
  const outputs = new Set<string>();

  for (const model of inside(0, file.length, 7)) {
    for (const field of fields(file, model.at!, model.at! + model.value)) {
      const { number, at = 0, value } = field;
      if (number === 1) nodes.push(nodeOf(at, at + value));
      else if (number === 5) tensorOf(at, at + value);
      else if (number === 11) inputRanks.set(nameOf(at, at + value, 1), rankOf(at, at + value));
      else if (number === 12) outputs.add(nameOf(at, at + value, 1));
    }
  }
  return { nodes, constants, inputRanks, outputs };

  function inside(from: number, to: number, wanted: number): Field[] {
    return [...fields(file, from, to)].filter(({ number, at }) => number === wanted && at !== undefined);
  }

  function nameOf(from: number, to: number, field: number): string {
    const [name] = inside(from, to, field);
    return name === undefined ? "" : text(name.at!, name.value);
  }

  function nodeOf(from: number, to: number): OnnxNode {
    const inputs = inside(from, to, 1).map(({ at, value }) => ({ text: text(at!, value), at: at! }));
    const outputs = inside(from, to, 2).map(({ at, value }) => text(at!, value));
    const numbers = new Map<string, readonly number[]>();
    for (const { at, value } of inside(from, to, 5)) {
      const parts = [...fields(file, at!, at! + value)];
      const name = parts.find(({ number }) => number === 1);
      if (name === undefined) continue;
      // A lone number is field 3, several are field 8, a tensor is field 5.
      numbers.set(text(name.at!, name.value), parts.flatMap(({ number, at: packed, value: one }) => (number === 3 ? [one] : number === 8 ? (packed === undefined ? [one] : varints(packed, packed + one)) : [])));
      const tensor = parts.find(({ number, at: place }) => number === 5 && place !== undefined);
      if (tensor !== undefined && outputs[0] !== undefined) tensorOf(tensor.at!, tensor.at! + tensor.value, outputs[0]);
    }
    return { type: nameOf(from, to, 4), inputs, outputs, numbers };
  }

  function tensorOf(from: number, to: number, name?: string): void {
    const parts = [...fields(file, from, to)];
    const sides = parts.flatMap(({ number, at, value }) => (number !== 1 ? [] : at === undefined ? [value] : varints(at, at + value)));
    const raw = parts.find(({ number }) => number === 9);
    const listed = parts.filter(({ number }) => number === 7).flatMap(({ at, value }) => (at === undefined ? [value] : varints(at, at + value)));
    const isWhole = parts.some(({ number, value }) => number === 2 && value === INT64);
    const single = sides.every((side) => side === 1);
    const whole = !isWhole || !single ? undefined : raw?.value === 8 ? Number(new DataView(file.buffer, file.byteOffset + raw.at!, 8).getBigInt64(0, true)) : listed[0];
    const called = name ?? nameOf(from, to, 8);
    constants.set(called, { sides, ...(whole === undefined ? {} : { whole }) });
  }

  /** ValueInfoProto → TypeProto → its tensor's shape. */
  function rankOf(from: number, to: number): number {
    const within = (place: Field | undefined, field: number): Field | undefined => place && inside(place.at!, place.at! + place.value, field)[0];
    const shape = within(within(inside(from, to, 2)[0], 1), 2);
    return shape === undefined ? -1 : inside(shape.at!, shape.at! + shape.value, 1).length;
  }

  function varints(from: number, to: number): number[] {
    const all: number[] = [];
    for (let at = from; at < to; ) {
      const [value, next] = varint(file, at);
      all.push(value);
      at = next;
    }
    return all;
  }
}

const INT64 = 7;

function* fields(file: Uint8Array, from: number, to: number): Generator<Field> {
  for (let at = from; at < to; ) {
    const [key, valueAt] = varint(file, at);
    const number = Math.floor(key / 8);
    switch (key % 8) {
      case 0: {
        const [value, next] = varint(file, valueAt);
        yield { number, value };
        at = next;
        break;
      }
      case 1:
        at = valueAt + 8;
        break;
      case 2: {
        const [value, bytesAt] = varint(file, valueAt);
        yield { number, value, at: bytesAt };
        at = bytesAt + value;
        break;
      }
      case 5:
        at = valueAt + 4;
        break;
      default:
        throw new Error(`no protobuf: wire type ${key % 8} at ${at}`);
    }
    if (at > to) throw new Error(`no protobuf: a field ends at ${at}, past ${to}`);
  }
}

/** The number at a place, and where it ends. A negative one, of ten bytes, comes back as its lower 53 bits or so: no such is looked at. */
function varint(file: Uint8Array, from: number): [value: number, next: number] {
  let value = 0;
  for (let at = from, scale = 1; at < file.length; at += 1, scale *= 128) {
    value += (file[at]! & 127) * scale;
    if (file[at]! < 128) return [value, at + 1];
  }
  throw new Error("no protobuf: it ends inside a number");
}
