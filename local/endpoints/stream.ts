import type { ControlContext } from "../control/context";
import type { MetricsBook } from "../metrics/book";
import { NoAnswer, whole, type ContainerStream } from "../processes/exchange";
import { choose, deliver, headOf, INVOCATION_TIMEOUT_MS, noAnswerMessage, type Answer, type Asked, type Invocation } from "./invoke";

/** An answer that is handed on as it arrives. */
export interface StreamedAnswer extends Omit<Answer, "body"> {
  /** @throws StreamBroken in the middle. */
  readonly pieces: AsyncIterable<Buffer>;
}

/** The answer broke off; the codes are SageMaker's (https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_ResponseStream.html). */
export class StreamBroken extends Error {
  constructor(
    readonly code: "ModelInvocationTimeExceeded" | "StreamBroken",
    message: string,
  ) {
    super(message);
  }
}

/** `InvokeEndpointWithResponseStream`. What fails before the first byte is a `RuntimeError`, as of `InvokeEndpoint`. */
export async function invokeWithStream(context: ControlContext, metrics: MetricsBook, invocation: Invocation): Promise<StreamedAnswer> {
  const asked = choose(context, metrics, invocation);
  const response = await deliver(asked.variant, invocation, (container, request) => container.invokeStream(request, INVOCATION_TIMEOUT_MS)).catch((error: unknown) => {
    throw asked.unanswered(error);
  });
  if (response.status >= 400) {
    const { status, body } = await whole(response).catch((error: unknown) => {
      throw asked.unanswered(error);
    });
    asked.note(status);
    throw asked.refused(status, body);
  }
  return { ...headOf(response.headers, asked.variant), pieces: noted(asked, response) };
}

/** The latency of a stream ends with its last byte. */
async function* noted(asked: Asked, { status, headers, pieces }: ContainerStream): AsyncGenerator<Buffer> {
  const body: Buffer[] = [];
  try {
    for await (const piece of pieces) {
      body.push(piece);
      yield piece;
    }
  } catch (error) {
    asked.note(0);
    if (!(error instanceof NoAnswer)) throw error;
    throw new StreamBroken(error.reason === "timeout" ? "ModelInvocationTimeExceeded" : "StreamBroken", noAnswerMessage(error));
  }
  asked.note(status);
  asked.capture(headers, Buffer.concat(body));
}
