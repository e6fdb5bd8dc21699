import { fastify, type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import type { Json } from "../../../contract/json";
import { parseJson } from "../core/json-text";
import type { Log } from "../core/log";
import { RequestError } from "../failure";
import type { Authorise } from "./bearer";
import { answerBrokenConnection, errorBody, statusOf, toRequestError } from "./errors";
import { requestIdOf } from "./request-id";
import type { ListedModel, ModelTable } from "../core/models/table";
import { passedOn } from "./model-process";

export interface ModelsServerOptions {
  readonly models: ModelTable;
  readonly maxBodyBytes: number;
  readonly log: Log;
  /** Judges who calls, on every route but /ping; without it everybody may. */
  readonly authorise?: Authorise;
  /** Whether the process is shutting down. */
  readonly draining: () => boolean;
}

/** A name is opaque, of SageMaker's making; TargetModel, from which it may come, has at most 1024 characters. */
const MAX_NAME_LENGTH = 1024;
const LOAD_BODY_BYTES = 64 * 1024;
/** Models in one answer of the list, unless `limit` says otherwise. */
const PAGE = 100;
/** The longest that a name takes in a path, percent-encoded. */
const MAX_PARAM_LENGTH = 12 * MAX_NAME_LENGTH;
/** As in server.ts. */
const KEEP_ALIVE_MS = 75_000;
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 30_000;
const RETRY_AFTER = { "retry-after": "1" };

type Named = FastifyRequest<{ Params: { name: string } }>;

/**
 * SageMaker's API of a container that serves several models
 * (https://docs.aws.amazon.com/sagemaker/latest/dg/mms-container-apis.html).
 */
export function createModelsServer(options: ModelsServerOptions): FastifyInstance {
  const { models, log } = options;
  const fail = (error: unknown, request: FastifyRequest, reply: FastifyReply): void => answerError(error, request, reply, options);
  const app = fastify({
    logger: false,
    bodyLimit: options.maxBodyBytes,
    keepAliveTimeout: KEEP_ALIVE_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    http: { headersTimeout: HEADERS_TIMEOUT_MS, connectionsCheckingInterval: 1000 },
    return503OnClosing: false,
    routerOptions: { maxParamLength: MAX_PARAM_LENGTH },
    genReqId: (request) => requestIdOf(request.headers),
    clientErrorHandler: answerBrokenConnection,
    frameworkErrors: fail,
    schemaController: { compilersFactory: { buildValidator: noCompiler, buildSerializer: noCompiler } },
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
  app.setErrorHandler(fail);
  app.setNotFoundHandler(() => {
    throw new RequestError("not-found", "the routes are GET /ping, GET and POST /models, GET and DELETE /models/{name}, POST /models/{name}/invoke");
  });
  app.decorateRequest("arrivedAt", 0);
  app.addHook("onRequest", async (request, reply) => {
    request.arrivedAt = performance.now();
    reply.header("x-request-id", request.id);
    if (request.routeOptions.url === "/ping") return;
    options.authorise?.(request.headers);
    if (options.draining()) throw new RequestError("draining", "the server is shutting down", undefined, RETRY_AFTER);
  });
  app.addHook("onSend", async (_request, reply) => {
    if (options.draining()) reply.header("connection", "close");
  });

  // Ready to load is ready: which models there are is for SageMaker to say.
  app.get("/ping", (_request, reply) => {
    void reply.code(options.draining() ? 503 : 200).send();
  });

  app.get<{ Querystring: { next_page_token?: string; limit?: string } }>("/models", (request, reply) => sendJson(reply, page(models.list(), request.query)));

  app.post("/models", { bodyLimit: LOAD_BODY_BYTES }, async (request, reply) => {
    const { name, url } = loadRequest(parseJson((request.body as Buffer | undefined) ?? Buffer.alloc(0)));
    return sendJson(reply, await models.load(name, url));
  });

  app.get("/models/:name", (request: Named, reply) => sendJson(reply, models.get(request.params.name)));

  app.delete("/models/:name", async (request: Named, reply) => {
    await models.unload(request.params.name);
    return sendJson(reply, {});
  });

  app.post("/models/:name/invoke", async (request: Named, reply) => {
    const body = (request.body as Buffer | undefined) ?? Buffer.alloc(0);
    const answer = await models.invoke(request.params.name, { body, headers: { ...request.headers, "x-request-id": request.id } });
    const { "x-amzn-sagemaker-target-model": targetModel } = request.headers;
    // The model's own process logs what it did; this line says which model it was.
    log.info({ event: "handed-on", requestId: request.id, modelName: request.params.name, targetModel, status: answer.status, durationMs: elapsedMs(request) });
    return reply.code(answer.status).headers(passedOn(answer.headers)).send(answer.body);
  });

  return app;
}

/** By name, so that a page goes on where the last one ended whatever was loaded or unloaded in between. */
function page(models: readonly ListedModel[], { next_page_token: token, limit }: { readonly next_page_token?: string; readonly limit?: string }) {
  if (limit !== undefined && !/^[1-9]\d{0,3}$/.test(limit)) throw new RequestError("validation-failed", `limit is ${JSON.stringify(limit)}; it must be a whole number from 1 to 9999`);
  const after = token === undefined ? undefined : Buffer.from(token, "base64url").toString("utf8");
  const rest = models.filter(({ modelName }) => after === undefined || modelName > after);
  const items = rest.slice(0, Number(limit ?? PAGE));
  const last = items.at(-1);
  return { models: items, ...(last === undefined || items.length === rest.length ? {} : { nextPageToken: Buffer.from(last.modelName, "utf8").toString("base64url") }) };
}

function loadRequest(value: Json): { readonly name: string; readonly url: string } {
  const { model_name: name, url } = (typeof value === "object" && value !== null && !Array.isArray(value) ? value : {}) as { readonly [field: string]: Json };
  if (typeof name !== "string" || name === "" || name.length > MAX_NAME_LENGTH) {
    throw new RequestError("validation-failed", `model_name must be a text of 1 to ${MAX_NAME_LENGTH} characters`, "/model_name");
  }
  if (typeof url !== "string" || url === "") throw new RequestError("validation-failed", "url must be the model's folder", "/url");
  return { name, url };
}

const sendJson = (reply: FastifyReply, value: object): FastifyReply => reply.type("application/json; charset=utf-8").send(JSON.stringify(value));

/** As in server.ts: no route declares a schema. */
const noCompiler = (): never => {
  throw new Error("no route of this server declares a fastify schema");
};

function answerError(thrown: unknown, request: FastifyRequest, reply: FastifyReply, options: ModelsServerOptions): void {
  const error = toRequestError(thrown, options);
  const status = statusOf(error.code);
  const { code, message } = error;
  options.log[status < 500 ? "info" : status === 500 ? "error" : "warn"]({ event: "request", requestId: request.id, status, code, message, durationMs: elapsedMs(request) });
  void reply.code(status).headers({ ...error.headers, "x-request-id": request.id }).type("application/json; charset=utf-8").send(JSON.stringify(errorBody(error, request.id)));
}

const elapsedMs = ({ arrivedAt }: FastifyRequest): number => (arrivedAt === 0 ? 0 : Math.round((performance.now() - arrivedAt) * 100) / 100);
