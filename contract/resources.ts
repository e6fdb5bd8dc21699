import type { BucketInputs } from "./bucket-inputs";
import type { AsyncInferenceConfig, DataCaptureConfig, DeploymentConfig, MetricQuery, ProductionVariant } from "./endpoint-inputs";
import type { NetworkInputs, Tags } from "./network-inputs";
import type { ScalingInputs } from "./scaling-inputs";

export type { AsyncInferenceConfig, DataCaptureConfig, DeploymentConfig, MetricQuery, ProductionVariant } from "./endpoint-inputs";

/**
 * Planned resources: what `components/` will hand to Pulumi, as data.
 *
 * Inputs carry the property names of `@pulumi/aws`. Where a value is only known
 * once another resource exists, a marker object stands in its place:
 *
 *   { $ref: "execution-role", output: "arn" }   an output of an earlier resource
 *   { $join: ["arn:…", { $ref: … }] }           strings, concatenated
 *   { $json: { … } }                            a document, serialised (policies, SSM values)
 *   { $fact: "accountId" }                      a fact of the deployment: account, partition, default VPC, newest platform
 *   { $archive: { "a/b.txt": "…" } }            files, as the base64 text of a ZIP archive that depends on nothing else
 *   { $generated: { length: 48 } }              a new secret of letters and digits, each time: goes with `ignoreChanges`
 */
export type Planned<T> = T extends string | number | boolean | null | undefined
  ? T | (T extends string ? Marker : never)
  : T extends readonly (infer Item)[]
    ? readonly Planned<Item>[] | (Item extends string ? Ref : never)
    : { readonly [Key in keyof T]: Planned<T[Key]> } | Marker;

export type Marker = Ref | Join | JsonDocument | Fact | Archive | Generated;
export interface Ref {
  /** The `name` of an earlier planned resource. */
  readonly $ref: string;
  readonly output: string;
  /** Where the output is a list: which of it, from 0. */
  readonly item?: number;
  /** Only what stands after the first occurrence of this text. */
  readonly after?: string;
  /** Where the output is a list of resources: their ids. */
  readonly ids?: true;
  /** Where the output is a list of text: one text, sorted and with commas between, as Elastic Beanstalk takes it. */
  readonly listed?: true;
}
export interface Join {
  readonly $join: readonly (string | Marker)[];
}
export interface JsonDocument {
  readonly $json: unknown;
}
export interface Fact {
  /** `defaultSubnetIds`: comma-joined and sorted. `dockerPlatform`: the newest Docker platform of Elastic Beanstalk on Amazon Linux 2023. `s3PrefixListId`: S3's addresses in the region. */
  readonly $fact: "accountId" | "defaultSubnetIds" | "defaultVpcId" | "dockerPlatform" | "partition" | "s3PrefixListId";
}
export interface Archive {
  /** Path → text, in the archive with `/`; what ends in `.sh` may be executed. */
  readonly $archive: { readonly [path: string]: string | Marker };
}
export interface Generated {
  readonly $generated: { readonly length: number };
}

export const ref = (name: string, output: string, part: Omit<Ref, "$ref" | "output"> = {}): Ref => ({ $ref: name, output, ...part });
export const join = (...parts: (string | Marker)[]): Join => ({ $join: parts });
export const jsonDocument = (value: unknown): JsonDocument => ({ $json: value });
export const fact = (name: Fact["$fact"]): Fact => ({ $fact: name });
export const archive = (files: Archive["$archive"]): Archive => ({ $archive: files });
export const generatedSecret = (length: number): Generated => ({ $generated: { length } });

/** One resource of the plan. */
export type PlannedResource = { [Type in ResourceType]: PlannedResourceOf<Type> }[ResourceType];

export interface PlannedResourceOf<Type extends ResourceType> {
  readonly type: Type;
  /** The Pulumi logical name: unique in the stack, stable unless what it holds is immutable. */
  readonly name: string;
  /** Logical name of the component that owns it: a model's name, or `shared`. */
  readonly parent: string;
  readonly inputs: { readonly [Key in keyof ResourceInputs[Type]]: Planned<ResourceInputs[Type][Key]> };
  /** The AWS region it lives in, where that is not the stack's own. */
  readonly region?: string;
  /** Only where data does not carry the order. Names of earlier resources. */
  readonly dependsOn?: readonly string[];
  /**
   * AWS knows it by this logical name and a suffix that Pulumi makes up when it
   * is created (`-` and seven hex digits): content that comes back never meets
   * the name of what was kept. `inputs` hold no name.
   */
  readonly autoNamed?: true;
  /** Neither deleted nor replaced before somebody takes the protection away. */
  readonly protect?: true;
  /** Left in AWS when it leaves the stack: a live endpoint may still need it. */
  readonly retainOnDelete?: true;
  /** How long AWS may take to delete it, in Go's notation (`60m`), where the provider's own patience is too short. */
  readonly deleteTimeout?: string;
  /** Inputs whose change alone never replaces the resource; its name already carries its content. */
  readonly ignoreChanges?: readonly string[];
}

export type ResourceType = keyof ResourceInputs;


