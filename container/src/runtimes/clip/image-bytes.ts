import { RequestError } from "../../failure";
import type { ModelRequest } from "../runtime";

const DATA_URL = /^data:[\w.+-]+\/[\w.+-]+(?:;[\w-]+=[\w-]+)*;base64,/;
/** Four letters at a time, white space apart: a body of 100 MB is not worth a walk through each letter. */
const ALPHABET = /^[A-Za-z0-9+/_-]+={0,2}\s*$/;

/**
 * The bytes of an image in a field of a request: what came as a file, or base64 (of either alphabet,
 * with or without a data URL in front, line breaks ignored).
 *
 * @throws RequestError `validation-failed` for what is not base64.
 */
export function imageBytes({ value, file, path }: ModelRequest, field: string): Uint8Array {
  if (file !== undefined) return file;
  const text = (value as { readonly [field: string]: string })[field]!;
  const start = DATA_URL.exec(text.slice(0, 200))?.[0].length ?? 0;
  const base64 = text.slice(start).replace(/[\r\n]+/g, "");
  if (!ALPHABET.test(base64)) throw new RequestError("validation-failed", `${path}/${field} is not base64`, `${path}/${field}`);
  return Buffer.from(base64, "base64");
}
