import { readFileSync } from "node:fs";
import type { SourceFile } from "./source";

/** Bytes. A catalogue of a million items has 200 MB. */
const MAX_JSON_BYTES = 512 * 2 ** 20;

/** A JSON file: its bytes as they are, and what they mean; or why they mean nothing, in words that go on from its name. */
export type JsonFile = { readonly bytes: Uint8Array; readonly value: unknown } | { readonly fault: string };

/** Reads a JSON file, and says of one that is none where it stops being so. */
export function readJson(file: SourceFile): JsonFile {
  if (file.bytes > MAX_JSON_BYTES) return { fault: `has ${file.bytes} bytes; JSON is read up to ${MAX_JSON_BYTES}` };
  const bytes = readFileSync(file.absolute);
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return { fault: "is not text in UTF-8" };
  }
  // The container's reader takes none.
  if (text.startsWith("\ufeff")) return { fault: "starts with a byte order mark; save it as UTF-8 without one" };
  try {
    return { bytes, value: JSON.parse(text) };
  } catch (error) {
    return { fault: faultOf(text, (error as Error).message) };
  }
}

function faultOf(text: string, said: string): string {
  if (text.trim() === "") return "is empty";
  if (/^\s*<(!doctype|html)/i.test(text)) return "is a web page, not the file: it was saved from the page about it";
  // Python writes numbers that JSON does not have.
  const stray = /[[,:]\s*(NaN|-?Infinity)\b/.exec(text);
  if (stray !== null) return `is not JSON at ${placeOf(text, stray.index + stray[0].length - stray[1]!.length)}: ${stray[1]} is no number there; write it with json.dump(…, allow_nan=False)`;
  const position = / at position (\d+)/.exec(said)?.[1];
  return `is not JSON${position === undefined ? "" : ` at ${placeOf(text, Number(position))}`}: ${said.replace(/ in JSON at position \d+.*$/, "").replace(/ at position \d+.*$/, "")}`;
}

function placeOf(text: string, position: number): string {
  const before = text.slice(0, position).split("\n");
  return `${before.length}:${before.at(-1)!.length + 1}`;
}

export const isObject = (value: unknown): value is { readonly [key: string]: unknown } => typeof value === "object" && value !== null && !Array.isArray(value);

/** As every file that is written anew: compact, with a line end. */
export const jsonBytes = (value: unknown): Uint8Array => new TextEncoder().encode(`${JSON.stringify(value)}\n`);
