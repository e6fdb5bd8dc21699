import type { PlannedResource, ResourceType } from "../contract/resources";
import type { StackFacts } from "./types";

/**
 * What a stack with `slipway:protect` neither deletes nor replaces before the
 * setting is taken away: what callers call, what they authenticate with, what
 * was written, and the key and images without which the rest is worth nothing.
 *
 * Not models and endpoint configs: each change makes new ones and lets the old
 * ones go from the stack, which protection would refuse. They stay in AWS by
 * `retainOnDelete` (docs/decisions/protection.md).
 */
export const protectedTypes: ReadonlySet<ResourceType> = new Set<ResourceType>([
  "aws:ecr/repository:Repository",
  "aws:elasticbeanstalk/environment:Environment",
  "aws:kms/key:Key",
  "aws:s3/bucket:Bucket",
  "aws:sagemaker/endpoint:Endpoint",
  "aws:secretsmanager/secret:Secret",
]);

export function protectedAsAsked(resources: readonly PlannedResource[], { protect = false }: StackFacts): PlannedResource[] {
  return resources.map((resource) => (protect && protectedTypes.has(resource.type) ? { ...resource, protect: true } : resource));
}
