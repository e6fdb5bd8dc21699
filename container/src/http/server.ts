import { fastify, type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import type { Dispatcher } from "../core/dispatcher";
import { RequestError } from "../failure";
import type { Log } from "../core/log";
import type { Validate } from "../core/validation";
import type { ModelRequest } from "../runtimes/runtime";
import type { Wire } from "../runtimes/wire";
import { addAppRoutes, type Identity } from "./app-routes";
import { addExecutionParameters, withLines } from "./batch";
import { addBodyParsers } from "./body";
import { answerBrokenConnection, errorBody, statusOf, toRequestError } from "./errors";
import type { Authorise } from "./bearer";
import { inference } from "./invocations";
import { requestIdOf } from "./request-id";
import { isRoute, routes } from "./routes";
import { elapsedMs } from "./timing";

export interface ServerOptions {
  readonly dispatcher: Dispatcher<ModelRequest>;
  readonly validate: Validate;
  /** What the runtime reads and writes beside JSON. */
  readonly wire: Wire;
  readonly maxBodyBytes: number;
  readonly log: Log;
  /** Most requests that the model computes together: so many lines of a transform job are asked at once. */
  readonly together: number;
  /** Whether a transform job is served: requests may come as lines. */
  readonly batch?: boolean;
  /** Where set, the routes of apps are served as well. */
  readonly appRoutes?: Identity;
  /** Judges who calls, on every route but /ping; without it everybody may. */
  readonly authorise?: Authorise;
  /** Whether the process is shutting down. */
  readonly draining: () => boolean;
  /** Milliseconds for the headers, and for the whole request, to arrive. */
  readonly headersTimeoutMs?: number;
  readonly requestTimeoutMs?: number;
}

/** Longer than SageMaker's proxy and common load balancers keep an idle connection, so that they close first. */
const KEEP_ALIVE_MS = 75_000;
const HEADERS_TIMEOUT_MS = 10_000;
/** SageMaker gives a real-time answer 60 s; a body that takes half of that to arrive leaves no time to compute. */
const REQUEST_TIMEOUT_MS = 30_000;

/** Bytes to requests and answers to bytes: the only place that knows HTTP. */
export function createServer(options: ServerOptions): FastifyInstance {
  const { dispatcher, wire } = options;
  const requestTimeoutMs = options.requestTimeoutMs ?? REQUEST_TIMEOUT_MS;
  const headersTimeoutMs = Math.min(options.headersTimeoutMs ?? HEADERS_TIMEOUT_MS, requestTimeoutMs);
  const fail = (error: unknown, request: FastifyRequest, reply: FastifyReply): void => answerError(error, request, reply, options);

  const app = fastify({
    logger: false,
    bodyLimit: options.maxBodyBytes,
    keepAliveTimeout: KEEP_ALIVE_MS,
    requestTimeout: requestTimeoutMs,
    http: { headersTimeout: headersTimeoutMs, connectionsCheckingInterval: Math.min(1000, headersTimeoutMs) },
    return503OnClosing: false,
    genReqId: (request) => requestIdOf(request.headers),
    clientErrorHandler: answerBrokenConnection,
    frameworkErrors: fail,
    schemaController: { compilersFactory: { buildValidator: noCompiler, buildSerializer: noCompiler } },
  });

  addBodyParsers(app, wire, options.maxBodyBytes);
  app.setErrorHandler(fail);
  app.setNotFoundHandler((request) => {
    const path = request.url.split("?", 1)[0]!;
    if (!isRoute(path)) throw new RequestError("not-found", "the routes are GET /ping and POST /invocations");
    throw new RequestError("method-not-allowed", `${path} takes ${routes[path]}`, undefined, { allow: routes[path] });
  });

  app.decorateRequest("arrivedAt", 0);
  app.addHook("onRequest", (request, reply, done) => {
    request.arrivedAt = performance.now();
    reply.header("x-request-id", request.id);
    // A load balancer has no token, and learns nothing from /ping but whether to send requests here.
    if (request.routeOptions.url !== "/ping") options.authorise?.(request.headers);
    done();
  });
  // On the way out, so that it also reaches what was admitted before the drain began.
  app.addHook("onSend", (_request, reply, _payload, done) => {
    if (options.draining()) reply.header("connection", "close");
    done();
  });

  app.get("/ping", (_request, reply) => {
    void reply.code(dispatcher.healthy ? 200 : 503).send();
  });

  const invocations = inference(options);
  app.post("/invocations", options.batch === true ? withLines(options, invocations) : invocations);
  if (options.batch === true) addExecutionParameters(app, options);
  if (options.appRoutes !== undefined) addAppRoutes(app, options, options.appRoutes);

  return app;
}

/** Contracts are compiled in core. Fastify would load compilers of its own at every start, for schemas that no route has. */
const noCompiler = (): never => {
  throw new Error("no route of this server declares a fastify schema");
};

function answerError(thrown: unknown, request: FastifyRequest, reply: FastifyReply, options: ServerOptions): void {
  const error = toRequestError(thrown, options);
  const status = statusOf(error.code);
  options.log[levelOf(status)]({
    event: "request",
    requestId: request.id,
    status,
    code: error.code,
    durationMs: elapsedMs(request),
    // A fault of the caller is told to the caller: message and path quote the request, and payloads are never logged.
    ...(status < 500 ? {} : { message: error.message, cause: thrown === error ? undefined : String(thrown) }),
  });
  void reply.code(status).headers({ ...error.headers, "x-request-id": request.id }).type("application/json; charset=utf-8").send(JSON.stringify(errorBody(error, request.id)));
}

/** A busy or leaving server is no fault; a failing model is. */
const levelOf = (status: number): "info" | "warn" | "error" => (status < 500 ? "info" : status === 500 ? "error" : "warn");
