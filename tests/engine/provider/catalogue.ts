import { createHash } from "node:crypto";
import type { ResourceType } from "../../../contract/resources";
import { networkCatalogue } from "./catalogue-network";

export type Properties = { readonly [name: string]: unknown };

/** What the real provider knows of a type: enough of it to plan, replace and number resources as it does. */
export interface TypeRule {
  /** Inputs without which AWS refuses; a dotted path goes into lists and objects. */
  readonly required: readonly string[];
  /** Inputs whose change makes another resource; `"all"` for what cannot change but for its tags. */
  readonly replacedBy: readonly string[] | "all";
  /** The physical id. */
  readonly id: (inputs: Properties) => string;
  /** What AWS adds. */
  readonly outputs: (inputs: Properties, place: Place) => Properties;
}

export interface Place {
  readonly region: string;
  readonly accountId: string;
}

/** awsx's components, which are made of other resources. */
type ComponentType = "awsx:ec2:Vpc" | "awsx:ecr:Image";

/** Every type that a plan may hold, and what awsx's components make of themselves. Read off the schema of @pulumi/aws 7.48. */
export const catalogue: { readonly [Type in Exclude<ResourceType, ComponentType> | keyof typeof networkCatalogue | "docker-build:index:Image"]: TypeRule } = {
  ...networkCatalogue,
  "aws:appautoscaling/policy:Policy": {
    // A target to track, or steps to take: either will do.
    required: ["policyType", "resourceId", "scalableDimension", "serviceNamespace"],
    replacedBy: ["name", "resourceId", "scalableDimension", "serviceNamespace"],
    id: named,
    outputs: (inputs, place) => ({ arn: arn("autoscaling", `scalingPolicy:${text(inputs.resourceId)}:${named(inputs)}`, place) }),
  },
  "aws:appautoscaling/scheduledAction:ScheduledAction": {
    required: ["resourceId", "scalableDimension", "scalableTargetAction", "schedule", "serviceNamespace"],
    replacedBy: ["name", "resourceId", "scalableDimension", "serviceNamespace"],
    id: named,
    outputs: (inputs, place) => ({ arn: arn("autoscaling", `scheduledAction:${text(inputs.resourceId)}:${named(inputs)}`, place) }),
  },
  "aws:appautoscaling/target:Target": {
    required: ["maxCapacity", "minCapacity", "resourceId", "scalableDimension", "serviceNamespace"],
    replacedBy: ["resourceId", "scalableDimension", "serviceNamespace"],
    id: (inputs) => text(inputs.resourceId),
    outputs: (inputs, place) => ({ arn: arn("application-autoscaling", `scalable-target/${text(inputs.resourceId)}`, place) }),
  },
  "aws:cloudwatch/dashboard:Dashboard": {
    required: ["dashboardBody", "dashboardName"],
    replacedBy: ["dashboardName"],
    id: (inputs) => text(inputs.dashboardName),
    outputs: (inputs, place) => ({ dashboardArn: arn("cloudwatch", `dashboard/${text(inputs.dashboardName)}`, { ...place, region: "" }) }),
  },
  "aws:cloudwatch/eventRule:EventRule": {
    required: [],
    replacedBy: ["name"],
    id: named,
    outputs: (inputs, place) => ({ arn: arn("events", `rule/${named(inputs)}`, place) }),
  },
  "aws:cloudwatch/eventTarget:EventTarget": { required: ["arn", "rule"], replacedBy: ["rule", "targetId"], id: (inputs) => `${text(inputs.rule)}-${text(inputs.targetId)}`, outputs: () => ({}) },
  "aws:cloudwatch/metricAlarm:MetricAlarm": {
    // One metric or several queries: either will do.
    required: ["comparisonOperator", "evaluationPeriods"],
    replacedBy: ["name"],
    id: named,
    outputs: (inputs, place) => ({ arn: arn("cloudwatch", `alarm:${named(inputs)}`, place) }),
  },
  "aws:ecr/lifecyclePolicy:LifecyclePolicy": {
    required: ["policy", "repository"],
    replacedBy: ["policy", "repository"],
    id: (inputs) => text(inputs.repository),
    outputs: (inputs, place) => ({ registryId: place.accountId }),
  },
  "aws:ecr/repository:Repository": {
    required: ["name"],
    replacedBy: ["name", "encryptionConfigurations"],
    id: named,
    outputs: (inputs, place) => ({
      arn: arn("ecr", `repository/${named(inputs)}`, place),
      registryId: place.accountId,
      repositoryUrl: `${place.accountId}.dkr.ecr.${place.region}.amazonaws.com/${named(inputs)}`,
    }),
  },
  "aws:elasticbeanstalk/application:Application": {
    required: [],
    replacedBy: ["name"],
    id: named,
    outputs: (inputs, place) => ({ arn: arn("elasticbeanstalk", `application/${named(inputs)}`, place) }),
  },
  "aws:elasticbeanstalk/applicationVersion:ApplicationVersion": {
    required: ["application", "bucket", "key"],
    replacedBy: ["application", "bucket", "key", "name"],
    id: named,
    outputs: (inputs, place) => ({ arn: arn("elasticbeanstalk", `applicationversion/${text(inputs.application)}/${named(inputs)}`, place) }),
  },
  "aws:elasticbeanstalk/environment:Environment": {
    required: ["application"],
    replacedBy: ["application", "name"],
    id: named,
    outputs: (inputs, place) => ({
      arn: arn("elasticbeanstalk", `environment/${text(inputs.application)}/${named(inputs)}`, place),
      cname: `${named(inputs)}.${place.region}.elasticbeanstalk.com`,
      autoscalingGroups: [`awseb-${named(inputs)}-group`],
      loadBalancers: [arn("elasticloadbalancing", `loadbalancer/app/awseb-${named(inputs)}/0123456789abcdef`, place)],
    }),
  },
  "aws:iam/instanceProfile:InstanceProfile": {
    required: [],
    replacedBy: ["name"],
    id: named,
    outputs: (inputs, place) => ({ arn: `arn:aws:iam::${place.accountId}:instance-profile/${named(inputs)}` }),
  },
  "aws:iam/policy:Policy": {
    required: ["policy"],
    replacedBy: ["description", "name"],
    id: (inputs) => text(inputs.name),
    outputs: (inputs, place) => ({ arn: `arn:aws:iam::${place.accountId}:policy/${named(inputs)}` }),
  },
  "aws:iam/role:Role": {
    required: ["assumeRolePolicy"],
    replacedBy: ["name"],
    id: named,
    outputs: (inputs, place) => ({ arn: `arn:aws:iam::${place.accountId}:role/${named(inputs)}` }),
  },
  "aws:iam/rolePolicy:RolePolicy": {
    required: ["policy", "role"],
    replacedBy: ["name", "role"],
    id: (inputs) => `${text(inputs.role)}:${named(inputs)}`,
    outputs: () => ({}),
  },
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": {
    required: ["policyArn", "role"],
    replacedBy: ["policyArn", "role"],
    id: (inputs) => `${text(inputs.role)}-${text(inputs.policyArn)}`,
    outputs: () => ({}),
  },
  "aws:kms/key:Key": {
    required: [],
    replacedBy: [],
    id: (inputs) => text(inputs.description).replace(/\W+/g, "-").toLowerCase(),
    outputs: (inputs, place) => ({ arn: arn("kms", `key/${text(inputs.description).replace(/\W+/g, "-").toLowerCase()}`, place) }),
  },
  "aws:s3/bucket:Bucket": {
    required: ["bucket"],
    replacedBy: ["bucket"],
    id: (inputs) => text(inputs.bucket),
    outputs: (inputs) => ({ arn: `arn:aws:s3:::${text(inputs.bucket)}` }),
  },
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": ofBucket("rules.id", "rules.status"),
  "aws:s3/bucketOwnershipControls:BucketOwnershipControls": ofBucket("rule.objectOwnership"),
  "aws:s3/bucketPolicy:BucketPolicy": ofBucket("policy"),
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": ofBucket(),
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": ofBucket("rules"),
  "aws:s3/objectCopy:ObjectCopy": {
    required: ["bucket", "key", "source"],
    replacedBy: ["bucket", "key"],
    id: ({ key }) => String(key),
    outputs: () => ({}),
  },
  "aws:s3/bucketVersioning:BucketVersioning": ofBucket("versioningConfiguration.status"),
  "aws:sagemaker/endpoint:Endpoint": {
    required: ["endpointConfigName"],
    replacedBy: ["name"],
    id: named,
    outputs: (inputs, place) => ({ arn: arn("sagemaker", `endpoint/${named(inputs)}`, place) }),
  },
  "aws:sagemaker/endpointConfiguration:EndpointConfiguration": {
    required: ["productionVariants.modelName", "productionVariants.variantName"],
    replacedBy: "all",
    id: named,
    outputs: (inputs, place) => ({ arn: arn("sagemaker", `endpoint-config/${named(inputs)}`, place) }),
  },
  "aws:sagemaker/model:Model": {
    required: ["executionRoleArn", "primaryContainer.image", "primaryContainer.modelDataUrl"],
    replacedBy: "all",
    id: named,
    outputs: (inputs, place) => ({ arn: arn("sagemaker", `model/${named(inputs)}`, place) }),
  },
  "aws:s3/bucketObjectv2:BucketObjectv2": {
    required: ["bucket"],
    replacedBy: ["bucket", "key"],
    id: (inputs) => `${text(inputs.bucket)}/${text(inputs.key)}`,
    outputs: (inputs) => ({ arn: `arn:aws:s3:::${text(inputs.bucket)}/${text(inputs.key)}` }),
  },
  "aws:secretsmanager/secret:Secret": {
    required: [],
    replacedBy: ["name"],
    id: (inputs) => named(inputs),
    outputs: (inputs, place) => ({ arn: arn("secretsmanager", `secret:${named(inputs)}-AbCdEf`, place) }),
  },
  "aws:secretsmanager/secretVersion:SecretVersion": {
    required: ["secretId"],
    replacedBy: ["secretId", "secretString"],
    id: (inputs) => `${text(inputs.secretId)}|1`,
    outputs: () => ({ versionId: "1" }),
  },
  "aws:scheduler/schedule:Schedule": {
    required: ["flexibleTimeWindow", "scheduleExpression", "target"],
    replacedBy: ["name"],
    id: (inputs) => `default/${named(inputs)}`,
    outputs: (inputs, place) => ({ arn: arn("scheduler", `schedule/default/${named(inputs)}`, place) }),
  },
  "aws:sns/topic:Topic": {
    required: [],
    replacedBy: ["name"],
    id: (inputs) => named(inputs),
    outputs: (inputs, place) => ({ arn: arn("sns", named(inputs), place) }),
  },
  "aws:sns/topicPolicy:TopicPolicy": { required: ["arn", "policy"], replacedBy: ["arn"], id: (inputs) => text(inputs.arn), outputs: () => ({}) },
  "aws:sns/topicSubscription:TopicSubscription": {
    required: ["endpoint", "protocol", "topic"],
    replacedBy: ["endpoint", "protocol", "topic"],
    id: (inputs) => `${text(inputs.topic)}:${text(inputs.endpoint)}`,
    outputs: (inputs) => ({ arn: `${text(inputs.topic)}:${text(inputs.endpoint)}` }),
  },
  "aws:sqs/queue:Queue": {
    required: [],
    replacedBy: ["name"],
    id: named,
    outputs: (inputs, place) => ({ arn: arn("sqs", named(inputs), place) }),
  },
  "aws:ssm/parameter:Parameter": {
    required: ["type", "value"],
    replacedBy: ["name"],
    id: named,
    outputs: (inputs, place) => ({ arn: arn("ssm", `parameter${named(inputs)}`, place) }),
  },
  "docker-build:index:Image": {
    required: ["push", "tags"],
    replacedBy: [],
    id: (inputs) => text((inputs.tags as unknown[] | undefined)?.[0]),
    outputs: (inputs) => ({ digest: digestOf(text((inputs.tags as unknown[] | undefined)?.[0])) }),
  },
};

