import { familyOf, isHostingInstance, retiredFamilies } from "../../instances";
import type { ModeIssue } from "../mode";

export const TRANSFORM_RESOURCES = "https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_TransformResources.html";

/**
 * Instance types that run transform jobs: the service's own list, by family,
 * much shorter than the one that hosts endpoints.
 *
 * Source: `TransformInstanceType` in the service model of SageMaker 2017-07-24
 * as botocore 1.43.107 ships it, read 2026-11-23; the same list is at
 * https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_TransformResources.html
 */
const sizesByFamily: { readonly [family: string]: string } = {
  m4: "xlarge 2xlarge 4xlarge 10xlarge 16xlarge",
  c4: "xlarge 2xlarge 4xlarge 8xlarge",
  p2: "xlarge 8xlarge 16xlarge",
  p3: "2xlarge 8xlarge 16xlarge",
  c5: "xlarge 2xlarge 4xlarge 9xlarge 18xlarge",
  m5: "large xlarge 2xlarge 4xlarge 12xlarge 24xlarge",
  m6i: "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 32xlarge",
  c6i: "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 32xlarge",
  r6i: "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 32xlarge",
  m7i: "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 48xlarge",
  c7i: "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 48xlarge",
  r7i: "large xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 48xlarge",
  g4dn: "xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge",
  g5: "xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 48xlarge",
  trn1: "2xlarge 32xlarge",
  inf2: "xlarge 8xlarge 24xlarge 48xlarge",
  g6: "xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 48xlarge",
  g6e: "xlarge 2xlarge 4xlarge 8xlarge 12xlarge 16xlarge 24xlarge 48xlarge",
};

/** `ml.m5.large`, … in the service's order. */
export const transformInstanceTypes: readonly string[] = Object.freeze(
  Object.entries(sizesByFamily).flatMap(([family, sizes]) => sizes.split(" ").map((size) => `ml.${family}.${size}`)),
);

const known = new Set(transformInstanceTypes);
/** What is wrong with an instance type that runs transform jobs. */
export function transformInstanceIssues(type: string): ModeIssue[] {
  if (!known.has(type)) {
    const message = isHostingInstance(type) ? `${type} hosts endpoints, and runs no transform job` : `SageMaker runs no transform job on "${type}"`;
    return [{ code: "transform-instance", path: "instance", message, hint: suggestion(type), source: TRANSFORM_RESOURCES }];
  }
  const retired = retiredFamilies[familyOf(type)];
  if (retired === undefined) return [];
  const message = retired.severity === "error" ? `${type} is retired: AWS launches no new ones` : `${type} is of a previous generation and is being retired`;
  return [{ code: "instance-retired", severity: retired.severity, path: "instance", message, hint: `write one of the ${retired.instead} family`, source: retired.source }];
}

function suggestion(type: string): string {
  if (known.has(`ml.${type}`)) return `did you mean "ml.${type}"?`;
  const sizes = transformInstanceTypes.filter((one) => familyOf(one) === familyOf(type));
  return sizes.length > 0 ? `of this family there are ${sizes.join(", ")}` : "write: instance: ml.m5.large, ml.c5.xlarge, ml.g4dn.xlarge, …";
}
