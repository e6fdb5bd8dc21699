import { fileSource, type IndexSource } from "../container/src/backends/index-file";
import { type Field, WireReader } from "./wire";

/** What a network takes or gives. */
export interface Port {
  readonly name: string;
  /** `float32`, `int64`, …; `unknown` for what is no tensor. */
  readonly type: string;
  /** Sides; a text is a side that the caller chooses. Undefined where the file does not say. */
  readonly shape: readonly (number | string)[] | undefined;
}

/** Bytes of a tensor that lie in another file, beside the network's. */
export interface ExternalTensor {
  readonly tensor: string;
  /** As the file names it: relative to its own folder. */
  readonly location: string;
  readonly offset: number;
  readonly length: number;
  /** The tensor's message in the file, and where the field that holds it begins. */
  readonly from: number;
  readonly start: number;
  readonly end: number;
}

/** What most of the weights are stored as. */
export type Precision = "fp32" | "int8" | "fp16" | "4-bit" | "other";

/** What the head of an ONNX file says (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto). */
export interface OnnxHeader {
  readonly irVersion: number;
  /** Version of the standard operators. */
  readonly opset: number;
  readonly producer: string;
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  readonly precision: Precision;
  readonly external: readonly ExternalTensor[];
  /** Where the graph's message stands in the file. */
  readonly graph: { readonly start: number; readonly end: number };
}

/** TensorProto.DataType. */
const types: { readonly [code: number]: string } = { 1: "float32", 2: "uint8", 3: "int8", 6: "int32", 7: "int64", 9: "bool", 10: "float16", 11: "float64", 16: "bfloat16", 21: "uint4", 22: "int4" };
const precisions: { readonly [type: string]: Precision } = { float32: "fp32", uint8: "int8", int8: "int8", float16: "fp16", bfloat16: "fp16", uint4: "4-bit", int4: "4-bit" };
/** Operators whose weights are four bits wide, in bytes. */
const FOUR_BIT = /^MatMul(NBits|FpQ4|Bnb4)$/;

export function readOnnxFile(file: string): OnnxHeader {
  const source = fileSource(file);
  try {
    return readOnnxHeader(source);
  } finally {
    source.close();
  }
}

/** Reads names, types and sizes, and steps over the weights. @throws Error for what is no ONNX file. */
export function readOnnxHeader(source: IndexSource): OnnxHeader {
  const reader = new WireReader(source);
  let irVersion = 0;
  let opset = 0;
  let producer = "";
  let graph: { start: number; end: number } | undefined;
  for (const field of reader.fields(0, reader.byteLength)) {
    if ("varint" in field) {
      if (field.number === 1) irVersion = Number(field.varint);
    } else if (field.number === 2) producer = reader.text(field.start, field.end);
    else if (field.number === 7) graph = { start: field.start, end: field.end };
    else if (field.number === 8) opset = opsetOf(reader, field) ?? opset;
  }
  if (graph === undefined || irVersion === 0) throw new Error("it is protobuf without a graph, not an ONNX model");
  return { irVersion, opset, producer, graph, ...readGraph(reader, graph) };
}

type Range = Extract<Field, { start: number }>;

/** Of the standard domain; undefined for another. */
function opsetOf(reader: WireReader, { start, end }: Range): number | undefined {
  let domain = "";
  let version = 0;
  for (const field of reader.fields(start, end)) {
    if ("varint" in field) version = field.number === 2 ? Number(field.varint) : version;
    else if (field.number === 1) domain = reader.text(field.start, field.end);
  }
  return domain === "" || domain === "ai.onnx" ? version : undefined;
}

