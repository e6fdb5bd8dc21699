import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { randomUUID } from "node:crypto";
import { Readable } from "node:stream";
import type { Queues } from "../async/queues";
import type { AsyncInvocation } from "../async/request";
import { invokeEndpoint, RuntimeError, type Invocation } from "../endpoints/invoke";
import { invokeWithStream } from "../endpoints/stream";
import type { Regions } from "../control/regions";
import type { MetricsBook } from "../metrics/book";
import { EVENT_STREAM_TYPE, responseStream } from "./event-stream";

const PREFIX = "x-amzn-sagemaker-";

/** The runtime's protocol: AWS REST JSON, `POST /endpoints/{name}/invocations`. Signatures are not checked; they say which region is meant. */
export function runtime(app: FastifyInstance, regions: Regions, metrics: MetricsBook): void {
  app.post<{ Params: { name: string } }>("/endpoints/:name/invocations", async (request, reply) => {
    const requestId = randomUUID();
    reply.header("x-amzn-requestid", requestId);
    try {
      const answer = await invokeEndpoint(regions.of(request.headers.authorization, request.params.name), metrics, invocationOf(request, requestId));
      reply.header("x-amzn-invoked-production-variant", answer.variant);
      if (answer.customAttributes !== undefined) reply.header(`${PREFIX}custom-attributes`, answer.customAttributes);
      return await reply.type(answer.contentType).send(answer.body);
    } catch (error) {
      if (!(error instanceof RuntimeError)) throw error;
      return sendError(reply, error);
    }
  });
}

/** `POST /endpoints/{name}/invocations-response-stream`: the answer as it arrives, as an event stream. */
export function streamRuntime(app: FastifyInstance, regions: Regions, metrics: MetricsBook): void {
  app.post<{ Params: { name: string } }>("/endpoints/:name/invocations-response-stream", async (request, reply) => {
    const requestId = randomUUID();
    reply.header("x-amzn-requestid", requestId);
    try {
      // Accept names the stream itself here; the container's is in a header of its own.
      const { contentType, variant, customAttributes, pieces } = await invokeWithStream(regions.of(request.headers.authorization, request.params.name), metrics, { ...invocationOf(request, requestId), accept: headerOf(request)(`${PREFIX}accept`) });
      reply.header(`${PREFIX}content-type`, contentType).header("x-amzn-invoked-production-variant", variant);
      if (customAttributes !== undefined) reply.header(`${PREFIX}custom-attributes`, customAttributes);
      return await reply.type(EVENT_STREAM_TYPE).send(Readable.from(responseStream(pieces), { objectMode: false }));
    } catch (error) {
      if (!(error instanceof RuntimeError)) throw error;
      return sendError(reply, error);
    }
  });
}

/** `POST /endpoints/{name}/async-invocations`: answered 202 once the request is on the disk. */
export function asyncRuntime(app: FastifyInstance, regions: Regions, queues: Queues): void {
  app.post<{ Params: { name: string } }>("/endpoints/:name/async-invocations", async (request, reply) => {
    reply.header("x-amzn-requestid", randomUUID());
    try {
      const { endpoints } = regions.of(request.headers.authorization, request.params.name);
      const accepted = await queues.accept(endpoints.get(request.params.name), asyncInvocationOf(request));
      reply.header(`${PREFIX}outputlocation`, accepted.outputLocation);
      if (accepted.failureLocation !== undefined) reply.header(`${PREFIX}failurelocation`, accepted.failureLocation);
      return await reply.code(202).type("application/json").send(JSON.stringify({ InferenceId: accepted.inferenceId }));
    } catch (error) {
      if (!(error instanceof RuntimeError)) throw error;
      return sendError(reply, error);
    }
  });
}

function asyncInvocationOf(request: FastifyRequest<{ Params: { name: string } }>): AsyncInvocation {
  const header = headerOf(request);
  return {
    endpoint: request.params.name,
    body: (request.body as Buffer | undefined) ?? Buffer.alloc(0),
    inputLocation: header(`${PREFIX}inputlocation`),
    contentType: header(`${PREFIX}content-type`),
    accept: header(`${PREFIX}accept`),
    customAttributes: header(`${PREFIX}custom-attributes`),
    inferenceId: header(`${PREFIX}inference-id`),
    requestTtlSeconds: header(`${PREFIX}requestttlseconds`),
    invocationTimeoutSeconds: header(`${PREFIX}invocationtimeoutseconds`),
    outputPathExtension: header(`${PREFIX}s3outputpathextension`),
    filename: header(`${PREFIX}filename`),
  };
}

const headerOf =
  (request: FastifyRequest) =>
  (name: string): string | undefined => {
    const value = request.headers[name];
    return Array.isArray(value) ? value.join(",") : value;
  };

function invocationOf(request: FastifyRequest<{ Params: { name: string } }>, requestId: string): Invocation {
  const header = headerOf(request);
  return {
    endpoint: request.params.name,
    requestId,
    body: (request.body as Buffer | undefined) ?? Buffer.alloc(0),
    contentType: header("content-type"),
    accept: header("accept"),
    targetVariant: header(`${PREFIX}target-variant`),
    targetModel: header(`${PREFIX}target-model`),
    inferenceId: header(`${PREFIX}inference-id`),
    customAttributes: header(`${PREFIX}custom-attributes`),
  };
}

function sendError(reply: FastifyReply, error: RuntimeError): FastifyReply {
  if (error.type !== undefined) reply.header("x-amzn-errortype", error.type);
  return reply.code(error.httpStatus).type("application/json").send(JSON.stringify({ Message: error.message, ...error.members }));
}
