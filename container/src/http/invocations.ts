import type { RouteShorthandOptionsWithHandler } from "fastify";
import type { Json } from "../../../contract/json";
import { parseJson } from "../core/json-text";
import type { AppRoute } from "../runtimes/wire";
import { readWork } from "./body";
import { goneSignal } from "./gone";
import { negotiate } from "./negotiation";
import type { ServerOptions } from "./server";
import { elapsedMs, round } from "./timing";

/**
 * How a route that asks the model is served.
 *
 * @param route where it is an app's address and not `/invocations`: its body and answer are turned into the contract's and back.
 */
export function inference({ dispatcher, validate, wire, log }: ServerOptions, route?: AppRoute): RouteShorthandOptionsWithHandler {
  return {
    // Before the body is read: what cannot be answered need not be received.
    onRequest: async (request) => {
      request.negotiated = negotiate(request.headers, route === undefined ? wire : { ...wire, answers: [] });
    },
    handler: async (request, reply) => {
      const work = readWork(request, wire, validate, route?.toContract);
      const answer = await dispatcher.submit(work, goneSignal(reply));
      log.info({
        event: "request",
        requestId: request.id,
        status: 200,
        ...(work.batch ? { instances: work.requests.length } : {}),
        durationMs: elapsedMs(request),
        queueMs: round(answer.queueMs),
        inferenceMs: round(answer.inferenceMs),
      });
      const { response } = answer;
      if (typeof response !== "string") return reply.type(work.accept).send(Buffer.from(response.buffer, response.byteOffset, response.byteLength));
      const text = route?.fromContract === undefined ? response : JSON.stringify(route.fromContract(parseJson(Buffer.from(response)) as { readonly [field: string]: Json }));
      return reply.type("application/json; charset=utf-8").send(text);
    },
  };
}