/** The inputs we set, by Pulumi type token. Names, limits and units are those of `@pulumi/aws`. */
export interface ResourceInputs extends BucketInputs, NetworkInputs, ScalingInputs {
  "aws:ecr/repository:Repository": Tags & {
    name: string;
    imageTagMutability: "IMMUTABLE";
    imageScanningConfiguration: { scanOnPush: boolean };
    encryptionConfigurations: { encryptionType: "AES256" | "KMS" }[];
    /** Deletes the images with the repository; without it AWS refuses to delete one that holds any. */
    forceDelete: boolean;
  };
  "aws:ecr/lifecyclePolicy:LifecyclePolicy": { repository: string; policy: string };
  "awsx:ecr:Image": {
    repositoryUrl: string;
    context: string;
    dockerfile: string;
    /** The stage of the Dockerfile; without one the last. */
    target?: string;
    platform: string;
    imageTag: string;
  };
  "aws:iam/policy:Policy": Tags & { name: string; description: string; policy: string };
  "aws:iam/role:Role": Tags & { name: string; description: string; assumeRolePolicy: string; maxSessionDuration?: number };
  "aws:iam/rolePolicy:RolePolicy": { name: string; role: string; policy: string };
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": { role: string; policyArn: string };
  "aws:sagemaker/model:Model": Tags & {
    executionRoleArn: string;
    /** The container reaches nothing, and nothing reaches it but the requests that SageMaker hands on. */
    enableNetworkIsolation?: true;
    /** Where its network interfaces are; without it they are in a network of SageMaker's own. */
    vpcConfig?: { subnets: string[]; securityGroupIds: string[] };
    primaryContainer: {
      image: string;
      /** One archive; under `MultiModel` the prefix of several. */
      modelDataUrl: string;
      environment: { [name: string]: string };
      mode?: "MultiModel";
      multiModelConfig?: { modelCacheSetting: "Enabled" | "Disabled" };
    };
  };
  "aws:sagemaker/endpointConfiguration:EndpointConfiguration": Tags & {
    kmsKeyArn?: string;
    productionVariants: ProductionVariant[];
    shadowProductionVariants?: ProductionVariant[];
    dataCaptureConfig?: DataCaptureConfig;
    asyncInferenceConfig?: AsyncInferenceConfig;
  };
  "aws:sagemaker/endpoint:Endpoint": Tags & { name: string; endpointConfigName: string; deploymentConfig?: DeploymentConfig };
  "aws:elasticbeanstalk/application:Application": Tags & { name: string; description: string };
  "aws:elasticbeanstalk/applicationVersion:ApplicationVersion": Tags & { name: string; application: string; bucket: string; key: string };
  "aws:elasticbeanstalk/environment:Environment": Tags & {
    name: string;
    application: string;
    description: string;
    solutionStackName: string;
    version: string;
    settings: { namespace: string; name: string; resource: string; value: string }[];
    /** Go's notation: `45m`. */
    waitForReadyTimeout: string;
  };
  "aws:iam/instanceProfile:InstanceProfile": Tags & { name: string; role: string };
  "aws:kms/key:Key": Tags & { description: string; policy: string; enableKeyRotation: boolean; deletionWindowInDays: number };
  "aws:secretsmanager/secret:Secret": Tags & { description: string; recoveryWindowInDays: number };
  "aws:secretsmanager/secretVersion:SecretVersion": { secretId: string; secretString: string };
  "aws:sns/topic:Topic": Tags & { name: string; kmsMasterKeyId?: string };
  "aws:sns/topicPolicy:TopicPolicy": { arn: string; policy: string };
  "aws:sns/topicSubscription:TopicSubscription": { topic: string; protocol: string; endpoint: string };
  "aws:cloudwatch/dashboard:Dashboard": { dashboardName: string; dashboardBody: string };
  "aws:cloudwatch/eventRule:EventRule": Tags & {
    name: string;
    description: string;
    /** An event pattern as JSON: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html */
    eventPattern: string;
  };
  "aws:cloudwatch/eventTarget:EventTarget": {
    rule: string;
    targetId: string;
    arn: string;
    /** `inputTemplate` is JSON, a text with its quotes; `<name>` in it is what `inputPaths` found in the event. */
    inputTransformer: { inputPaths: { [name: string]: string }; inputTemplate: string };
  };
  "aws:cloudwatch/metricAlarm:MetricAlarm": Tags & {
    name: string;
    alarmDescription: string;
    /** One metric: these, without `metricQueries`. */
    namespace?: string;
    metricName?: string;
    dimensions?: { [name: string]: string };
    statistic?: string;
    extendedStatistic?: string;
    /** Seconds. */
    period?: number;
    /** An expression over several metrics, in place of the one: exactly one of them returns data. */
    metricQueries?: MetricQuery[];
    evaluationPeriods: number;
    datapointsToAlarm: number;
    /** In the metric's own unit. */
    threshold: number;
    comparisonOperator: string;
    treatMissingData: string;
    alarmActions: string[];
    okActions: string[];
  };
  "aws:scheduler/schedule:Schedule": {
    name: string;
    description: string;
    scheduleExpression: string;
    scheduleExpressionTimezone: string;
    flexibleTimeWindow: { mode: "FLEXIBLE" | "OFF"; maximumWindowInMinutes?: number };
    target: {
      arn: string;
      roleArn: string;
      /** The request as JSON, with Scheduler's own placeholders in angle brackets. */
      input: string;
      retryPolicy: { maximumRetryAttempts: number; maximumEventAgeInSeconds: number };
      deadLetterConfig: { arn: string };
    };
  };
  "aws:sqs/queue:Queue": Tags & { name: string; messageRetentionSeconds: number; sqsManagedSseEnabled: boolean };
  "aws:ssm/parameter:Parameter": Tags & { name: string; description: string; type: "String"; tier: string; value: string };
}

