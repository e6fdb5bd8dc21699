import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import * as tar from "tar";
import { PackagingProblem, type Finding } from "../../packaging/finding";
import { lengthPrefix, varint } from "../../packaging/wire";

export const root = join(__dirname, "../..");
export const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/** A folder that a suite may fill, removed after it. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "slipway-packaging-"));
  after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export function writeFiles(folder: string, files: { readonly [path: string]: string | Uint8Array }): string {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  return folder;
}

/** The files of a committed demo artifact, without its manifest. */
export async function demoFiles(archive: string): Promise<{ [path: string]: Buffer }> {
  const folder = mkdtempSync(join(tmpdir(), "slipway-demo-"));
  try {
    await tar.extract({ file: join(root, "registry/demo", archive, "model.tar.gz"), cwd: folder });
    const paths = (readdirSync(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
    return Object.fromEntries(paths.map((path) => [path.slice(folder.length + 1), readFileSync(path)]).filter(([path]) => path !== "slipway.json")) as { [path: string]: Buffer };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What is said of something that is refused. */
export async function findingsOf(packing: Promise<unknown>): Promise<readonly Finding[]> {
  try {
    await packing;
  } catch (error) {
    if (error instanceof PackagingProblem) return error.findings;
    throw error;
  }
  throw new Error("nothing stood against it");
}

const field = (number: number, content: string | Uint8Array): Buffer => Buffer.concat([lengthPrefix(number, Buffer.from(content).length), Buffer.from(content)]);
const number = (at: number, value: number): Buffer => Buffer.concat([varint(at * 8), varint(value)]);

export interface PortSketch {
  readonly name: string;
  /** TensorProto.DataType: 1 float32, 6 int32, 7 int64, 10 float16. */
  readonly type?: number;
  readonly shape?: readonly (number | string)[];
}

const port = ({ name, type = 1, shape = ["batch", 3, 224, 224] }: PortSketch): Buffer =>
  Buffer.concat([field(1, name), field(2, field(1, Buffer.concat([number(1, type), field(2, Buffer.concat(shape.map((side) => field(1, typeof side === "number" ? number(1, side) : field(2, side)))))])))]);

/** The head of an ONNX file: names, types and sizes, and one weight. */
export function onnxSketch({ inputs, outputs, opset = 17, irVersion = 8, weight = 1, extra = [] }: { readonly inputs: readonly PortSketch[]; readonly outputs: readonly PortSketch[]; readonly opset?: number; readonly irVersion?: number; readonly weight?: number; readonly extra?: readonly Buffer[] }): Buffer {
  const tensor = Buffer.concat([number(1, 2), number(1, 2), number(2, weight), field(8, "w"), field(9, Buffer.alloc(16))]);
  const graph = Buffer.concat([field(1, Buffer.concat([field(1, inputs[0]?.name ?? "x"), field(2, "y"), field(4, "Relu")])), field(5, tensor), ...extra, ...inputs.map((one) => field(11, port(one))), ...outputs.map((one) => field(12, port(one)))]);
  return Buffer.concat([number(1, irVersion), field(7, graph), field(8, number(2, opset))]);
}

export const imageTower = (options: { readonly weight?: number; readonly numbers?: number } = {}): Buffer =>
  onnxSketch({ inputs: [{ name: "pixel_values" }], outputs: [{ name: "image_embeds", shape: ["batch", options.numbers ?? 512] }], ...(options.weight === undefined ? {} : { weight: options.weight }) });
export const textTower = (options: { readonly weight?: number } = {}): Buffer =>
  onnxSketch({ inputs: [{ name: "input_ids", type: 7, shape: ["batch", "tokens"] }], outputs: [{ name: "text_embeds", shape: ["batch", 512] }], ...options });

export const wireField = field;
export const wireNumber = number;
