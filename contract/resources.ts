/**
 * Planned resources: what `components/` will hand to Pulumi, as data.
 *
 * Inputs carry the property names of `@pulumi/aws`. Where a value is only known
 * once another resource exists, a marker object stands in its place:
 *
 *   { $ref: "execution-role", output: "arn" }   an output of an earlier resource
 *   { $join: ["arn:…", { $ref: … }] }           strings, concatenated
 *   { $json: { … } }                            a document, serialised (policies, SSM values)
 *   { $fact: "accountId" }                      a fact of the deployment: account or partition
 */
export type Planned<T> = T extends string | number | boolean | null | undefined
  ? T | (T extends string ? Marker : never)
  : T extends readonly (infer Item)[]
    ? readonly Planned<Item>[] | (T extends string ? Marker : never)
    : { readonly [Key in keyof T]: Planned<T[Key]> } | Marker;

export type Marker = Ref | Join | JsonDocument | Fact;
export interface Ref {
  /** The `name` of an earlier planned resource. */
  readonly $ref: string;
  readonly output: string;
}
export interface Join {
  readonly $join: readonly (string | Marker)[];
}
export interface JsonDocument {
  readonly $json: unknown;
}
export interface Fact {
  readonly $fact: "accountId" | "partition";
}

export const ref = (name: string, output: string): Ref => ({ $ref: name, output });
export const join = (...parts: (string | Marker)[]): Join => ({ $join: parts });
export const jsonDocument = (value: unknown): JsonDocument => ({ $json: value });
export const fact = (name: Fact["$fact"]): Fact => ({ $fact: name });

/** One resource of the plan. */
export type PlannedResource = { [Type in ResourceType]: PlannedResourceOf<Type> }[ResourceType];

export interface PlannedResourceOf<Type extends ResourceType> {
  readonly type: Type;
  /** The Pulumi logical name: unique in the stack, stable unless what it holds is immutable. */
  readonly name: string;
  /** Logical name of the component that owns it: a model's name, or `shared`. */
  readonly parent: string;
  readonly inputs: { readonly [Key in keyof ResourceInputs[Type]]: Planned<ResourceInputs[Type][Key]> };
  /** Only where data does not carry the order. Names of earlier resources. */
  readonly dependsOn?: readonly string[];
  /**
   * AWS knows it by this logical name and a suffix that Pulumi makes up when it
   * is created (`-` and seven hex digits): content that comes back never meets
   * the name of what was kept. `inputs` hold no name.
   */
  readonly autoNamed?: true;
  /** Left in AWS when it leaves the stack: a live endpoint may still need it. */
  readonly retainOnDelete?: true;
  /** Inputs whose change alone never replaces the resource; its name already carries its content. */
  readonly ignoreChanges?: readonly string[];
}

export type ResourceType = keyof ResourceInputs;

interface Tags {
  readonly tags?: { readonly [key: string]: string };
}

