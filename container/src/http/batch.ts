import type { FastifyInstance, FastifyReply, FastifyRequest, onRequestHookHandler, RouteShorthandOptionsWithHandler } from "fastify";
import type { IncomingHttpHeaders } from "node:http";
import type { Dispatched, Leaving } from "../core/dispatcher";
import { parseJson } from "../core/json-text";
import { workOf } from "../core/work";
import { RequestError } from "../failure";
import type { ModelRequest } from "../runtimes/runtime";
import { JSON_TYPE } from "../runtimes/wire";
import { goneSignal } from "./gone";
import { answerLine, isLineType, LINES_TYPE, linesOf, ofTheLine } from "./lines";
import type { ServerOptions } from "./server";
import { elapsedMs } from "./timing";

const BYTES_PER_MB = 1024 * 1024;
/** What requests may hold at once, in MB: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateTransformJob.html */
const MOST_IN_FLIGHT_MB = 100;
/** One that is computed, and one that waits so that the model never does. */
const CONCURRENT = 2;

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
    onRequest: function (request, reply, done) {
      if (!holdsLines(request.headers)) return (onRequest as onRequestHookHandler).call(this, request, reply, done);
      assertLinesWanted(request.headers.accept);
      done();
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
  const gone = goneSignal(reply);
  const answers: string[] = [];
  let failed = 0;
  for (const lines of together(linesOf((request.body as Buffer | undefined) ?? Buffer.alloc(0)), options.together)) {
    for (const { text, error } of await Promise.all(askAll(options, lines, gone).map((answer) => answerLine(answer, request.id, options)))) {
      if (error !== undefined && !ofTheLine(error)) throw error;
      if (error !== undefined) failed += 1;
      answers.push(text);
    }
  }
  options.log.info({ event: "request", requestId: request.id, status: 200, lines: answers.length, failedLines: failed, durationMs: elapsedMs(request) });
  return reply.type(LINES_TYPE).send(Buffer.from(answers.join("")));
}

/** So many lines as make a batch are one call: they have one place in the queue, and one time limit. */
function askAll({ dispatcher, validate }: ServerOptions, lines: readonly Buffer[], signal: Leaving): Promise<Dispatched>[] {
  const read = lines.map((line) => {
    try {
      return workOf(parseJson(line), line.byteLength, validate, JSON_TYPE).requests[0]!;
    } catch (error) {
      return error as Error;
    }
  });
  const requests = read.filter((one): one is ModelRequest => !(one instanceof Error));
  const answers = requests.length === 0 ? [] : dispatcher.submit(requests, { signal });
  return read.map((one) => (one instanceof Error ? Promise.reject(one) : answers.shift()!));
}

function* together<Item>(items: Iterable<Item>, size: number): Generator<Item[]> {
  let group: Item[] = [];
  for (const item of items) {
    group.push(item);
    if (group.length < size) continue;
    yield group;
    group = [];
  }
  if (group.length > 0) yield group;
}

function holdsLines({ "content-type": type = "" }: IncomingHttpHeaders): boolean {
  return isLineType(type.toLowerCase().split(";", 1)[0]!.trim());
}

function assertLinesWanted(accept = ""): void {
  const ranges = accept.toLowerCase().split(",").map((range) => range.split(";", 1)[0]!.trim());
  if (accept.trim() === "" || ranges.some((range) => range === "*/*" || range === "application/*" || isLineType(range))) return;
  throw new RequestError("not-acceptable", `the server answers lines as ${LINES_TYPE}, and Accept is ${JSON.stringify(accept.slice(0, 100))}`);
}