function readGraph(reader: WireReader, graph: { readonly start: number; readonly end: number }): Pick<OnnxHeader, "inputs" | "outputs" | "precision" | "external"> {
  const inputs: Port[] = [];
  const outputs: Port[] = [];
  const weights = new Map<Precision, number>();
  const initial = new Set<string>();
  const external: ExternalTensor[] = [];
  let isFourBit = false;
  for (const field of reader.fields(graph.start, graph.end)) {
    if ("varint" in field) continue;
    if (field.number === 1) isFourBit ||= FOUR_BIT.test(operatorOf(reader, field));
    else if (field.number === 5) {
      const tensor = readTensor(reader, field);
      initial.add(tensor.name);
      const precision = precisions[tensor.type] ?? "other";
      if (tensor.rank >= 2) weights.set(precision, (weights.get(precision) ?? 0) + tensor.elements);
      if (tensor.external !== undefined) external.push(tensor.external);
    } else if (field.number === 11) inputs.push(readPort(reader, field));
    else if (field.number === 12) outputs.push(readPort(reader, field));
  }
  const [most] = [...weights].sort(([, a], [, b]) => b - a);
  // Until version 4 of the format a weight was an input with a value.
  return { inputs: inputs.filter(({ name }) => !initial.has(name)), outputs, precision: isFourBit ? "4-bit" : (most?.[0] ?? "fp32"), external };
}

function operatorOf(reader: WireReader, { start, end }: Range): string {
  for (const field of reader.fields(start, end)) if (field.number === 4 && "start" in field) return reader.text(field.start, field.end);
  return "";
}

function readTensor(reader: WireReader, { from, start, end }: Range): { name: string; type: string; rank: number; elements: number; external: ExternalTensor | undefined } {
  const dims: bigint[] = [];
  let type = "unknown";
  let name = "";
  let isExternal = false;
  const entries = new Map<string, string>();
  for (const field of reader.fields(start, end)) {
    if ("varint" in field) {
      if (field.number === 1) dims.push(field.varint);
      else if (field.number === 2) type = types[Number(field.varint)] ?? `type ${field.varint}`;
      else if (field.number === 14) isExternal = field.varint === 1n;
    } else if (field.number === 1) dims.push(...reader.packed(field.start, field.end));
    else if (field.number === 8) name = reader.text(field.start, field.end);
    else if (field.number === 13) entries.set(...entryOf(reader, field));
  }
  const elements = dims.reduce((product, side) => product * Number(BigInt.asIntN(64, side)), 1);
  const external = isExternal ? { tensor: name, location: entries.get("location") ?? "", offset: Number(entries.get("offset") ?? 0), length: Number(entries.get("length") ?? NaN), from, start, end } : undefined;
  return { name, type, rank: dims.length, elements, external };
}

function entryOf(reader: WireReader, { start, end }: Range): [string, string] {
  const both = ["", ""];
  for (const field of reader.fields(start, end)) if ("start" in field && (field.number === 1 || field.number === 2)) both[field.number - 1] = reader.text(field.start, field.end);
  return both as [string, string];
}

function readPort(reader: WireReader, { start, end }: Range): Port {
  let name = "";
  let tensor: Pick<Port, "type" | "shape"> = { type: "unknown", shape: undefined };
  for (const field of reader.fields(start, end)) {
    if (!("start" in field)) continue;
    if (field.number === 1) name = reader.text(field.start, field.end);
    else if (field.number === 2) for (const inner of reader.fields(field.start, field.end)) if (inner.number === 1 && "start" in inner) tensor = readTensorType(reader, inner);
  }
  return { name, ...tensor };
}

function readTensorType(reader: WireReader, { start, end }: Range): Pick<Port, "type" | "shape"> {
  let type = "unknown";
  let shape: (number | string)[] | undefined;
  for (const field of reader.fields(start, end)) {
    if ("varint" in field) type = field.number === 1 ? (types[Number(field.varint)] ?? `type ${field.varint}`) : type;
    else if (field.number === 2) {
      shape = [];
      for (const side of reader.fields(field.start, field.end)) if (side.number === 1 && "start" in side) shape.push(sideOf(reader, side));
    }
  }
  return { type, shape };
}

function sideOf(reader: WireReader, { start, end }: Range): number | string {
  for (const field of reader.fields(start, end)) {
    if ("varint" in field && field.number === 1) return Number(field.varint);
    if ("start" in field && field.number === 2) return reader.text(field.start, field.end) || "?";
  }
  return "?";
}

/** `pixel_values float32 [batch, 3, 224, 224]`. */
export const portText = ({ name, type, shape }: Port): string => `${name} ${type}${shape === undefined ? "" : ` [${shape.join(", ")}]`}`;
