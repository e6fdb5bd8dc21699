import type { ErrorCode } from "../../contract/errors";

/** A call that could not be made, for a reason of the command line's own. */
export class CallError extends Error {
  constructor(
    readonly code: ErrorCode,
    /** The file or argument it is about. */
    readonly subject: string,
    message: string,
  ) {
    super(message);
  }
}
