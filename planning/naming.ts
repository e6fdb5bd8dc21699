import { createHash } from "node:crypto";
import { stableStringify } from "../contract/serve-spec";
import type { Json } from "../contract/json";
import { fact, join, type Join, type ResourceType } from "../contract/resources";

/** What a service accepts as the physical name of one type of resource. */
export interface NamingRule {
  readonly maxLength: number;
  /** The whole name; length is checked apart, because some of AWS's own patterns count letters only. */
  readonly pattern: RegExp;
  readonly source: string;
}

const API = "https://docs.aws.amazon.com/sagemaker/latest/APIReference";
const BEANSTALK = "https://docs.aws.amazon.com/elasticbeanstalk/latest/api";
/** What Pulumi appends to a name it makes up: a hyphen and seven hex digits (https://www.pulumi.com/docs/iac/concepts/resources/names/#autonaming). */
export const AUTONAME_SUFFIX_LENGTH = 8;
const sagemakerName = /^[a-z0-9](-*[a-z0-9])*$/;

/**
 * One row for each type we plan; `null` where AWS makes the name up itself. A
 * type without a row does not compile. Lower case throughout: SageMaker
 * lower-cases the names in its ARNs, and a policy on the name as written would
 * then match nothing.
 */
export const namingRules = {
  "aws:appautoscaling/policy:Policy": {
    maxLength: 256,
    pattern: /^[\x20-\x7e]+$/,
    source: "https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PutScalingPolicy.html",
  },
  "aws:appautoscaling/scheduledAction:ScheduledAction": {
    maxLength: 256,
    pattern: /^[^\x00-\x20\x7f:/|][^\x00-\x1f\x7f:/|]*$/,
    source: "https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PutScheduledAction.html",
  },
  "aws:appautoscaling/target:Target": null,
  "aws:cloudwatch/dashboard:Dashboard": {
    maxLength: 255,
    pattern: /^[A-Za-z0-9_-]+$/,
    source: "https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutDashboard.html",
  },
  "aws:cloudwatch/eventRule:EventRule": {
    maxLength: 64,
    pattern: /^[.\-_A-Za-z0-9]+$/,
    source: "https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html",
  },
  "aws:cloudwatch/eventTarget:EventTarget": null,
  "aws:cloudwatch/metricAlarm:MetricAlarm": {
    maxLength: 255,
    pattern: /^[\x21-\x7e]+$/,
    source: "https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html",
  },
  // Pulumi makes it of the logical name: a group that must be made anew does not meet the one in use.
  "aws:ec2/securityGroup:SecurityGroup": null,
  "aws:ec2/vpcEndpoint:VpcEndpoint": null,
  "aws:ecr/lifecyclePolicy:LifecyclePolicy": null,
  "aws:ecr/repository:Repository": {
    maxLength: 256,
    pattern: /^[a-z0-9]+([._-][a-z0-9]+)*$/,
    source: "https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreateRepository.html",
  },
  "aws:elasticbeanstalk/application:Application": { maxLength: 100, pattern: /^[A-Za-z0-9 _.-]+$/, source: `${BEANSTALK}/API_CreateApplication.html` },
  "aws:elasticbeanstalk/applicationVersion:ApplicationVersion": { maxLength: 100, pattern: /^[A-Za-z0-9_.-]+$/, source: `${BEANSTALK}/API_CreateApplicationVersion.html` },
  "aws:elasticbeanstalk/environment:Environment": { maxLength: 40, pattern: /^[A-Za-z0-9][A-Za-z0-9-]{2,}[A-Za-z0-9]$/, source: `${BEANSTALK}/API_CreateEnvironment.html` },
  "aws:iam/instanceProfile:InstanceProfile": {
    maxLength: 128,
    pattern: /^[\w+=,.@-]+$/,
    source: "https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateInstanceProfile.html",
  },
  "aws:iam/policy:Policy": {
    maxLength: 128,
    pattern: /^[\w+=,.@-]+$/,
    source: "https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreatePolicy.html",
  },
  "aws:iam/role:Role": {
    maxLength: 64,
    pattern: /^[\w+=,.@-]+$/,
    source: "https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html",
  },
  "aws:iam/rolePolicy:RolePolicy": {
    maxLength: 128,
    pattern: /^[\w+=,.@-]+$/,
    source: "https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePolicy.html",
  },
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": null,
  "aws:kms/key:Key": null,
  // Its name holds the account, so it is put together by `dataBucketName`.
  "aws:s3/bucket:Bucket": null,
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": null,
  "aws:s3/bucketObjectv2:BucketObjectv2": null,
  "aws:s3/bucketOwnershipControls:BucketOwnershipControls": null,
  "aws:s3/bucketPolicy:BucketPolicy": null,
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": null,
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": null,
  "aws:s3/bucketVersioning:BucketVersioning": null,
  "aws:s3/objectCopy:ObjectCopy": null,
  "aws:sagemaker/endpoint:Endpoint": { maxLength: 63, pattern: sagemakerName, source: `${API}/API_CreateEndpoint.html` },
  "aws:sagemaker/endpointConfiguration:EndpointConfiguration": {
    maxLength: 63 - AUTONAME_SUFFIX_LENGTH,
    pattern: sagemakerName,
    source: `${API}/API_CreateEndpointConfig.html`,
  },
  "aws:sagemaker/model:Model": { maxLength: 63 - AUTONAME_SUFFIX_LENGTH, pattern: sagemakerName, source: `${API}/API_CreateModel.html` },
  "aws:secretsmanager/secret:Secret": {
    maxLength: 512 - AUTONAME_SUFFIX_LENGTH,
    pattern: /^[A-Za-z0-9/_+=.@-]+$/,
    source: "https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html",
  },
  "aws:secretsmanager/secretVersion:SecretVersion": null,
  "aws:scheduler/schedule:Schedule": {
    maxLength: 64,
    pattern: /^[0-9a-zA-Z_.-]+$/,
    source: "https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateSchedule.html",
  },
  "aws:sns/topic:Topic": {
    maxLength: 256,
    pattern: /^[A-Za-z0-9_-]+$/,
    source: "https://docs.aws.amazon.com/sns/latest/api/API_CreateTopic.html",
  },
  "aws:sns/topicPolicy:TopicPolicy": null,
  "aws:sns/topicSubscription:TopicSubscription": null,
  "aws:sqs/queue:Queue": {
    maxLength: 80,
    pattern: /^[A-Za-z0-9_-]+$/,
    source: "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html",
  },
  "aws:ssm/parameter:Parameter": {
    maxLength: 1011,
    pattern: /^(\/[A-Za-z0-9_.-]+)+$/,
    source: "https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html",
  },
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": null,
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": null,
  "awsx:ec2:Vpc": null,
  "awsx:ecr:Image": null,
} as const satisfies { readonly [Type in ResourceType]: NamingRule | null };

