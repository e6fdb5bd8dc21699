import http, { type Agent } from "node:http";

/** What SageMaker hands to a container; every other header of the caller is dropped. */
export interface ContainerRequest {
  /** Default POST. */
  readonly method?: "DELETE" | "GET" | "POST";
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

/** An answer of which the head is here and the body arrives. */
export interface ContainerStream extends Omit<ContainerResponse, "body"> {
  /** Throws `NoAnswer` where the body breaks off or takes too long. Whoever stops reading hangs up. */
  readonly pieces: AsyncIterable<Buffer>;
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

export async function forward(port: number, agent: Agent, request: ContainerRequest, timeoutMs: number): Promise<ContainerResponse> {
  return whole(await forwardStream(port, agent, request, timeoutMs));
}

/** @param timeoutMs for all of the answer. */
export function forwardStream(port: number, agent: Agent, { method = "POST", path = "/invocations", body, headers }: ContainerRequest, timeoutMs: number): Promise<ContainerStream> {
  const options = { port, agent, method, path, headers: { ...headers, "content-length": String(body.length) } };
  return open(options, body, timeoutMs);
}

export async function whole({ status, headers, pieces }: ContainerStream): Promise<ContainerResponse> {
  const body: Buffer[] = [];
  for await (const piece of pieces) body.push(piece);
  return { status, headers, body: Buffer.concat(body) };
}

const exchange = async (options: http.RequestOptions, body: Buffer | undefined, timeoutMs: number): Promise<ContainerResponse> => whole(await open(options, body, timeoutMs));

function open(options: http.RequestOptions, body: Buffer | undefined, timeoutMs: number): Promise<ContainerStream> {
  return new Promise((resolve, reject) => {
    let late: NoAnswer | undefined;
    const noAnswer = (error: NodeJS.ErrnoException): NoAnswer => late ?? new NoAnswer(error.code === "ECONNREFUSED" ? "undelivered" : "connection", error.message);
    const request = http.request({ host: "127.0.0.1", ...options }, (response) => {
      // Until somebody reads, and after: what breaks is thrown where it is read.
      response.on("error", () => undefined);
      resolve({ status: response.statusCode ?? 0, headers: response.headers, pieces: piecesOf(response) });
    });
    // A timer of our own: the request's `timeout` option counts silence, and the agent's clears it.
    const timer = setTimeout(() => request.destroy((late = new NoAnswer("timeout", `no answer within ${timeoutMs} ms`))), timeoutMs);
    request.on("error", (error) => {
      clearTimeout(timer);
      reject(noAnswer(error));
    });
    request.end(body);

    async function* piecesOf(response: http.IncomingMessage): AsyncGenerator<Buffer> {
      try {
        for await (const piece of response) yield piece as Buffer;
      } catch (error) {
        throw noAnswer(error as Error);
      } finally {
        clearTimeout(timer);
      }
    }
  });
}
