/** `endpoint`: SageMaker, directly or by its queue; `environment`: Elastic Beanstalk as the model's mode; `fallback`: behind an endpoint. */
export type ServedBy = "endpoint" | "environment" | "fallback";

/** One call, ready to be sent. */
export interface Call {
  readonly model: string;
  /** The request as JSON text in UTF-8. */
  readonly body: Uint8Array;
  /** Asked for by name; SageMaker draws by weight otherwise. */
  readonly variant?: string;
}

/** What came back, undecoded. */
export interface RawAnswer {
  readonly body: Uint8Array;
  /** The variant that answered, where the other side says. */
  readonly variant?: string;
  /** The version that was asked, where versions share an endpoint. */
  readonly target?: string;
  readonly requestId?: string;
}

/** An answer of which the beginning is here. */
export interface RawStream extends Omit<RawAnswer, "body"> {
  /** Whoever stops reading lets go by the signal that it was asked with. */
  readonly pieces: AsyncIterable<Uint8Array>;
}

/**
 * One way to get an answer. The SageMaker endpoint is one; a fallback that
 * answers the same contract is another, chosen when an error `failsOver`.
 */
export interface Transport {
  /** For error messages: the endpoint's name. */
  readonly target: string;
  /** What kind of place answers; an endpoint where nothing is said. */
  readonly servedBy?: ServedBy;
  /** One attempt, no retries. May throw anything; the caller maps it. */
  send(call: Call, signal: AbortSignal): Promise<RawAnswer>;
  /** The same with an answer in lines that are read as they come; undefined where this place answers whole alone. */
  readonly stream?: (call: Call, signal: AbortSignal) => Promise<RawStream>;
}

/** What a container is asked for an answer in lines, one for each request: https://jsonlines.org */
export const LINES_TYPE = "application/jsonlines";
