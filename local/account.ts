/** The account that everything local belongs to: AWS's own documentation placeholder, never a real one. */
export const ACCOUNT_ID = "111122223333";

export type SageMakerResource = "model" | "endpoint-config" | "endpoint" | "transform-job";

/** ARN of a SageMaker resource; the service writes names in lower case there. */
export function sagemakerArn(region: string, resource: SageMakerResource, name: string): string {
  return `arn:aws:sagemaker:${region}:${ACCOUNT_ID}:${resource}/${name.toLowerCase()}`;
}

/** ARN of the log stream that a `ModelError` points at. */
export function logStreamArn(region: string, endpoint: string): string {
  return `arn:aws:logs:${region}:${ACCOUNT_ID}:log-group:/aws/sagemaker/Endpoints/${endpoint}`;
}
