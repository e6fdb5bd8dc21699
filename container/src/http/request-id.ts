import { randomUUID } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";

const ECHOED = ["x-request-id", "x-amzn-sagemaker-inference-id"] as const;
/** What is safe to repeat in a header and a log line. */
const SAFE = /^[\w.:/+=@-]{1,128}$/;

/** The caller's id for a request where it gives a usable one, else a new one. */
export function requestIdOf(headers: IncomingHttpHeaders): string {
  for (const name of ECHOED) {
    const value = headers[name];
    if (typeof value === "string" && SAFE.test(value)) return value;
  }
  return randomUUID();
}
