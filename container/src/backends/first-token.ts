import { type Name, type OnnxGraph, type OnnxNode, readOnnxGraph } from "./onnx-file";
import { grow } from "../memory";

/**
 * A vision transformer computes all tokens through its last layer and then looks at the first one alone. Here what only
 * that one needs is computed for it alone: of the last of CLIP's twelve layers three quarters, 6 % of the network. Tokens meet only in
 * attention, so the answer is the same.
 *
 * The file is changed where it lies: a name of the same length, and a few nodes behind the end, which protobuf reads as
 * part of the graph.
 *
 * @param file from `returnable`.
 * @returns how many nodes were narrowed, and a way back; undefined where the graph is none of which this is sure to hold.
 */
export function firstTokenAlone(file: Uint8Array): { readonly nodes: number; undo(): void } | undefined {
  let graph: OnnxGraph;
  try {
    graph = readOnnxGraph(file);
  } catch {
    return undefined; // onnxruntime says better what is wrong with it
  }
  const found = narrowed(graph);
  if (found === undefined) return undefined;

  const before = file.length;
  const edits: { readonly at: number; readonly was: Uint8Array }[] = [];
  const added: Buffer[] = [tensorOfZero(INDEX)];
  const taken = new Set([...graph.constants.keys(), ...graph.nodes.flatMap(({ outputs }) => outputs), ...graph.inputRanks.keys(), INDEX]);
  for (const [tensor, readers] of found.edges) {
    const name = sameLength(tensor, taken);
    if (name === undefined) return undefined;
    added.push(gather(tensor, name));
    for (const { at } of readers) edits.push({ at: at + Buffer.byteLength(tensor) - 1, was: file.slice(at + Buffer.byteLength(tensor) - 1, at + Buffer.byteLength(tensor)) });
    taken.add(name);
    for (const { at } of readers) file.set(Buffer.from(name), at);
  }
  const tail = field(7, Buffer.concat(added));
  if (!grow(file, tail.length)) {
    undo();
    return undefined;
  }
  file.set(tail, before);
  return { nodes: found.nodes.size, undo };

  function undo(): void {
    for (const { at, was } of edits) file.set(was, at);
    grow(file, before - file.length);
  }
}

const INDEX = "slipway.firstToken";

/** Ops that treat every token alike, by the inputs that have tokens. Of any other input the sides must show that it has none. */
const perToken: { readonly [type: string]: "all" | "first" } = {
  Add: "all", Sub: "all", Mul: "all", Div: "all", Pow: "all",
  Sigmoid: "all", Erf: "all", Sqrt: "all", Tanh: "all", Gelu: "all", QuickGelu: "all", Cast: "all", Identity: "all",
  LayerNormalization: "first", MatMul: "first", MatMulInteger: "first", DynamicQuantizeLinear: "first",
};

interface Narrowed {
  readonly nodes: ReadonlySet<OnnxNode>;
  /** Tensors of all tokens of which only the first is read from here on, and by whom. */
  readonly edges: ReadonlyMap<string, readonly Name[]>;
}

function narrowed(graph: OnnxGraph): Narrowed | undefined {
  const { nodes, constants, outputs } = graph;
  const heads = nodes.filter((node) => node.type === "Gather" && node.numbers.get("axis")?.[0] === 1 && constants.get(node.inputs[1]?.text ?? "")?.whole === 0);
  if (heads.length !== 1) return undefined;
  const readers = new Map<string, OnnxNode[]>();
  for (const node of nodes) for (const { text } of node.inputs) readers.set(text, [...(readers.get(text) ?? []), node]);

  const chosen = new Set<OnnxNode>(heads);
  const wanted = new Map<string, Name[]>([[heads[0]!.inputs[0]!.text, [heads[0]!.inputs[0]!]]]);
  for (const node of [...nodes].reverse()) {
    const [result = ""] = node.outputs;
    if (!wanted.has(result) || outputs.has(result)) continue;
    if (!readers.get(result)!.every((reader) => chosen.has(reader))) continue;
    const tokens = tokenInputs(node, constants, nodes);
    if (tokens === undefined) continue;
    chosen.add(node);
    wanted.delete(result);
    for (const input of tokens) wanted.set(input.text, [...(wanted.get(input.text) ?? []), input]);
  }
  chosen.delete(heads[0]!);
  // Without a product there is nothing to gain; and it holds the sides to each other, should a rank be other than it seems.
  const products = [...chosen].filter(({ type }) => type.startsWith("MatMul")).length;
  if (products === 0) return undefined;
  const ranks = ranksOf(graph);
  return [...wanted.keys()].every((tensor) => ranks.get(tensor) === 3) ? { nodes: chosen, edges: wanted } : undefined;
}