/** The inputs we set, by Pulumi type token. Names, limits and units are those of `@pulumi/aws`. */
export interface ResourceInputs {
  "aws:ecr/repository:Repository": Tags & {
    name: string;
    imageTagMutability: "IMMUTABLE";
    imageScanningConfiguration: { scanOnPush: boolean };
    encryptionConfigurations: { encryptionType: "AES256" | "KMS" }[];
    /** Deletes the images with the repository; without it AWS refuses to delete one that holds any. */
    forceDelete: boolean;
  };
  "awsx:ecr:Image": {
    repositoryUrl: string;
    context: string;
    dockerfile: string;
    platform: string;
    imageTag: string;
  };
  "aws:iam/role:Role": Tags & { name: string; description: string; assumeRolePolicy: string; maxSessionDuration?: number };
  "aws:iam/rolePolicy:RolePolicy": { name: string; role: string; policy: string };
  "aws:sagemaker/model:Model": Tags & {
    executionRoleArn: string;
    primaryContainer: { image: string; modelDataUrl: string; environment: { [name: string]: string } };
  };
  "aws:sagemaker/endpointConfiguration:EndpointConfiguration": Tags & {
    kmsKeyArn?: string;
    productionVariants: ProductionVariant[];
  };
  "aws:sagemaker/endpoint:Endpoint": Tags & { name: string; endpointConfigName: string };
  "aws:appautoscaling/target:Target": Tags & {
    serviceNamespace: "sagemaker";
    resourceId: string;
    scalableDimension: "sagemaker:variant:DesiredInstanceCount";
    minCapacity: number;
    maxCapacity: number;
  };
  "aws:appautoscaling/policy:Policy": {
    name: string;
    policyType: "TargetTrackingScaling";
    serviceNamespace: "sagemaker";
    resourceId: string;
    scalableDimension: "sagemaker:variant:DesiredInstanceCount";
    targetTrackingScalingPolicyConfiguration: {
      targetValue: number;
      /** Seconds. */
      scaleInCooldown: number;
      /** Seconds. */
      scaleOutCooldown: number;
      predefinedMetricSpecification?: { predefinedMetricType: "SageMakerVariantInvocationsPerInstance" };
      customizedMetricSpecification?: {
        namespace: string;
        metricName: string;
        statistic: string;
        unit: string;
        dimensions: { name: string; value: string }[];
      };
    };
  };
  "aws:kms/key:Key": Tags & { description: string; policy: string; enableKeyRotation: boolean; deletionWindowInDays: number };
  "aws:s3/bucket:Bucket": Tags & {
    bucket: string;
    /** Deletes the objects with the bucket; without it AWS refuses to delete one that holds any. */
    forceDestroy: boolean;
  };
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": {
    bucket: string;
    rules: {
      id: string;
      status: "Enabled";
      /** Every object where the prefix is empty. */
      filter: { prefix: string };
      expiration?: { days: number };
      noncurrentVersionExpiration?: { noncurrentDays: number };
      abortIncompleteMultipartUpload?: { daysAfterInitiation: number };
    }[];
  };
  "aws:s3/bucketOwnershipControls:BucketOwnershipControls": { bucket: string; rule: { objectOwnership: "BucketOwnerEnforced" } };
  "aws:s3/bucketPolicy:BucketPolicy": { bucket: string; policy: string };
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": {
    bucket: string;
    blockPublicAcls: true;
    blockPublicPolicy: true;
    ignorePublicAcls: true;
    restrictPublicBuckets: true;
  };
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": {
    bucket: string;
    rules: { applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms"; kmsMasterKeyId: string }; bucketKeyEnabled: boolean }[];
  };
  "aws:s3/bucketVersioning:BucketVersioning": { bucket: string; versioningConfiguration: { status: "Enabled" } };
  "aws:sns/topic:Topic": Tags & { name: string; kmsMasterKeyId?: string };
  "aws:sns/topicPolicy:TopicPolicy": { arn: string; policy: string };
  "aws:sns/topicSubscription:TopicSubscription": { topic: string; protocol: string; endpoint: string };
  "aws:cloudwatch/metricAlarm:MetricAlarm": Tags & {
    name: string;
    alarmDescription: string;
    namespace: string;
    metricName: string;
    dimensions: { [name: string]: string };
    statistic?: string;
    extendedStatistic?: string;
    /** Seconds. */
    period: number;
    evaluationPeriods: number;
    datapointsToAlarm: number;
    /** In the metric's own unit. */
    threshold: number;
    comparisonOperator: string;
    treatMissingData: string;
    alarmActions: string[];
    okActions: string[];
  };
  "aws:ssm/parameter:Parameter": Tags & { name: string; description: string; type: "String"; tier: string; value: string };
}

export interface ProductionVariant {
  /** Always set: the provider would make up a random one. */
  variantName: string;
  modelName: string;
  initialVariantWeight: number;
  instanceType?: string;
  initialInstanceCount?: number;
  containerStartupHealthCheckTimeoutInSeconds?: number;
  modelDataDownloadTimeoutInSeconds?: number;
  serverlessConfig?: { memorySizeInMb: number; maxConcurrency: number };
}
