import { S3Error } from "./errors";

export interface ByteRange {
  readonly first: number;
  /** Inclusive. */
  readonly last: number;
}

/**
 * The one range of a `Range` header over an object of that many bytes;
 * undefined where the whole object is meant: no header, several ranges, or one
 * that is not in the form of https://www.rfc-editor.org/rfc/rfc9110#section-14.2,
 * which is to be ignored.
 *
 * @throws S3Error `InvalidRange` where the object has none of the bytes.
 */
export function parseRange(header: string | undefined, bytes: number): ByteRange | undefined {
  const [, from, to] = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? "") ?? [];
  if (from === undefined || to === undefined || (from === "" && to === "")) return undefined;
  if (from !== "" && to !== "" && Number(to) < Number(from)) return undefined;
  const first = from === "" ? Math.max(0, bytes - Number(to)) : Number(from);
  const last = from === "" || to === "" ? bytes - 1 : Math.min(Number(to), bytes - 1);
  if (first >= bytes || (from === "" && Number(to) === 0)) throw new S3Error("InvalidRange", `The requested range ${JSON.stringify(header)} is not satisfiable: the object has ${bytes} bytes`);
  return { first, last };
}
