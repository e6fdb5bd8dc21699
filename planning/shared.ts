import { jsonDocument, ref, type PlannedResource, type Ref } from "../contract/resources";
import { ownAccountOnly, policyDocument } from "./iam";
import { logicalName, physicalName } from "./naming";
import { globalSuffix } from "./places";
import type { StackFacts } from "./types";

/** The component that owns what all models of a stack use. */
export const SHARED = "shared";

/** Logical names that models refer to. */
export const sharedNames = {
  repository: logicalName(SHARED, "repository"),
  image: logicalName(SHARED, "image"),
  gpuImage: logicalName(SHARED, "gpu-image"),
  alarmTopic: logicalName(SHARED, "alarm-topic"),
  dashboard: logicalName(SHARED, "dashboard"),
  dataKey: logicalName(SHARED, "data-key"),
  dataBucket: logicalName(SHARED, "data-bucket"),
} as const;

/** The tags of every resource that takes tags. */
export const tagsOf = (facts: StackFacts, model?: { readonly name: string; readonly owner: string }): { readonly [key: string]: string } => ({
  "slipway:stack": facts.stack,
  ...(model === undefined ? {} : { "slipway:model": model.name, "slipway:owner": model.owner }),
});

/** Days until an image that lost its tag, or never got one, goes. */
const UNTAGGED_DAYS = 14;

/**
 * What ECR deletes by itself: images without a tag, and no other. Its rules see
 * tags, ages and counts, and not what an endpoint runs: the oldest image may be
 * the one that a model runs since a year. Every image that a model was ever
 * given has a tag, which is immutable and stays (docs/decisions/image-lifecycle.md).
 *
 * Form: https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_parameters.html
 */
export const imageLifecycle = {
  rules: [
    {
      rulePriority: 1,
      description: "Images without a tag: no model was ever given one.",
      selection: { tagStatus: "untagged", countType: "sinceImagePushed", countUnit: "days", countNumber: UNTAGGED_DAYS },
      action: { type: "expire" },
    },
  ],
} as const;

/**
 * The image that every model of ours in a region runs: SageMaker pulls from the
 * ECR of its own region alone, so each has a repository and a push of its own
 * (docs/decisions/regions.md). The tag is the hash of the image's sources, so
 * that the same are never pushed twice.
 */
export function planImage(facts: StackFacts): PlannedResource[] {
  return [
    {
      type: "aws:ecr/repository:Repository",
      name: sharedNames.repository,
      parent: SHARED,
      inputs: {
        name: physicalName("aws:ecr/repository:Repository", ["slipway", facts.stack]),
        imageTagMutability: "IMMUTABLE",
        imageScanningConfiguration: { scanOnPush: true },
        encryptionConfigurations: [{ encryptionType: "AES256" }],
        // Old images stay (below), so a stack that goes away must take them along.
        forceDelete: true,
        tags: tagsOf(facts),
      },
    },
    {
      type: "aws:ecr/lifecyclePolicy:LifecyclePolicy",
      name: logicalName(SHARED, "image-lifecycle"),
      parent: SHARED,
      inputs: { repository: ref(sharedNames.repository, "name"), policy: jsonDocument(imageLifecycle) },
    },
    {
      type: "awsx:ecr:Image",
      name: sharedNames.image,
      parent: SHARED,
      inputs: {
        repositoryUrl: ref(sharedNames.repository, "repositoryUrl"),
        // The whole repository, cut down by .dockerignore: container/ imports contract/.
        context: ".",
        dockerfile: "container/Dockerfile",
        platform: "linux/amd64",
        // awsx names what it builds after the tag alone: two regions with one tag would be one resource to Pulumi.
        imageTag: [facts.imageSourceSha256, ...globalSuffix(facts)].join("-"),
      },
      // A model that is live, or one to roll back to, runs the image of its day. The image that
      // docker-build makes below this component inherits the option, and would be deleted from ECR without it.
      retainOnDelete: true,
    },
  ];
}

/**
 * Where the alarms of a region go: one encrypted topic, and who reads it. An alarm calls no topic of another region.
 * @param key ARN of the key that encrypts them, which CloudWatch may use.
 * @param eventsToo whether rules of EventBridge publish to it as well.
 */
export function planAlarmTopic(facts: StackFacts, key: string | Ref, eventsToo: boolean): PlannedResource[] {
  const topic = ref(sharedNames.alarmTopic, "arn");
  // Without a condition: EventBridge says neither its account nor its rule when it publishes, and a statement that asks
  // lets nothing through (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html#eb-sns-permissions).
  const eventBridge = { Effect: "Allow", Principal: { Service: "events.amazonaws.com" } } as const;
  const cloudWatch = { Service: "cloudwatch.amazonaws.com" };
  return [
    {
      type: "aws:sns/topic:Topic",
      name: sharedNames.alarmTopic,
      parent: SHARED,
      inputs: {
        name: physicalName("aws:sns/topic:Topic", ["slipway", facts.stack, "alarms"]),
        kmsMasterKeyId: key,
        tags: tagsOf(facts),
      },
    },
    {
      type: "aws:sns/topicPolicy:TopicPolicy",
      name: logicalName(SHARED, "alarm-topic-policy"),
      parent: SHARED,
      inputs: {
        arn: topic,
        policy: policyDocument(
          { Sid: "PublishAlarms", Effect: "Allow", Principal: cloudWatch, Action: "sns:Publish", Resource: topic, Condition: ownAccountOnly },
          ...(eventsToo ? [{ Sid: "PublishEvents", ...eventBridge, Action: "sns:Publish", Resource: topic }] : []),
          // https://docs.aws.amazon.com/sns/latest/dg/sns-security-best-practices.html#enforce-encryption-data-in-transit
          { Sid: "OnlyEncrypted", Effect: "Deny", Principal: "*", Action: "sns:Publish", Resource: topic, Condition: { Bool: { "aws:SecureTransport": "false" } } },
        ),
      },
    },
    ...[...new Set(facts.alarmEmails)].sort().map(
      (address): PlannedResource => ({
        type: "aws:sns/topicSubscription:TopicSubscription",
        name: logicalName(SHARED, "alarm-email", address),
        parent: SHARED,
        inputs: { topic, protocol: "email", endpoint: address },
      }),
    ),
  ];
}