/**
 * The inputs with a name: where the program gives none, the provider makes one
 * of the logical name, a hyphen and seven hex digits, and keeps it for the
 * resource's lifetime.
 */
export function withName(type: string, logicalName: string, inputs: Properties, suffix: string, before: Properties = {}): Properties {
  const rule = (catalogue as { readonly [type: string]: TypeRule })[type];
  const takesName = rule?.replacedBy === "all" || rule?.replacedBy.includes("name") === true;
  return !takesName || inputs.name !== undefined ? inputs : { ...inputs, name: before.name ?? `${logicalName}-${suffix.slice(0, 7)}` };
}

/** A setting of a bucket, of which it has one. */
function ofBucket(...required: string[]): TypeRule {
  return { required: ["bucket", ...required], replacedBy: ["bucket"], id: (inputs) => text(inputs.bucket), outputs: () => ({}) };
}

function named(inputs: Properties): string {
  return text(inputs.name);
}

function text(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value ?? null);
}

function arn(service: string, resource: string, { region, accountId }: Place): string {
  return `arn:aws:${service}:${region}:${accountId}:${resource}`;
}

/** A digest for an image that was never built: the same for the same tag. */
function digestOf(tag: string): string {
  return `sha256:${createHash("sha256").update(tag).digest("hex")}`;
}
