import { errorTable } from "../../../contract/errors";
import type { Dispatched } from "../core/dispatcher";
import type { RequestError } from "../failure";
import { errorBody, toRequestError } from "./errors";

/** One JSON value a line (https://jsonlines.org), under the types that SageMaker and its users write. */
export const LINES_TYPE = "application/jsonlines";
export const lineTypes = [LINES_TYPE, "application/jsonl", "application/x-jsonlines", "application/x-ndjson"] as const;

export const isLineType = (type: string): boolean => (lineTypes as readonly string[]).includes(type);

const NEWLINE = 0x0a;

/** The lines of a body, without their ends. Nothing after the last line end is no line. */
export function* linesOf(body: Buffer): Generator<Buffer> {
  for (let start = 0; start < body.byteLength; ) {
    const found = body.indexOf(NEWLINE, start);
    const end = found < 0 ? body.byteLength : found;
    yield body.subarray(start, end);
    start = end + 1;
  }
}

/** A line of an answer, its end included: what the model said, or the error in its place. */
export interface AnswerLine {
  readonly text: string;
  readonly error?: RequestError;
}

/** @param answer of one request. Never rejects. */
export async function answerLine(answer: Promise<Dispatched>, requestId: string, limits: { readonly maxBodyBytes: number }): Promise<AnswerLine> {
  try {
    return { text: `${(await answer).response as string}\n` };
  } catch (thrown) {
    const error = toRequestError(thrown, limits);
    return { text: `${JSON.stringify(errorBody(error, requestId))}\n`, error };
  }
}

/** Whether sending the line again would fail again. */
export const ofTheLine = ({ code }: RequestError): boolean => code !== "caller-gone" && (code === "runtime-failed" || !errorTable[code].retryable);
