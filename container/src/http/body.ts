import type { FastifyInstance, FastifyRequest } from "fastify";
import type { IncomingMessage } from "node:http";
import type { Json } from "../../../contract/json";
import { parseJson } from "../core/json-text";
import type { Validate } from "../core/validation";
import { workOf, workOfFile, type Work } from "../core/work";
import { JSON_TYPE, type Wire } from "../runtimes/wire";
import { isLineType } from "./lines";
import { type Form, readForm } from "./multipart";
import type { Negotiated } from "./negotiation";

declare module "fastify" {
  interface FastifyRequest {
    /** Set before the body is read, on routes that take one. */
    negotiated: Negotiated;
  }
}

/** Bodies are read whole, as bytes; a form is taken apart while it arrives. */
export function addBodyParsers(app: FastifyInstance, wire: Wire, maxBodyBytes: number): void {
  app.decorateRequest("negotiated");
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
  const { file } = wire;
  if (file !== undefined) app.addContentTypeParser("multipart/form-data", (request: FastifyRequest, payload: IncomingMessage) => readForm(request.headers, payload, file.parts, maxBodyBytes));
}

/**
 * What a request asks of the model.
 *
 * @param toContract turns the JSON of another contract into this one's.
 * @throws RequestError for a body that the contract refuses.
 */
export function readWork({ body, negotiated }: FastifyRequest, wire: Wire, validate: Validate, toContract = (value: Json): Json => value): Work {
  const { reads } = negotiated;
  // A stream is lines of JSON.
  const accept = isLineType(negotiated.accept) ? JSON_TYPE : negotiated.accept;
  if (reads === "form") {
    const { file, fields } = body as Form;
    return workOfFile(file, fields, wire.file!, validate, accept);
  }
  const bytes = (body as Buffer | undefined) ?? Buffer.alloc(0);
  if (reads === "file") return workOfFile(bytes, {}, wire.file!, validate, accept);
  return workOf(toContract(parseJson(bytes)), bytes.byteLength, validate, accept);
}
