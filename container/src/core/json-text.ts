import { constants } from "node:buffer";
import type { Json } from "../../../contract/json";
import { messageOf, RequestError } from "../failure";

/** Deeper than any contract nests; walking what is parsed could otherwise exhaust the stack. */
export const MAX_DEPTH = 100;

/** A byte is a character at most, and V8's longest text has so many. */
const LONGEST_TEXT_BYTES = constants.MAX_STRING_LENGTH;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
/** `[` and `]` differ from `{` and `}` in this bit alone. */
const BRACE = 0x20;
const OPEN = 0x7b;
const CLOSE = 0x7d;

const utf8 = new TextDecoder("utf-8", { fatal: true });

/**
 * The JSON value of a body.
 *
 * @throws RequestError `malformed-json` for what is not UTF-8, not JSON, or nested deeper than `MAX_DEPTH`;
 *   `body-too-large` for more than a text can hold, whatever the server takes.
 */
export function parseJson(body: Uint8Array): Json {
  if (body.byteLength > LONGEST_TEXT_BYTES) {
    throw new RequestError("body-too-large", `JSON of more than ${LONGEST_TEXT_BYTES} bytes is no text that can be read; send an image as it is, under its own type`);
  }
  if (body.byteLength === 0) throw new RequestError("malformed-json", "the body is empty; send one JSON value");
  if (depthOf(body) > MAX_DEPTH) throw new RequestError("malformed-json", `the body is nested deeper than ${MAX_DEPTH} levels`);
  try {
    return JSON.parse(utf8.decode(body)) as Json;
  } catch (error) {
    // V8 quotes the text around the fault; a body does not belong in an answer that may be logged.
    const where = /at position \d+/.exec(messageOf(error))?.[0];
    const what = error instanceof TypeError ? "UTF-8" : "JSON";
    throw new RequestError("malformed-json", `the body is not ${what}${where === undefined ? "" : ` ${where}`}`);
  }
}

/** Levels of arrays and objects, found without recursion; bytes of a multi-byte character are all above 0x7f. */
function depthOf(body: Uint8Array): number {
  let depth = 0;
  let deepest = 0;
  for (let at = 0; at < body.byteLength; at += 1) {
    const byte = body[at]!;
    if (byte === QUOTE) {
      for (at += 1; at < body.byteLength && body[at] !== QUOTE; at += 1) if (body[at] === BACKSLASH) at += 1;
    } else if ((byte | BRACE) === OPEN) {
      depth += 1;
      if (depth > deepest) deepest = depth;
    } else if ((byte | BRACE) === CLOSE) depth -= 1;
  }
  return deepest;
}
