import type { Socket } from "node:net";
import type { FastifyError } from "fastify";
import { errorTable, type WireErrorBody, type WireErrorCode } from "../../../contract/errors";
import { RequestError } from "../failure";

export const statusOf = (code: WireErrorCode): number => errorTable[code].status;

export function errorBody(error: RequestError, requestId: string): WireErrorBody {
  const { code, message, path } = error;
  return { error: { code, message, ...(path === undefined ? {} : { path }), requestId } };
}

/** Whatever was thrown while a request was handled, as one of the table's errors. */
export function toRequestError(error: unknown, limits: { readonly maxBodyBytes: number }): RequestError {
  if (error instanceof RequestError) return error;
  switch ((error as Partial<FastifyError>).code) {
    case "FST_ERR_CTP_BODY_TOO_LARGE":
      return new RequestError("body-too-large", `the body is larger than ${limits.maxBodyBytes} bytes`, undefined, { connection: "close" });
    case "ECONNRESET":
    case "ERR_STREAM_PREMATURE_CLOSE":
      return new RequestError("caller-gone", "the connection closed before the whole body had arrived");
    case "FST_ERR_CTP_INVALID_MEDIA_TYPE":
      return new RequestError("unsupported-media-type", "the server does not read this content type");
    case "FST_ERR_BAD_URL":
    case "FST_ERR_CTP_INVALID_CONTENT_LENGTH":
    case "FST_ERR_ASYNC_CONSTRAINT":
      return new RequestError("malformed-request", "the request line or the length of the body is not valid HTTP");
    default:
      return new RequestError("runtime-failed", "the server failed on this request");
  }
}

/** Answers a connection whose bytes never became a request, and closes it. */
export function answerBrokenConnection(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === "ECONNRESET" || !socket.writable) return void socket.destroy();
  const failure = brokenConnection(error.code);
  const body = JSON.stringify(errorBody(failure, "none"));
  const head = [
    `HTTP/1.1 ${statusOf(failure.code)} ${failure.code}`,
    "content-type: application/json",
    `content-length: ${Buffer.byteLength(body)}`,
    "connection: close",
  ];
  socket.end(`${head.join("\r\n")}\r\n\r\n${body}`);
}

function brokenConnection(code: string | undefined): RequestError {
  if (code === "ERR_HTTP_REQUEST_TIMEOUT") return new RequestError("request-too-slow", "the request did not arrive in time");
  if (code === "HPE_HEADER_OVERFLOW") return new RequestError("headers-too-large", "the headers are larger than the server reads");
  return new RequestError("malformed-request", "the bytes are not an HTTP request");
}
