/**
 * Reads the float32 initialisers of an ONNX file: the few protobuf fields that
 * hold them, and nothing else. Written for the reference implementation, which
 * must not share a line with what it checks.
 */
export function readInitialisers(file: Buffer): Map<string, { shape: number[]; values: Float64Array }> {
  const weights = new Map<string, { shape: number[]; values: Float64Array }>();
  for (const graph of fields(file).filter(({ number }) => number === 7)) {
    for (const { bytes } of fields(graph.bytes).filter(({ number }) => number === 5)) {
      const tensor = fields(bytes);
      const name = tensor.find(({ number }) => number === 8)!.bytes.toString("utf8");
      const isFloat = tensor.some(({ number, varint }) => number === 2 && varint === 1);
      if (!isFloat) continue;
      const raw = tensor.find(({ number }) => number === 9)!.bytes;
      const values = new Float64Array(raw.length / 4);
      for (let at = 0; at < values.length; at += 1) values[at] = raw.readFloatLE(at * 4);
      weights.set(name, { shape: tensor.filter(({ number }) => number === 1).flatMap(dimensions), values });
    }
  }
  return weights;
}

interface Field {
  readonly number: number;
  readonly varint: number;
  readonly bytes: Buffer;
}

/** Dimensions stand one by one, or packed. */
function dimensions(field: Field): number[] {
  if (field.bytes.length === 0) return [field.varint];
  const sizes: number[] = [];
  for (let at = 0; at < field.bytes.length; ) {
    const [size, next] = varintAt(field.bytes, at);
    sizes.push(size);
    at = next;
  }
  return sizes;
}

function fields(message: Buffer): Field[] {
  const found: Field[] = [];
  for (let at = 0; at < message.length; ) {
    const [key, afterKey] = varintAt(message, at);
    const number = Math.floor(key / 8);
    const [value, afterValue] = varintAt(message, afterKey);
    switch (key % 8) {
      case 0:
        found.push({ number, varint: value, bytes: Buffer.alloc(0) });
        at = afterValue;
        break;
      case 2:
        found.push({ number, varint: 0, bytes: message.subarray(afterValue, afterValue + value) });
        at = afterValue + value;
        break;
      case 5:
        at = afterKey + 4;
        break;
      case 1:
        at = afterKey + 8;
        break;
      default:
        throw new Error(`wire type ${key % 8} at ${at}`);
    }
  }
  return found;
}

function varintAt(buffer: Buffer, start: number): [value: number, next: number] {
  let value = 0;
  for (let at = start, weight = 1; ; at += 1, weight *= 128) {
    const byte = buffer[at]!;
    value += (byte % 128) * weight;
    if (byte < 128) return [value, at + 1];
  }
}
