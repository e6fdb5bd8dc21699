import { readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { LineCounter, parseDocument } from "yaml";
import { CommandFailure } from "../render/failure";

/** A request with the text it was read from, so that an error can point into it. */
export interface RequestFile {
  /** As messages name it. */
  readonly name: string;
  readonly text: string;
  readonly request: unknown;
}

/**
 * Reads a request from a file, or from standard input where the path is `-`.
 *
 * @throws CommandFailure `request-unreadable` or `request-not-json`
 */
export async function readRequest(path: string, stdin: NodeJS.ReadableStream): Promise<RequestFile> {
  const name = path === "-" ? "standard input" : path;
  let content: string;
  try {
    content = (path === "-" ? await text(stdin) : await readFile(path, "utf8")).replace(/^\uFEFF/, "");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new CommandFailure("request-unreadable", name, code === "ENOENT" ? "there is no such file" : `cannot be read: ${code ?? String(error)}`);
  }
  try {
    return { name, text: content, request: JSON.parse(content) as unknown };
  } catch (error) {
    if (content.trim() === "") throw new CommandFailure("request-not-json", name, "is empty");
    const { place, message } = syntaxError(content, (error as SyntaxError).message);
    throw new CommandFailure("request-not-json", name + place, `is not JSON: ${message}`);
  }
}

/** V8 counts characters (`… at position 7`) where it says the place at all; people count lines. */
function syntaxError(content: string, said: string): { place: string; message: string } {
  const position = / at position (\d+)/.exec(said)?.[1];
  if (position === undefined) return { place: "", message: said };
  const before = content.slice(0, Number(position)).split("\n");
  const place = `:${before.length}:${before.at(-1)!.length + 1}`;
  return { place, message: said.replace(/ in JSON at position \d+.*$/, "") };
}

/**
 * Where a JSON Pointer (RFC 6901) leads in a JSON text, 1-based; the nearest
 * member above it where it leads to nothing, as for a field that is missing.
 */
export function locatePointer(json: string, pointer: string): { line: number; column: number } | undefined {
  const counter = new LineCounter();
  // JSON is YAML, and this parser keeps positions.
  const document = parseDocument(json, { lineCounter: counter, uniqueKeys: false });
  const keys = pointer
    .split("/")
    .slice(1)
    .map((key) => key.replaceAll("~1", "/").replaceAll("~0", "~"));
  for (let depth = keys.length; depth >= 0; depth -= 1) {
    const node = (depth === 0 ? document.contents : document.getIn(keys.slice(0, depth), true)) as { range?: [number] } | undefined;
    if (node?.range === undefined) continue;
    const { line, col } = counter.linePos(node.range[0]);
    return { line, column: col };
  }
  return undefined;
}
