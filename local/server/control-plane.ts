import type { FastifyInstance } from "fastify";
import { randomUUID } from "node:crypto";
import { ControlPlaneError } from "../control/errors";
import { callOperation } from "../control/operations";
import type { Regions } from "../control/regions";
import type { SecretStore } from "../secrets/store";

const TARGET_PREFIX = "SageMaker.";
const SECRETS_PREFIX = "secretsmanager.";
const CONTENT_TYPE = "application/x-amz-json-1.1";

/** The control plane's protocol: AWS JSON 1.1, `POST /` with the operation in `X-Amz-Target`. Signatures are not checked; they say which region is meant. */
export function controlPlane(app: FastifyInstance, regions: Regions, secrets: SecretStore): void {
  app.post("/", async (request, reply) => {
    reply.header("x-amzn-requestid", randomUUID()).header("content-type", CONTENT_TYPE);
    try {
      const target = String(request.headers["x-amz-target"] ?? "");
      const name = target.startsWith(TARGET_PREFIX) ? target.slice(TARGET_PREFIX.length) : target;
      const input = parse(request.body as Buffer | undefined);
      const context = regions.of(request.headers.authorization);
      const result = target.startsWith(SECRETS_PREFIX)
        ? secrets.call(target.slice(SECRETS_PREFIX.length), input as { readonly [field: string]: unknown }, context.region)
        : callOperation(context, name, input);
      return await reply.send(encode(result));
    } catch (error) {
      if (!(error instanceof ControlPlaneError)) throw error;
      // Both spellings: modelled exceptions carry `Message`, the others `message`.
      const body = { __type: error.type, message: error.message, Message: error.message };
      return await reply.code(error.httpStatus).header("x-amzn-errortype", error.type).send(encode(body));
    }
  });
}

/** As bytes: to a text the server would add a charset, which the service does not send. */
const encode = (value: object | undefined): Buffer => Buffer.from(value === undefined ? "" : JSON.stringify(value));

function parse(body: Buffer | undefined): unknown {
  if (!body || body.length === 0) return {};
  try {
    return JSON.parse(body.toString("utf8"));
  } catch (error) {
    throw new ControlPlaneError("SerializationException", `The request is not JSON: ${(error as Error).message}`);
  }
}
