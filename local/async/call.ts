import { GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { InvokeEndpointAsyncCommand } from "@aws-sdk/client-sagemaker-runtime";
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Json } from "../../contract/json";
import type { AsyncOutputs } from "../../contract/outputs";
import type { loopbackClients } from "../engine/loopback";
import { parseS3Uri } from "../s3/names";
import type { RunningStack } from "../stack";

type Clients = Pick<ReturnType<typeof loopbackClients>, "runtime" | "s3">;

/** The queue that a model of the stack is called through; undefined where it has none. */
export const queueOf = ({ outputs }: RunningStack, model: string): AsyncOutputs | undefined => outputs.models[model]?.serving.async;

/** Between two looks; the stack is on this machine. */
const LOOK_MS = 50;

/** One request by way of S3, as an application sends it, and its answer from there. Rejects with what the failure says. */
export async function callQueue({ runtime, s3 }: Clients, { endpointName, inputUri, invocation }: AsyncOutputs, request: Json): Promise<Json> {
  const InputLocation = `${inputUri}${randomUUID()}.json`;
  await s3.send(new PutObjectCommand({ ...placeOf(InputLocation), Body: JSON.stringify(request), ContentType: "application/json" }));
  const accepted = await runtime.send(
    new InvokeEndpointAsyncCommand({
      EndpointName: endpointName,
      InputLocation,
      ContentType: "application/json",
      Accept: "application/json",
      InvocationTimeoutSeconds: invocation.timeoutSeconds,
      RequestTTLSeconds: invocation.requestTtlSeconds,
    }),
  );
  const read = async (uri: string | undefined): Promise<string | undefined> => {
    if (uri === undefined) return undefined;
    try {
      return await (await s3.send(new GetObjectCommand(placeOf(uri)))).Body!.transformToString();
    } catch (error) {
      if ((error as Error).name === "NoSuchKey") return undefined;
      throw error;
    }
  };
  for (;;) {
    const answer = await read(accepted.OutputLocation);
    if (answer !== undefined) return JSON.parse(answer) as Json;
    const failure = await read(accepted.FailureLocation);
    if (failure !== undefined) throw new Error(failure);
    await sleep(LOOK_MS);
  }
}

function placeOf(uri: string): { Bucket: string; Key: string } {
  const { bucket, key } = parseS3Uri(uri)!;
  return { Bucket: bucket, Key: key };
}
