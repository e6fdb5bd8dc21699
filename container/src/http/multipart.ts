import { Busboy, type BusboyConfig, type BusboyFileStream, type BusboyInstance } from "@fastify/busboy";
import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import { RequestError } from "../failure";

/** What a form carried: one file and some short texts. */
export interface Form {
  readonly file: Uint8Array;
  readonly fields: { readonly [name: string]: string };
}

const MAX_FIELDS = 32;
const MAX_FIELD_BYTES = 64 * 1024;

/**
 * Reads a `multipart/form-data` body while it arrives. Of the form only the file is kept, in memory:
 * nothing is written to disk.
 *
 * @param parts names that the file part may have.
 * @throws RequestError `malformed-multipart`, `body-too-large` or `validation-failed`; it does not
 *   wait for the rest of a body that is wrong already.
 */
export function readForm(headers: IncomingHttpHeaders, body: IncomingMessage, parts: readonly string[], maxBytes: number): Promise<Form> {
  return new Promise((resolve, reject) => {
    const parser = open(headers);
    const fields: Record<string, string> = {};
    const pieces: Buffer[] = [];
    let fileName: string | undefined;
    let files = 0;
    let received = 0;

    const refuse = (error: RequestError): void => {
      body.unpipe(parser);
      body.removeListener("data", count);
      parser.removeAllListeners();
      parser.on("error", () => undefined);
      body.resume();
      reject(error);
    };
    const malformed = (what: string): void => refuse(new RequestError("malformed-multipart", what));
    const count = (piece: Buffer): void => {
      received += piece.byteLength;
      if (received > maxBytes) refuse(tooLarge(maxBytes));
    };

    parser.on("file", (name: string | undefined, stream: BusboyFileStream) => {
      files += 1;
      if (name === undefined || !parts.includes(name) || files > 1) stream.resume();
      else {
        fileName = name;
        stream.on("data", (piece: Buffer) => pieces.push(piece));
      }
      // A part that ends with the body and not with its boundary.
      stream.on("error", () => malformed("the file is cut short"));
    });
    parser.on("field", (name: string | undefined, value: string, _nameCut: boolean, valueCut: boolean) => {
      if (name === undefined) malformed("a field of the form has no name");
      else if (valueCut) malformed(`the field ${JSON.stringify(name.slice(0, 64))} is longer than ${MAX_FIELD_BYTES} bytes`);
      else Object.defineProperty(fields, name, { value, enumerable: true, configurable: true, writable: true });
    });
    parser.on("fieldsLimit", () => malformed(`the form has more than ${MAX_FIELDS} fields`));
    parser.on("error", (error: Error) => malformed(`the form cannot be read: ${error.message}`));
    parser.on("finish", () => {
      if (files > 1) return malformed("the form has more than one file");
      if (fileName === undefined) return refuse(new RequestError("validation-failed", `/${parts[0]} is required, as a file part of the form`, `/${parts[0]}`));
      resolve({ file: Buffer.concat(pieces), fields });
    });
    body.on("error", (error) => reject(error));
    body.on("aborted", () => reject(new RequestError("caller-gone", "the connection closed before the whole body had arrived")));
    body.on("data", count);
    body.pipe(parser);
  });
}

function open(headers: IncomingHttpHeaders): BusboyInstance {
  const limits: BusboyConfig["limits"] = { fields: MAX_FIELDS, fieldSize: MAX_FIELD_BYTES, fieldNameSize: 128, headerPairs: 32, parts: MAX_FIELDS + 2 };
  try {
    return new Busboy({ headers: headers as BusboyConfig["headers"], limits });
  } catch (error) {
    throw new RequestError("malformed-multipart", `the form cannot be read: ${(error as Error).message}`);
  }
}

const tooLarge = (maxBytes: number): RequestError => new RequestError("body-too-large", `the body is larger than ${maxBytes} bytes`, undefined, { connection: "close" });
