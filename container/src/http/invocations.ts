import type { FastifyReply, FastifyRequest, RouteShorthandOptionsWithHandler } from "fastify";
import { Readable } from "node:stream";
import type { Json } from "../../../contract/json";
import { parseJson } from "../core/json-text";
import type { Work } from "../core/work";
import { type AppRoute, JSON_TYPE, jsonAnswer, type Wire } from "../runtimes/wire";
import { readWork } from "./body";
import { goneSignal } from "./gone";
import { answerLine, isLineType } from "./lines";
import { negotiate } from "./negotiation";
import type { ServerOptions } from "./server";
import { elapsedMs, round } from "./timing";

/**
 * How a route that asks the model is served.
 *
 * @param route where it is an app's address and not `/invocations`: its body and answer are turned into the contract's and back.
 */
export function inference(options: ServerOptions, route?: AppRoute): RouteShorthandOptionsWithHandler {
  const { dispatcher, validate, wire } = options;
  // An app's address answers in JSON; one with a body of its own reads nothing else either.
  const accepted: Wire = route === undefined ? wire : { ...wire, answers: {}, ...(route.toContract === undefined ? {} : { file: undefined }) };
  return {
    // Before the body is read: what cannot be answered need not be received.
    onRequest: (request, _reply, done) => {
      request.negotiated = negotiate(request.headers, accepted, route === undefined);
      dispatcher.admit();
      done();
    },
    handler: async (request, reply) => {
      const work = readWork(request, wire, validate, route?.toContract);
      return isLineType(request.negotiated.accept) ? stream(options, work, request, reply) : answer(options, work, request, reply, route?.fromContract);
    },
  };
}

/** One body with every answer, or the error of the first request that failed. */
async function answer({ dispatcher, wire, log }: ServerOptions, work: Work, request: FastifyRequest, reply: FastifyReply, fromContract: AppRoute["fromContract"]): Promise<FastifyReply> {
  const { accept } = request.negotiated;
  const answers = await Promise.all(dispatcher.submit(work.requests, { signal: goneSignal(reply), allOrNone: true }));
  const body = (wire.answers?.[accept] ?? jsonAnswer)(answers.map(({ response }) => response), work.batch);
  if (typeof body !== "string") void reply.type(accept).send(Buffer.from(body.buffer, body.byteOffset, body.byteLength));
  else {
    const text = fromContract === undefined ? body : JSON.stringify(fromContract(parseJson(Buffer.from(body)) as { readonly [field: string]: Json }));
    void reply.type(accept === JSON_TYPE ? "application/json; charset=utf-8" : accept).send(text);
  }
  const [first] = answers;
  // The caller need not wait for the line: the answer is in the socket by now.
  log.info({
    event: "request",
    requestId: request.id,
    status: 200,
    ...(work.batch ? { instances: answers.length } : {}),
    durationMs: elapsedMs(request),
    queueMs: round(first!.queueMs),
    inferenceMs: round(first!.inferenceMs),
    ...(first!.batchSize > 1 ? { batchSize: first!.batchSize } : {}),
  });
  return reply;
}

/** A line for each request in its order, sent as soon as it is there; what fails is an error in its line. */
function stream(options: ServerOptions, work: Work, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { dispatcher, log } = options;
  const answers = dispatcher.submit(work.requests, { signal: goneSignal(reply) });
  async function* lines(): AsyncGenerator<string> {
    let failed = 0;
    for (const promised of answers) {
      const { text, error } = await answerLine(promised, request.id, options);
      if (error?.code === "caller-gone") return;
      if (error !== undefined) failed += 1;
      yield text;
    }
    log.info({ event: "request", requestId: request.id, status: 200, lines: answers.length, failedLines: failed, durationMs: elapsedMs(request) });
  }
  return reply.type(request.negotiated.accept).send(Readable.from(lines(), { objectMode: false }));
}
