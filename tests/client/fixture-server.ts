import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { StackOutputs } from "../../contract/outputs";
import { contracts } from "../../client/models.gen";

/**
 * An HTTP server that speaks the wire of SageMaker Runtime's InvokeEndpoint, for
 * failures that a healthy SageMaker cannot be asked for: the real AWS SDK talks
 * to it. The happy path is tested against the local SageMaker in example.test.ts.
 */
export interface FixtureServer {
  readonly url: string;
  readonly outputs: StackOutputs;
  /** Requests to an endpoint, in order. */
  readonly calls: ReceivedCall[];
  /** Answers the next calls; the last one stays. */
  answer(...replies: Reply[]): void;
  close(): Promise<void>;
}

export interface ReceivedCall {
  readonly endpoint: string;
  readonly body: string;
  readonly headers: IncomingMessage["headers"];
}

export type Reply = (response: ServerResponse, call: ReceivedCall) => void;

export async function startFixtureServer(change: (outputs: StackOutputs) => StackOutputs = (same) => same): Promise<FixtureServer> {
  const outputs = change(velibOutputs());
  const calls: ReceivedCall[] = [];
  let replies: Reply[] = [];
  const server = createServer((request, response) => {
    void collect(request).then((body) => {
      if (request.url === "/slipway/outputs") return void response.end(JSON.stringify(outputs));
      const endpoint = /^\/endpoints\/([^/]+)\/invocations(?:-response-stream)?$/.exec(request.url ?? "")?.[1];
      if (endpoint === undefined) return void response.writeHead(404).end();
      const call = { endpoint: decodeURIComponent(endpoint), body, headers: request.headers };
      calls.push(call);
      const reply = replies.length > 1 ? replies.shift() : replies[0];
      (reply ?? json(500, {}))(response, call);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    outputs,
    calls,
    answer: (...next) => (replies = next),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export function velibOutputs(): StackOutputs {
  return {
    outputsVersion: 1,
    stack: "dev",
    models: {
      "velib-lstm": {
        version: "v3",
        traffic: { v3: 1 },
        region: "eu-west-3",
        contractSha256: contracts["velib-lstm"].sha256,
        image: "111122223333.dkr.ecr.eu-west-3.amazonaws.com/slipway-dev@sha256:00",
        artifacts: { v3: "00" },
        serving: { serverless: { endpointName: "velib-lstm-dev", endpointConfigName: "velib-lstm-dev-0", variants: ["v3"] } },
        invokePolicyArn: "arn:aws:iam::111122223333:policy/example",
        alarms: [],
      },
    },
  };
}

/** A body as it is, with a status and headers. */
export const json =
  (status: number, body: unknown, headers: { readonly [name: string]: string } = {}): Reply =>
  (response) =>
    response
      .writeHead(status, { "content-type": "application/json", "x-amzn-requestid": "request-of-aws", ...headers })
      .end(typeof body === "string" ? body : JSON.stringify(body));

/** An error as SageMaker sends it: its name in a header, its fields in the body. */
export const awsError = (status: number, name: string, fields: { readonly [field: string]: unknown }): Reply =>
  json(status, fields, { "x-amzn-errortype": name });

/** An error of the model's container, as SageMaker wraps it (424 ModelError). */
export const modelError = (originalStatus: number, originalMessage: string): Reply =>
  awsError(424, "ModelError", {
    Message: `Received client error (${originalStatus}) from primary with message "${originalMessage}".`,
    OriginalStatusCode: originalStatus,
    OriginalMessage: originalMessage,
    LogStreamArn: "arn:aws:logs:eu-west-3:111122223333:log-group:/aws/sagemaker/Endpoints/velib-lstm-dev",
  });

/** An error body of the Slipway container, wrapped. */
export const containerError = (status: number, error: { code: string; message: string; path?: string; requestId: string }): Reply =>
  modelError(status, JSON.stringify({ error }));

/** Takes the request and never answers. */
export const hang: Reply = () => undefined;

/** Breaks the connection in place of an answer. */
export const hangUp: Reply = (response) => void response.socket?.destroy();

async function collect(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}
