import type { Container } from "../processes/container";
import { NoAnswer } from "../processes/exchange";
import type { TransformRequest } from "./request";

/** How a job sends its records. */
export type SendingParameters = Required<Pick<TransformRequest, "BatchStrategy" | "MaxConcurrentTransforms" | "MaxPayloadInMB">>;

/** SageMaker's own, where neither the job nor the container says. */
export const sendingDefaults: SendingParameters = { BatchStrategy: "MultiRecord", MaxConcurrentTransforms: 1, MaxPayloadInMB: 6 };

const TIMEOUT_MS = 2_000;

/**
 * What the job says, else what its container does, else SageMaker's defaults
 * (https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-batch-code.html#your-algorithms-batch-code-how-containe-serves-requests).
 */
export async function sendingParameters({ BatchStrategy, MaxConcurrentTransforms, MaxPayloadInMB }: TransformRequest, container: Container): Promise<SendingParameters> {
  const said = { ...(BatchStrategy && { BatchStrategy }), ...(MaxConcurrentTransforms !== undefined && { MaxConcurrentTransforms }), ...(MaxPayloadInMB !== undefined && { MaxPayloadInMB }) };
  const all = Object.keys(said).length === Object.keys(sendingDefaults).length;
  return { ...sendingDefaults, ...(all ? {} : await ofContainer(container)), ...said };
}

/** A container without the route says nothing, and one that says what cannot be is not believed. */
async function ofContainer(container: Container): Promise<Partial<SendingParameters>> {
  try {
    const { status, body } = await container.invoke({ method: "GET", path: "/execution-parameters", headers: {}, body: Buffer.alloc(0) }, TIMEOUT_MS);
    if (status !== 200) return {};
    const { BatchStrategy, MaxConcurrentTransforms, MaxPayloadInMB } = JSON.parse(body.toString("utf8")) as { readonly [name: string]: unknown };
    const strategy = ({ MULTI_RECORD: "MultiRecord", SINGLE_RECORD: "SingleRecord" } as const)[String(BatchStrategy) as "MULTI_RECORD"];
    return {
      ...(strategy === undefined ? {} : { BatchStrategy: strategy }),
      ...(isWhole(MaxConcurrentTransforms) && MaxConcurrentTransforms > 0 ? { MaxConcurrentTransforms } : {}),
      ...(isWhole(MaxPayloadInMB) && MaxPayloadInMB <= 100 ? { MaxPayloadInMB } : {}),
    };
  } catch (error) {
    if (error instanceof NoAnswer || error instanceof SyntaxError) return {};
    throw error;
  }
}

const isWhole = (value: unknown): value is number => Number.isInteger(value) && (value as number) >= 0;
