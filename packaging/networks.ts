import type { Finding } from "./finding";
import { type OnnxHeader, type Port, portText, readOnnxFile } from "./onnx-header";
import { inlined } from "./onnx-inline";
import { type Chosen, type NetworkRole, targetOf } from "./roles";
import type { SourceFile } from "./source";
import { suspicion } from "./suspects";

/** Operators that onnxruntime 1.30 has, and the newest file format that it reads: found by giving it each. */
const OPSETS = { oldest: 7, newest: 26 };
const NEWEST_IR_VERSION = 13;

interface Wanted {
  readonly what: string;
  readonly inputs: readonly { readonly name: string; readonly type: string; readonly rank: number }[];
  readonly output: string;
  /** Axes whose length the container chooses. */
  readonly free: readonly (readonly [axis: number, what: string])[];
}

const wanted: { readonly [role in NetworkRole]: Wanted } = {
  imageTower: { what: "the image tower", inputs: [{ name: "pixel_values", type: "float32", rank: 4 }], output: "image_embeds", free: [[0, "images"]] },
  textTower: { what: "the text tower", inputs: [{ name: "input_ids", type: "int64", rank: 2 }], output: "text_embeds", free: [[0, "texts"], [1, "tokens"]] },
  network: { what: "the network", inputs: [{ name: "history", type: "float32", rank: 2 }, { name: "statics", type: "float32", rank: 2 }], output: "forecast", free: [[0, "requests"]] },
};

export type WantedPrecision = "fp32" | "int8";

/** An ONNX file, read as far as its names; or why it cannot be. */
export interface NetworkFile {
  readonly file: SourceFile;
  readonly header: OnnxHeader | undefined;
  readonly finding?: Finding;
}

/** The ONNX files among some files. */
export function readNetworks(files: readonly SourceFile[]): NetworkFile[] {
  return files.filter(({ path }) => /\.onnx$/i.test(path)).map(readNetwork);
}

export function readNetwork(file: SourceFile): NetworkFile {
  const suspect = suspicion(file);
  if (suspect !== undefined) return { file, header: undefined, finding: suspect };
  try {
    return { file, header: readOnnxFile(file.absolute) };
  } catch (error) {
    return { file, header: undefined, finding: { code: "package-network", subject: file.name, message: `cannot be read as ONNX: ${(error as Error).message}` } };
  }
}

/** A network that was taken, and what it says of itself. */
export interface ChosenNetwork extends Chosen {
  readonly header: OnnxHeader;
}

/**
 * Takes a network for a role: what it takes and gives decides, not its name.
 *
 * @param precision which of several; without it fp32, where there is one.
 * @param beside every file that was given: where there is no such network, its weights may be there in another format.
 */
export function chooseNetwork(role: NetworkRole, networks: readonly NetworkFile[], precision: WantedPrecision | undefined, beside: readonly SourceFile[] = []): ChosenNetwork | readonly Finding[] {
  const { what, inputs, output } = wanted[role];
  const named = networks.filter(({ header }) => header !== undefined && hasNames(header, role));
  if (named.length === 0) return nothingFor(role, networks, beside);

  const kinds = [...new Set(named.map(({ header }) => header!.precision))];
  const kind = precision ?? (kinds.includes("fp32") ? "fp32" : kinds.includes("int8") ? "int8" : undefined);
  const fitting = preferred(named.filter(({ header }) => header!.precision === kind));
  if (fitting.length === 0) {
    const found = named.map(({ file, header }) => `${file.name} (${header!.precision})`).join(", ");
    return [{ code: "package-file-missing", subject: role, message: `there is ${what} in ${found}, and none in ${precision ?? "fp32 or int8"}`, hint: "Export it in fp32 or int8: nothing else is served." }];
  }
  if (fitting.length > 1) {
    const found = fitting.map(({ file }) => file.name).join(", ");
    return [{ code: "package-file-ambiguous", subject: role, message: `${what} (${inputs.map(({ name }) => name).join(", ")} to ${output}, ${kind}) could be ${found}`, hint: `Say which: --role ${role}=${fitting[0]!.file.name}` }];
  }
  return takeNetwork(role, fitting[0]!);
}

/** Takes this file for the role, or says what is against it. */
export function takeNetwork(role: NetworkRole, { file, header, finding }: NetworkFile): ChosenNetwork | readonly Finding[] {
  if (header === undefined) return [finding!];
  const against = differences(role, header);
  if (against.length > 0) return [wrong(role, file, against, header)];
  const content = inlined(file, header);
  if (isFindings(content)) return content;
  const beside = header.external.length === 0 ? "" : `, weights of ${[...new Set(header.external.map(({ location }) => location))].join(", ")} put into it`;
  return { role, content, from: file.name, note: `${header.precision}, opset ${header.opset}${beside}`, header };
}

const isFindings = (value: readonly object[]): value is readonly Finding[] => value.length > 0 && "code" in value[0]!;

function hasNames({ inputs, outputs }: OnnxHeader, role: NetworkRole): boolean {
  const { inputs: expected, output } = wanted[role];
  return namesOf(inputs) === namesOf(expected) && outputs.some(({ name }) => name === output);
}

const namesOf = (ports: readonly { readonly name: string }[]): string => ports.map(({ name }) => name).sort().join(", ");

/** transformers.js's converter writes one export several times; the plain name and then its first choice are the ones that are meant. */
const SUFFIXES = ["", "_quantized", "_int8", "_uint8"];

function preferred(networks: readonly NetworkFile[]): readonly NetworkFile[] {
  if (networks.length < 2) return networks;
  for (const suffix of SUFFIXES) {
    const found = networks.filter(({ file }) => new RegExp(`(^|/)(vision_model|text_model|model)${suffix}\\.onnx$`, "i").test(file.path));
    if (found.length > 0) return found;
  }
  return networks;
}