/** The types that carry a name of ours. */
export type NamedType = { [Type in ResourceType]: (typeof namingRules)[Type] extends null ? never : Type }[ResourceType];

/** Longest SageMaker variant name: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ProductionVariant.html */
export const VARIANT_NAME_MAX_LENGTH = 63;
/** Hex digits of the content hash at the end of an immutable name. */
export const CONTENT_HASH_LENGTH = 10;
/** Shortest name that every service takes; Elastic Beanstalk's environments ask for it. */
const SHORTEST_NAME = 4;
/** Hex digits that keep a shortened name apart from others that begin alike. */
const SHORTENED_HASH_LENGTH = 6;

/** Lower-case letters, digits and single hyphens, none at the ends: what every service here accepts. */
export function slug(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "");
}

/** sha256 of text as hex. */
export const sha256 = (text: string): string => createHash("sha256").update(text, "utf8").digest("hex");

/** Ten hex digits over what an immutable resource holds: equal content, equal name, whatever the order of keys. */
export const contentHash = (content: Json): string => sha256(stableStringify(content)).slice(0, CONTENT_HASH_LENGTH);

/**
 * The physical name of a resource: its parts slugged and joined by hyphens,
 * then the content hash. What does not fit is cut, and the cut closed with a
 * hash of the whole, so that two long names do not become one.
 */
export function physicalName(type: NamedType, parts: readonly string[], hash?: string): string {
  const { maxLength } = namingRules[type];
  const stem = parts.map(slug).filter((part) => part !== "").join("-");
  const tail = hash === undefined ? "" : `-${hash}`;
  const name = fit(stem, maxLength - tail.length) + tail;
  return name.length < SHORTEST_NAME ? `${name}-${sha256(stem).slice(0, SHORTENED_HASH_LENGTH)}` : name;
}

const VARIANT_NAME = /^[A-Za-z0-9](-*[A-Za-z0-9])*$/;

/** A variant is named as its version, so that the name is stable over updates. */
export const variantName = (version: string): string =>
  VARIANT_NAME.test(version) && version.length <= VARIANT_NAME_MAX_LENGTH ? version : fit(slug(version), VARIANT_NAME_MAX_LENGTH);

/** `/slipway/<stack>/models/<model>`. */
export const parameterName = (stack: string, model: string): string => `/slipway/${slug(stack)}/models/${slug(model)}`;

/** What S3 takes as the name of a bucket: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
export const BUCKET_NAME_MAX_LENGTH = 63;
const ACCOUNT_ID_LENGTH = 12;

/** `slipway-<stack>-data-<account>-<region>`: the names of buckets are shared by all accounts of a partition. */
export function dataBucketName(stack: string, region: string): Join {
  const room = BUCKET_NAME_MAX_LENGTH - ACCOUNT_ID_LENGTH - region.length - 2;
  return join(`${fit(`slipway-${slug(stack)}-data`, room)}-`, fact("accountId"), `-${region}`);
}

/**
 * The name of a transform job has 63 characters
 * (https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateTransformJob.html) and ends in an id of the run:
 * a hyphen and 36, which is as long as a UUID.
 */
export const JOB_PREFIX_MAX_LENGTH = 63 - 36 - 1;

/** What the names of a model's transform jobs begin with: `velib-lstm-prod`. */
export const transformJobPrefix = (stack: string, model: string): string => fit([model, stack].map(slug).join("-"), JOB_PREFIX_MAX_LENGTH);

/** Where SageMaker writes a container's log. */
export const endpointLogGroup = (endpointName: string): string => `/aws/sagemaker/Endpoints/${endpointName}`;

/**
 * The Pulumi name of a resource: the owner, a slash, its part. Model names hold
 * no slash, so no two models can make the same one.
 */
export const logicalName = (owner: string, ...parts: readonly string[]): string => `${owner}/${parts.join("-")}`;

function fit(stem: string, maxLength: number): string {
  if (stem.length <= maxLength) return stem;
  const head = stem.slice(0, maxLength - SHORTENED_HASH_LENGTH - 1).replace(/-+$/, "");
  return `${head}-${sha256(stem).slice(0, SHORTENED_HASH_LENGTH)}`;
}
