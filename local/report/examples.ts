import type { Json } from "../../contract/json";

export interface CallExample {
  readonly url: string;
  readonly region: string;
  readonly endpointName: string;
  readonly request: Json;
  /** `TargetModel`, where versions share the endpoint. */
  readonly target?: string;
}

/** One line for a POSIX shell that calls the endpoint. */
export function curlLine({ url, endpointName, request, target }: CallExample): string {
  const named = target === undefined ? "" : ` -H ${shellQuote(`X-Amzn-SageMaker-Target-Model: ${target}`)}`;
  return `curl -sS ${url}/endpoints/${endpointName}/invocations -H 'Content-Type: application/json'${named} -d ${shellQuote(JSON.stringify(request))}`;
}

/** Two lines: one that puts the request into the queue of an endpoint, one that reads the answer when it is there. */
export function queueCurlLines({ url, endpointName, request }: Omit<CallExample, "region">): string {
  return [
    `answer=$(curl -sS -D - -o /dev/null ${url}/endpoints/${endpointName}/async-invocations -H 'X-Amzn-SageMaker-Content-Type: application/json' -d ${shellQuote(JSON.stringify(request))} | sed -n 's#^x-amzn-sagemaker-outputlocation: s3:/##p' | tr -d '\\r')`,
    `curl -sS --retry 9 --retry-all-errors --fail ${url}$answer`,
  ].join("\n");
}

/** A whole ES module that makes the same call through the AWS SDK. */
export function sdkProgram({ url, region, endpointName, request, target }: CallExample): string {
  return `import { InvokeEndpointCommand, SageMakerRuntimeClient } from "@aws-sdk/client-sagemaker-runtime";
const runtime = new SageMakerRuntimeClient({
  endpoint: ${JSON.stringify(url)},  // leave these two lines out, and the same program calls AWS
  credentials: { accessKeyId: "local", secretAccessKey: "local" },
  region: ${JSON.stringify(region)},
});
const { Body } = await runtime.send(new InvokeEndpointCommand({
  EndpointName: ${JSON.stringify(endpointName)},${target === undefined ? "" : `\n  TargetModel: ${JSON.stringify(target)},`}
  ContentType: "application/json",
  Body: ${JSON.stringify(JSON.stringify(request))},
}));
console.log(Body.transformToString());`;
}

/** One argument for a POSIX shell, whatever is in it. */
export function shellQuote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