/** Each way in which a network is not what the container gives and reads; in words that go on from its name. */
function differences(role: NetworkRole, { irVersion, opset, inputs, outputs }: OnnxHeader): string[] {
  const { inputs: expected, output, free } = wanted[role];
  const found: string[] = [];
  if (namesOf(inputs) !== namesOf(expected)) found.push(`takes ${inputs.map(portText).join(", ") || "nothing"}, where ${namesOf(expected)} ${expected.length === 1 ? "alone is" : "are"} given`);
  else {
    for (const { name, type, rank } of expected) {
      const port = inputs.find((input) => input.name === name)!;
      if (port.type !== type) found.push(`takes ${name} as ${port.type}, where ${type} is given`);
      if (port.shape !== undefined && port.shape.length !== rank) found.push(`takes ${portText(port)}, where ${rank} axes are given`);
      else for (const [axis, what] of free) if (typeof port.shape?.[axis] === "number") found.push(`takes exactly ${port.shape[axis]} ${what} (${portText(port)}), where any number is given: export with axis ${axis} of ${name} dynamic`);
    }
  }
  const given = outputs.find(({ name }) => name === output);
  if (given === undefined) found.push(`gives ${outputs.map(portText).join(", ") || "nothing"}, where ${output} is read`);
  else if (given.type !== "float32") found.push(`gives ${output} as ${given.type}, where float32 is read`);
  if (opset < OPSETS.oldest || opset > OPSETS.newest) found.push(`is of opset ${opset}; onnxruntime here reads ${OPSETS.oldest} to ${OPSETS.newest}: export with opset_version=17`);
  if (irVersion > NEWEST_IR_VERSION) found.push(`is of IR version ${irVersion}; onnxruntime here reads up to ${NEWEST_IR_VERSION}: export with an older onnx`);
  return found;
}

function wrong(role: NetworkRole, file: SourceFile, against: readonly string[], header: OnnxHeader): Finding {
  return { code: "package-network", subject: file.name, message: `as ${wanted[role].what}, it ${against.join("; it ")}`, ...renaming(role, header) };
}

/** Where names alone are wrong, the export need not be made again. */
function renaming(role: NetworkRole, { inputs, outputs }: OnnxHeader): Pick<Finding, "hint"> {
  const { inputs: expected, output } = wanted[role];
  if (inputs.length !== expected.length) return role === "textTower" ? { hint: "Export the text model with input_ids as its only input: the container ends a text with its end token and needs no mask." } : {};
  const old = [...inputs.flatMap(({ name }, at) => (name === expected[at]!.name ? [] : [`${name} → ${expected[at]!.name}`])), ...(outputs.length === 1 && outputs[0]!.name !== output ? [`${outputs[0]!.name} → ${output}`] : [])];
  return old.length === 0 ? {} : { hint: `Rename in the file: ${old.join(", ")}; docs/guides/package.md has the lines of Python for it.` };
}

/** Weights as frameworks keep them, by how their files end. */
const otherWeights: readonly (readonly [ending: RegExp, whose: string])[] = [
  [/\.safetensors$/i, "weights without their network"],
  [/(^|\/)(pytorch_model|open_clip_pytorch_model)\.bin$|\.(pt|pth|ckpt)$/i, "weights of PyTorch's"],
  [/\.(h5|hdf5|keras|pb|tflite)$/i, "a model of TensorFlow's"],
];

function nothingFor(role: NetworkRole, networks: readonly NetworkFile[], beside: readonly SourceFile[]): readonly Finding[] {
  const { what, inputs, output } = wanted[role];
  // One that cannot be read may well be it.
  const unread = networks.flatMap(({ finding }) => finding ?? []);
  if (unread.length > 0) return unread;
  const like = networks.filter(({ header }) => header !== undefined && resembles(role, header));
  if (like.length === 1) return [wrong(role, like[0]!.file, differences(role, like[0]!.header!), like[0]!.header!)];
  const needs = `${what} is an ONNX file that takes ${namesOf(inputs)} and gives ${output}`;
  const found = networks.flatMap(({ file, header }) => (header === undefined ? [] : [`${file.name} takes ${namesOf(header.inputs)} and gives ${namesOf(header.outputs)}`]));
  const whole = networks.find(({ header }) => header !== undefined && isWhole(header));
  const weights = otherWeights.flatMap(([ending, whose]) => beside.filter(({ path }) => ending.test(path)).slice(0, 1).map((file) => `${file.name} holds ${whose}: `))[0] ?? "";
  const hint = whole === undefined ? `${weights}${weights === "" ? "Export" : "export"} it as ${targetOf[role]}; docs/guides/package.md shows how.` : `${whole.file.name} is both towers in one file: export them apart, as vision_model.onnx and text_model.onnx; docs/guides/package.md shows how.`;
  return [{ code: "package-file-missing", subject: role, message: `${needs}; ${found.length === 0 ? "there is no such file" : `found: ${found.slice(0, 6).join("; ")}${found.length > 6 ? `; and ${found.length - 6} more` : ""}`}`, hint }];
}

const hasImages = ({ inputs }: OnnxHeader): boolean => inputs.some(({ type, shape }) => shape?.length === 4 && type.startsWith("float"));
const hasTokens = ({ inputs }: OnnxHeader): boolean => inputs.some(({ type }: Port) => type === "int64" || type === "int32");
const isWhole = (header: OnnxHeader): boolean => hasImages(header) && hasTokens(header);

function resembles(role: NetworkRole, header: OnnxHeader): boolean {
  if (role === "network") return true;
  return role === "imageTower" ? hasImages(header) && !hasTokens(header) : hasTokens(header) && !hasImages(header);
}
