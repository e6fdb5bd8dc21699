import { errorRow, type ClientErrorCode } from "../contract/errors";

/** What is known of a failed call beside its code. */
export interface ErrorContext {
  readonly model?: string;
  readonly endpoint?: string;
  readonly variant?: string;
  /** HTTP status that was seen; the table's where none is given. */
  readonly status?: number;
  /** JSON Pointer into the request. */
  readonly path?: string;
  readonly requestId?: string;
  readonly cause?: unknown;
}

/**
 * The only error that the client throws. What `code` means, and whether trying
 * again or falling back makes sense, is a row of the error table
 * (`contract/errors.ts`, docs/reference/errors.md).
 */
export class SlipwayError extends Error {
  override readonly name = "SlipwayError";
  readonly code: ClientErrorCode;
  /** HTTP status of the container or of AWS; null where no answer came. */
  readonly status: number | null;
  /** The same call may succeed a moment later. */
  readonly retryable: boolean;
  /** A fallback may answer in place of the endpoint; never true for what the caller must mend. */
  readonly failsOver: boolean;
  /** What to do about it. */
  readonly hint: string;
  readonly model?: string;
  readonly endpoint?: string;
  /** The variant that was asked for by name. */
  readonly variant?: string;
  /** JSON Pointer (RFC 6901) to the field of the request that is wrong. */
  readonly path?: string;
  /** Of the container's log where the container answered, of AWS otherwise. */
  readonly requestId?: string;

  constructor(code: ClientErrorCode, message: string, context: ErrorContext = {}) {
    const { model, endpoint, variant, path, requestId, cause } = context;
    super(model === undefined ? message : `${model}: ${message}`, cause === undefined ? undefined : { cause });
    const row = errorRow(code);
    this.code = code;
    this.status = context.status ?? row.status;
    this.retryable = row.retryable;
    this.failsOver = row.failsOver;
    this.hint = row.hint;
    if (model !== undefined) this.model = model;
    if (endpoint !== undefined) this.endpoint = endpoint;
    if (variant !== undefined) this.variant = variant;
    if (path !== undefined) this.path = path;
    if (requestId !== undefined) this.requestId = requestId;
  }
}
