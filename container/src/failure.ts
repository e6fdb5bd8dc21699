import type { ErrorCode, WireErrorCode } from "../../contract/errors";

/** A request that is answered with an error; the status comes from the error table. */
export class RequestError extends Error {
  override readonly name = "RequestError";

  constructor(
    readonly code: WireErrorCode,
    message: string,
    /** JSON Pointer into the request. */
    readonly path?: string,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
  }
}

/** The container cannot serve its model: it says why in the log and exits. */
export class StartError extends Error {
  override readonly name = "StartError";

  constructor(
    readonly code: ErrorCode,
    message: string,
  ) {
    super(message);
  }
}

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
