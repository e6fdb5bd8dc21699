import http, { type Agent } from "node:http";

/** What SageMaker hands to a container; every other header of the caller is dropped. */
export interface ContainerRequest {
  /** Default POST. */
  readonly method?: "DELETE" | "POST";
  /** Default `/invocations`. */
  readonly path?: string;
  readonly body: Buffer;
  readonly headers: { readonly [name: string]: string };
}

export interface ContainerResponse {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: Buffer;
}

/**
 * The container gave no answer: it took too long, or the connection broke, or
 * there was none, so that the request was never delivered and may be sent elsewhere.
 */
export class NoAnswer extends Error {
  constructor(
    readonly reason: "timeout" | "connection" | "undelivered",
    message: string,
  ) {
    super(message);
  }
}

/** `/ping` must answer within 2 s (https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-inference-code.html). */
const PING_TIMEOUT_MS = 2_000;

export async function ping(port: number, agent: Agent): Promise<boolean> {
  try {
    const { status } = await exchange({ port, agent, method: "GET", path: "/ping" }, undefined, PING_TIMEOUT_MS);
    return status === 200;
  } catch {
    return false;
  }
}

export function forward(port: number, agent: Agent, { method = "POST", path = "/invocations", body, headers }: ContainerRequest, timeoutMs: number): Promise<ContainerResponse> {
  const options = { port, agent, method, path, headers: { ...headers, "content-length": String(body.length) } };
  return exchange(options, body, timeoutMs);
}

function exchange(options: http.RequestOptions, body: Buffer | undefined, timeoutMs: number): Promise<ContainerResponse> {
  return new Promise((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      reject(error instanceof NoAnswer ? error : new NoAnswer(error.code === "ECONNREFUSED" ? "undelivered" : "connection", error.message));
    };
    const request = http.request({ host: "127.0.0.1", ...options }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", fail);
      response.on("end", () => {
        clearTimeout(timer);
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) });
      });
    });
    // A timer of our own: the request's `timeout` option counts silence, and the agent's clears it.
    const timer = setTimeout(() => request.destroy(new NoAnswer("timeout", `no answer within ${timeoutMs} ms`)), timeoutMs);
    request.on("error", fail);
    request.end(body);
  });
}
