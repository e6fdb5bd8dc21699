import type { IncomingHttpHeaders } from "node:http";
import { RequestError } from "../failure";

const ANSWERED_TYPE = "application/json";

/**
 * Holds a request's headers against what the server reads and writes. A body
 * without a type is read as JSON; `application/json` and `application/*+json`
 * are, in UTF-8 and not compressed.
 *
 * @throws RequestError `unsupported-media-type` or `not-acceptable`.
 */
export function negotiate(headers: IncomingHttpHeaders): void {
  const type = headers["content-type"];
  if (type !== undefined && !isJson(type)) {
    throw new RequestError("unsupported-media-type", `the server reads application/json in UTF-8, not ${quote(type)}`);
  }
  const encoding = headers["content-encoding"];
  if (encoding !== undefined && encoding.trim().toLowerCase() !== "identity") {
    throw new RequestError("unsupported-media-type", `the server reads bodies as they are, not ${quote(encoding)}`);
  }
  const accept = headers.accept;
  if (accept !== undefined && !accepts(accept)) {
    throw new RequestError("not-acceptable", `the server answers application/json, and Accept is ${quote(accept)}`);
  }
}

function isJson(header: string): boolean {
  const [type = "", ...parameters] = header.toLowerCase().split(";").map((part) => part.trim());
  if (!/^application\/(?:[\w.!#$&^-]+\+)?json$/.test(type)) return false;
  const charset = parameters.find((parameter) => parameter.startsWith("charset="))?.slice("charset=".length).replace(/"/g, "");
  return charset === undefined || charset === "utf-8" || charset === "utf8" || charset === "us-ascii";
}

/** Whether a media range of `Accept` admits JSON; the most specific range decides (RFC 9110 §12.5.1). */
function accepts(header: string): boolean {
  const ranges = new Map<string, boolean>();
  for (const range of header.toLowerCase().split(",")) {
    const [type = "", ...parameters] = range.split(";").map((part) => part.trim());
    const quality = parameters.find((parameter) => parameter.startsWith("q="))?.slice("q=".length);
    ranges.set(type, quality === undefined || Number(quality) > 0);
  }
  return ranges.get(ANSWERED_TYPE) ?? ranges.get("application/*") ?? ranges.get("*/*") ?? header.trim() === "";
}

const quote = (header: string): string => JSON.stringify(header.slice(0, 100));
