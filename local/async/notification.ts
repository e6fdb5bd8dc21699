import type { QueuedRequest } from "./request";

/** A message that SNS would have carried to the topic's subscribers. */
export interface Notification {
  readonly topicArn: string;
  readonly atMs: number;
  readonly message: {
    readonly awsRegion: string;
    readonly eventName: "InferenceResult";
    readonly eventSource: "aws:sagemaker";
    readonly eventVersion: "1.0";
    readonly eventTime: string;
    readonly receivedTime: string;
    readonly invocationStatus: "Completed" | "Failed";
    readonly failureReason?: string;
    readonly inferenceId: string;
    readonly requestParameters: { readonly endpointName: string; readonly inputLocation?: string; readonly contentType: string };
    readonly responseParameters: { readonly contentType?: string; readonly outputLocation: string };
    /** Only where the config asks for it, and the body has at most 128 KB. */
    readonly responseBody?: { readonly content: string; readonly encoding: "BASE64" };
  };
}

export interface Outcome {
  /** Undefined: all is well. */
  readonly failureReason?: string;
  readonly contentType?: string;
  readonly location: string;
  readonly body: Buffer;
}

/** Bytes (https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_AsyncInferenceNotificationConfig.html). */
const INCLUDED_BODY_BYTES = 128 * 1024;

/** The message about one request, in the shape of https://docs.aws.amazon.com/sagemaker/latest/dg/async-inference-check-predictions.html. Pure. */
export function notificationOf(
  endpointName: string,
  topicArn: string,
  request: QueuedRequest,
  { failureReason, contentType, location, body }: Outcome,
  includeResponse: boolean,
  nowMs: number,
): Notification {
  return {
    topicArn,
    atMs: nowMs,
    message: {
      // An endpoint's topics are in its own region.
      awsRegion: topicArn.split(":")[3] ?? "",
      eventName: "InferenceResult",
      eventSource: "aws:sagemaker",
      eventVersion: "1.0",
      eventTime: new Date(nowMs).toISOString(),
      receivedTime: new Date(request.acceptedAtMs).toISOString(),
      invocationStatus: failureReason === undefined ? "Completed" : "Failed",
      ...(failureReason === undefined ? {} : { failureReason }),
      inferenceId: request.inferenceId,
      requestParameters: { endpointName, ...(request.inputLocation === undefined ? {} : { inputLocation: request.inputLocation }), contentType: request.contentType },
      responseParameters: { ...(contentType === undefined ? {} : { contentType }), outputLocation: location },
      ...(includeResponse && body.length <= INCLUDED_BODY_BYTES ? { responseBody: { content: body.toString("base64"), encoding: "BASE64" as const } } : {}),
    },
  };
}
