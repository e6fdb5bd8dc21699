import type { FastifyInstance, FastifyReply, FastifyRequest, RouteShorthandOptionsWithHandler } from "fastify";
import type { IncomingHttpHeaders } from "node:http";
import { errorTable } from "../../../contract/errors";
import { parseJson } from "../core/json-text";
import { workOf } from "../core/work";
import { RequestError } from "../failure";
import { JSON_TYPE } from "../runtimes/wire";
import { errorBody, toRequestError } from "./errors";
import { goneSignal } from "./gone";
import type { ServerOptions } from "./server";
import { elapsedMs } from "./timing";

/** One JSON value a line (https://jsonlines.org), under the types that SageMaker and its users write. */
const LINES_TYPE = "application/jsonlines";
const lineTypes: ReadonlySet<string> = new Set([LINES_TYPE, "application/jsonl", "application/x-jsonlines", "application/x-ndjson"]);
const BYTES_PER_MB = 1024 * 1024;
/** What requests may hold at once, in MB: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateTransformJob.html */
const MOST_IN_FLIGHT_MB = 100;
/** One that is computed, and one that waits so that the model never does. */
const CONCURRENT = 2;
const NEWLINE = 0x0a;

/** `GET /execution-parameters`: how SageMaker should send, where a job does not say (https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-batch-code.html). */
export function addExecutionParameters(app: FastifyInstance, { maxBodyBytes }: Pick<ServerOptions, "maxBodyBytes">): void {
  const MaxPayloadInMB = Math.max(1, Math.min(MOST_IN_FLIGHT_MB, Math.floor(maxBodyBytes / BYTES_PER_MB)));
  const MaxConcurrentTransforms = Math.max(1, Math.min(CONCURRENT, Math.floor(MOST_IN_FLIGHT_MB / MaxPayloadInMB)));
  app.get("/execution-parameters", (_request, reply) => reply.send({ MaxConcurrentTransforms, BatchStrategy: "MULTI_RECORD", MaxPayloadInMB }));
}

/** What a transform job may send beside JSON: many requests, one a line. The other bodies go on to `single`. */
export function withLines(options: ServerOptions, single: RouteShorthandOptionsWithHandler): RouteShorthandOptionsWithHandler {
  const { onRequest, handler } = single;
  return {
    onRequest: async function (request, reply) {
      if (holdsLines(request.headers)) assertLinesWanted(request.headers.accept);
      else await (onRequest as (this: unknown, request: FastifyRequest, reply: FastifyReply) => Promise<void>).call(this, request, reply);
    },
    handler: function (request, reply) {
      return holdsLines(request.headers) ? answerLines(options, request, reply) : handler.call(this, request, reply);
    },
  };
}

/**
 * Answers each line in its place, so that answer and question can be joined by
 * their number. A line that the model refuses is answered with its error and
 * the rest go on; what may pass another time fails the request, which SageMaker
 * sends again.
 */
async function answerLines(options: ServerOptions, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { dispatcher, validate, log } = options;
  const gone = goneSignal(reply);
  const answers: string[] = [];
  let failed = 0;
  for (const line of linesOf((request.body as Buffer | undefined) ?? Buffer.alloc(0))) {
    try {
      const { response } = await dispatcher.submit(workOf(parseJson(line), line.byteLength, validate, JSON_TYPE), gone);
      answers.push(response as string);
    } catch (thrown) {
      const error = toRequestError(thrown, options);
      if (!ofTheLine(error)) throw error;
      failed += 1;
      answers.push(JSON.stringify(errorBody(error, request.id)));
    }
  }
  log.info({ event: "request", requestId: request.id, status: 200, lines: answers.length, failedLines: failed, durationMs: elapsedMs(request) });
  return reply.type(LINES_TYPE).send(Buffer.from(answers.map((answer) => `${answer}\n`).join("")));
}

/** Whether sending the line again would fail again. */
const ofTheLine = ({ code }: RequestError): boolean => code !== "caller-gone" && (code === "runtime-failed" || !errorTable[code].retryable);

/** The lines of a body, without their ends. Nothing after the last line end is no line. */
export function* linesOf(body: Buffer): Generator<Buffer> {
  for (let start = 0; start < body.byteLength; ) {
    const found = body.indexOf(NEWLINE, start);
    const end = found < 0 ? body.byteLength : found;
    yield body.subarray(start, end);
    start = end + 1;
  }
}

function holdsLines({ "content-type": type = "" }: IncomingHttpHeaders): boolean {
  return lineTypes.has(type.toLowerCase().split(";", 1)[0]!.trim());
}

function assertLinesWanted(accept = ""): void {
  const ranges = accept.toLowerCase().split(",").map((range) => range.split(";", 1)[0]!.trim());
  if (accept.trim() === "" || ranges.some((range) => range === "*/*" || range === "application/*" || lineTypes.has(range))) return;
  throw new RequestError("not-acceptable", `the server answers lines as ${LINES_TYPE}, and Accept is ${JSON.stringify(accept.slice(0, 100))}`);
}
