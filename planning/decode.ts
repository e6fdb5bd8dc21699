import { MAX_FILE_BYTES } from "../contract/registry";
import type { Position, RegistryFile } from "./types";

export type Decoded = { readonly text: string } | { readonly code: "file-refused" | "file-not-text"; readonly message: string; readonly hint: string; readonly position: Position };

const START: Position = { line: 1, column: 1 };
// All of C0 but tab and the line ends, and DEL: YAML allows none of them (https://yaml.org/spec/1.2.2/#51-character-set).
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/;

/** The bytes of a file as text: UTF-8 (a byte order mark is dropped), of a sensible size, without control characters. */
export function decode({ content }: RegistryFile): Decoded {
  if ("refused" in content) {
    return { code: "file-refused", message: `the file was not read: ${content.refused}`, hint: "a descriptor or contract is a small plain file inside the registry", position: START };
  }
  if (content.byteLength > MAX_FILE_BYTES) {
    const message = `the file was not read: it has ${content.byteLength} bytes, and at most ${MAX_FILE_BYTES} are read`;
    return { code: "file-refused", message, hint: "split it, or move data into the artifact", position: START };
  }
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(content);
  } catch {
    const valid = validPrefix(content);
    const byte = content[new TextEncoder().encode(valid).byteLength + (startsWithMark(content) ? 3 : 0)]!;
    const message = `the file is not UTF-8: byte 0x${byte.toString(16).padStart(2, "0")} cannot stand here`;
    return { code: "file-not-text", message, hint: "save it as UTF-8", position: positionAt(valid, valid.length) };
  }
  const control = text.search(CONTROL);
  if (control >= 0) {
    const name = `U+${text.charCodeAt(control).toString(16).toUpperCase().padStart(4, "0")}`;
    return { code: "file-not-text", message: `the file holds the control character ${name}`, hint: "remove it; in a double-quoted string write an escape", position: positionAt(text, control) };
  }
  return { text };
}

/** The longest start of the bytes that is UTF-8, found by halving. */
function validPrefix(bytes: Uint8Array): string {
  let [valid, invalid] = [0, bytes.byteLength];
  // A streaming decoder accepts a character that is cut off at the end, so "valid" only grows.
  const decodes = (end: number): boolean => {
    try {
      new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(0, end), { stream: true });
      return true;
    } catch {
      return false;
    }
  };
  while (invalid - valid > 1) {
    const middle = (valid + invalid) >> 1;
    if (decodes(middle)) valid = middle;
    else invalid = middle;
  }
  return new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(0, valid), { stream: true });
}

const startsWithMark = (bytes: Uint8Array): boolean => bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;

function positionAt(text: string, offset: number): Position {
  const before = text.slice(0, offset);
  const lineStart = before.lastIndexOf("\n") + 1;
  return { line: before.split("\n").length, column: offset - lineStart + 1 };
}