/** The inputs of a node that have tokens; undefined where it is not sure to treat each token by itself. */
function tokenInputs(node: OnnxNode, constants: OnnxGraph["constants"], nodes: readonly OnnxNode[]): readonly Name[] | undefined {
  const rule = perToken[node.type];
  const [first, ...rest] = node.inputs;
  if (rule === undefined || first === undefined) return undefined;
  if (node.type === "LayerNormalization" && !isLast(node.numbers.get("axis")?.[0])) return undefined;
  if (rule === "all") {
    const tokens = node.inputs.filter(({ text }) => !isTokenless(text, constants, nodes));
    return tokens.length > 0 ? tokens : undefined;
  }
  if (node.type.startsWith("MatMul") && constants.get(rest[0]?.text ?? "")?.sides.length !== 2) return undefined;
  const others = node.type.startsWith("MatMul") ? rest.slice(1) : rest;
  return others.every(({ text }) => text === "" || isTokenless(text, constants, nodes)) ? [first] : undefined;
}

/** The last of three sides, which is also meant where nothing is said. Protobuf writes −1 as 2⁶⁴ − 1. */
const isLast = (axis = 2): boolean => axis === 2 || axis > 2 ** 63;

/** A constant of one row at most, the scale or zero of a quantization, or what is made of such alone. */
function isTokenless(tensor: string, constants: OnnxGraph["constants"], nodes: readonly OnnxNode[]): boolean {
  const constant = constants.get(tensor);
  if (constant !== undefined) return constant.sides.slice(0, -1).every((side) => side === 1);
  const maker = nodes.find(({ outputs }) => outputs.includes(tensor));
  if (maker?.type === "DynamicQuantizeLinear") return maker.outputs[0] !== tensor;
  return maker?.type === "Mul" && maker.inputs.every(({ text }) => isTokenless(text, constants, nodes));
}

/** How many sides tensors have, as far as it follows from few kinds of nodes. */
function ranksOf({ nodes, constants, inputRanks }: OnnxGraph): ReadonlyMap<string, number> {
  const ranks = new Map(inputRanks);
  for (const [name, { sides }] of constants) ranks.set(name, sides.length);
  /** Elements of a tensor that says a shape. */
  const lengths = new Map<string, number>();
  for (const [name, { sides }] of constants) if (sides.length === 1) lengths.set(name, sides[0]!);
  for (const { type, inputs, outputs } of nodes) {
    const of = inputs.map(({ text }) => ranks.get(text));
    const [result = ""] = outputs;
    const set = (rank: number | undefined): void => void (rank !== undefined && ranks.set(result, rank));
    if (type === "Unsqueeze" && of[0] === 0) lengths.set(result, 1);
    if (type === "Concat" && inputs.every(({ text }) => lengths.has(text))) lengths.set(result, inputs.reduce((sum, { text }) => sum + lengths.get(text)!, 0));
    if (type === "Reshape") set(lengths.get(inputs[1]!.text));
    else if (type === "Concat") set(of.find((rank) => rank !== undefined));
    else if (["Conv", "ConvInteger", "Transpose", "Softmax", "LayerNormalization"].includes(type)) set(of[0]);
    else if (type === "DynamicQuantizeLinear") {
      set(of[0]);
      for (const scalar of outputs.slice(1)) ranks.set(scalar, 0);
    }
    else if (type.startsWith("MatMul")) set(of[0] === undefined || of[1] === undefined ? undefined : Math.max(of[0], of[1]));
    else if (perToken[type] === "all") set(of.includes(undefined) ? undefined : Math.max(...(of as number[])));
    else if (type === "Shape") lengths.set(result, of[0] ?? NaN);
    else if (type === "Gather" && lengths.has(inputs[0]!.text)) ranks.set(result, of[1] ?? NaN);
  }
  return ranks;
}

/** A name of as many bytes that nothing has. */
function sameLength(name: string, taken: ReadonlySet<string>): string | undefined {
  if (name.charCodeAt(name.length - 1) > 126) return undefined;
  for (let sign = 33; sign < 127; sign += 1) {
    const other = name.slice(0, -1) + String.fromCharCode(sign);
    if (!taken.has(other)) return other;
  }
  return undefined;
}

const tensorOfZero = (name: string): Buffer => field(5, Buffer.concat([number(1, 1), number(2, 7), field(8, Buffer.from(name)), field(9, Buffer.alloc(8))]));

/** The first along the second side, which stays. */
const gather = (from: string, to: string): Buffer =>
  field(1, Buffer.concat([field(1, Buffer.from(from)), field(1, Buffer.from(INDEX)), field(2, Buffer.from(to)), field(4, Buffer.from("Gather")), field(5, Buffer.concat([field(1, Buffer.from("axis")), number(3, 1), number(20, 2)]))]));

const field = (key: number, bytes: Buffer): Buffer => Buffer.concat([varint(key * 8 + 2), varint(bytes.length), bytes]);
const number = (key: number, value: number): Buffer => Buffer.concat([varint(key * 8), varint(value)]);

function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (; value > 127; value = Math.floor(value / 128)) bytes.push((value % 128) | 128);
  return Buffer.from([...bytes, value]);
}
