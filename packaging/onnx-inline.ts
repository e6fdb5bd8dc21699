import { closeSync, constants, fstatSync, openSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileSource } from "../container/src/backends/index-file";
import { type Content, fromFile, type Part, sizeOf } from "./content";
import type { Finding } from "./finding";
import type { ExternalTensor, OnnxHeader } from "./onnx-header";
import type { SourceFile } from "./source";
import { lengthPrefix, WireReader } from "./wire";

/** Bytes of a protobuf message: https://protobuf.dev/programming-guides/proto-limits/ */
const MAX_MESSAGE_BYTES = 2 ** 31 - 1;

/**
 * The network as one file: weights that lie beside it are put into it, where the container takes
 * them from. Nothing is read but what says where they are; the bytes themselves stay on disk until
 * they are packed.
 *
 * @returns the findings where the files beside it are not as it says.
 */
export function inlined(file: SourceFile, header: OnnxHeader): Content | readonly Finding[] {
  if (header.external.length === 0) return fromFile(file.absolute, file.bytes);
  const findings = header.external.flatMap((tensor) => against(file, tensor));
  if (findings.length > 0) return once(findings);
  const source = fileSource(file.absolute);
  try {
    const reader = new WireReader(source);
    const graph = graphParts(reader, file, header);
    const graphBytes = sizeOf(graph);
    if (graphBytes > MAX_MESSAGE_BYTES) {
      return [{ code: "package-network", subject: file.name, message: `has weights of ${graphBytes} bytes in files beside it; one file, which is what the container loads, holds at most ${MAX_MESSAGE_BYTES}`, hint: "Export it in int8, or a smaller model." }];
    }
    return [
      ...wholeFields(reader, file, 0, file.bytes, ({ number }) => number !== 7),
      { bytes: lengthPrefix(7, graphBytes) },
      ...graph,
    ];
  } finally {
    source.close();
  }
}

function against({ name, absolute }: SourceFile, { tensor, location, offset, length }: ExternalTensor): Finding[] {
  const wrong = (message: string, hint?: string): Finding[] => [{ code: "package-network", subject: name, message, ...(hint === undefined ? {} : { hint }) }];
  // Each part is one of the folder's own: it may not lead elsewhere.
  if (location === "" || location.startsWith("/") || location.includes("\\") || location.split("/").some((part) => part === ".." || part === "")) {
    return wrong(`keeps weights in ${JSON.stringify(location)}, which is not a file beside it`, "Export it again; weights lie in the network's own folder.");
  }
  if (!Number.isSafeInteger(offset) || offset < 0 || !Number.isSafeInteger(length) || length < 0) return wrong(`does not say which bytes of ${location} the tensor ${JSON.stringify(tensor)} has`);
  const bytes = plainSize(join(dirname(absolute), location));
  if (bytes === undefined) return wrong(`keeps its weights in ${location}, and there is no such file beside it`, `Put ${location} into the same folder: the export wrote both, and one is no model without the other.`);
  if (offset + length > bytes) return wrong(`keeps weights up to byte ${offset + length} of ${location}, which has ${bytes}`, `Copy ${location} again: it is cut, or is a pointer of Git LFS's.`);
  return [];
}

/** Undefined for what is not a plain file. */
function plainSize(path: string): number | undefined {
  let handle: number;
  try {
    handle = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch {
    return undefined;
  }
  try {
    const found = fstatSync(handle);
    return found.isFile() ? found.size : undefined;
  } finally {
    closeSync(handle);
  }
}

function graphParts(reader: WireReader, file: SourceFile, { graph, external }: OnnxHeader): Part[] {
  const parts: Part[] = [];
  let copied = graph.start;
  for (const tensor of external) {
    parts.push(range(file, copied, tensor.from), ...tensorParts(reader, file, tensor));
    copied = tensor.end;
  }
  parts.push(range(file, copied, graph.end));
  return parts.filter((part) => "bytes" in part || part.length > 0);
}

/** The tensor's own fields, without where its bytes are and with the bytes. */
function tensorParts(reader: WireReader, file: SourceFile, tensor: ExternalTensor): Part[] {
  const EXTERNAL_DATA = 13;
  const DATA_LOCATION = 14;
  const RAW_DATA = 9;
  const kept = wholeFields(reader, file, tensor.start, tensor.end, ({ number }) => number !== EXTERNAL_DATA && number !== DATA_LOCATION);
  const rawPrefix = lengthPrefix(RAW_DATA, tensor.length);
  const bytes = sizeOf(kept) + rawPrefix.length + tensor.length;
  return [{ bytes: lengthPrefix(5, bytes) }, ...kept, { bytes: rawPrefix }, { file: join(dirname(file.absolute), tensor.location), offset: tensor.offset, length: tensor.length }];
}

/** The fields of a message that are kept, tag and all, as ranges of the file. */
function wholeFields(reader: WireReader, file: SourceFile, start: number, end: number, keep: (field: { readonly number: number }) => boolean): Part[] {
  const parts: Part[] = [];
  for (const field of reader.fields(start, end)) if (keep(field)) parts.push(range(file, field.from, field.to));
  return parts;
}

const range = ({ absolute }: SourceFile, from: number, to: number): Part => ({ file: absolute, offset: from, length: to - from });

/** A network has hundreds of tensors in one file: what is wrong with it is said once. */
const once = (findings: readonly Finding[]): Finding[] => [...new Map(findings.map((finding) => [finding.message.replace(/byte \d+/, ""), finding])).values()].slice(0, 3);
