import type { IncomingHttpHeaders } from "node:http";
import { RequestError } from "../failure";
import { JSON_TYPE, type Wire } from "../runtimes/wire";
import { LINES_TYPE, lineTypes } from "./lines";

export interface Negotiated {
  /** How the body is to be read: as JSON, as the file itself, or as a form that has the file as a part. */
  readonly reads: "json" | "file" | "form";
  /** Media type of the answer. */
  readonly accept: string;
}

/**
 * Holds a request's headers against what the server reads and writes. A body
 * without a type is read as JSON; `application/json` and `application/*+json`
 * are, in UTF-8 and not compressed; and the file types of the runtime's wire.
 *
 * @param streams whether answers may also go out line by line.
 * @throws RequestError `unsupported-media-type` or `not-acceptable`.
 */
export function negotiate(headers: IncomingHttpHeaders, wire: Pick<Wire, "answers" | "file">, streams: boolean): Negotiated {
  const type = headers["content-type"];
  const reads = type === undefined ? "json" : readingOf(type, wire);
  if (reads === undefined) {
    throw new RequestError("unsupported-media-type", `the server reads ${readable(wire)}, not ${quote(type!)}`);
  }
  const encoding = headers["content-encoding"];
  if (encoding !== undefined && encoding.trim().toLowerCase() !== "identity") {
    throw new RequestError("unsupported-media-type", `the server reads bodies as they are, not ${quote(encoding)}`);
  }
  const answers = [JSON_TYPE, ...Object.keys(wire.answers ?? {})];
  const accepted = headers.accept?.toLowerCase() ?? "";
  // Lines are for who asks for them by name: `application/*` was never meant so.
  const accept = chosen(accepted, streams ? [...answers, ...lineTypes.filter((type) => accepted.includes(type))] : answers);
  if (accept === undefined) {
    throw new RequestError("not-acceptable", `the server answers ${[...answers, ...(streams ? [LINES_TYPE] : [])].join(" or ")}, and Accept is ${quote(headers.accept!)}`);
  }
  return { reads, accept };
}

/** What the server reads, in words. */
export function readable({ file }: Pick<Wire, "file">): string {
  const types = file === undefined ? [] : [...file.types, "multipart/form-data"];
  return ["application/json in UTF-8", ...types].join(", ");
}

function readingOf(header: string, { file }: Pick<Wire, "file">): Negotiated["reads"] | undefined {
  const [type = "", ...parameters] = header.toLowerCase().split(";").map((part) => part.trim());
  if (/^application\/(?:[\w.!#$&^-]+\+)?json$/.test(type)) {
    const charset = parameters.find((parameter) => parameter.startsWith("charset="))?.slice("charset=".length).replace(/"/g, "");
    return charset === undefined || charset === "utf-8" || charset === "utf8" || charset === "us-ascii" ? "json" : undefined;
  }
  if (file === undefined) return undefined;
  if (type === "multipart/form-data") return "form";
  return file.types.some((range) => range === type || (range.endsWith("/*") && type.startsWith(range.slice(0, -1)))) ? "file" : undefined;
}

/** The best of the server's types by the ranges of `Accept`; the most specific range decides on each (RFC 9110 §12.5.1), and of equals the first. */
function chosen(header: string, offered: readonly string[]): string | undefined {
  if (header.trim() === "") return offered[0];
  const ranges = new Map<string, number>();
  for (const range of header.split(",")) {
    const [type = "", ...parameters] = range.split(";").map((part) => part.trim());
    const quality = parameters.find((parameter) => parameter.startsWith("q="))?.slice("q=".length);
    ranges.set(type, quality === undefined ? 1 : Number(quality) || 0);
  }
  const qualityOf = (type: string): number => ranges.get(type) ?? ranges.get(`${type.split("/")[0]}/*`) ?? ranges.get("*/*") ?? 0;
  const best = offered.reduce((leader, type) => (qualityOf(type) > qualityOf(leader) ? type : leader));
  return qualityOf(best) > 0 ? best : undefined;
}

const quote = (header: string): string => JSON.stringify(header.slice(0, 100));
