import { CreateEndpointCommand, CreateEndpointConfigCommand, CreateModelCommand, DescribeEndpointCommand, type AsyncInferenceConfig, type AsyncNotificationTopicTypes, type DataCaptureConfig, type DeploymentConfig, type ProductionVariant, type SageMakerClient } from "@aws-sdk/client-sagemaker";
import { CreateBucketCommand, type S3Client } from "@aws-sdk/client-s3";
import { CreateScheduleCommand, type SchedulerClient } from "@aws-sdk/client-scheduler";
import { CreateSecretCommand, PutSecretValueCommand, type SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { setTimeout as sleep } from "node:timers/promises";
import { copy, upload } from "./objects";
import type { Environments } from "../beanstalk/environments";
import type { AsyncInferenceConfig as PlannedQueue, DataCaptureConfig as PlannedCapture, DeploymentConfig as PlannedDeployment, ProductionVariant as PlannedVariant, ResourceInputs } from "../../contract/resources";

type EffectfulType =
  | "aws:elasticbeanstalk/applicationVersion:ApplicationVersion"
  | "aws:elasticbeanstalk/environment:Environment"
  | "aws:s3/bucketObjectv2:BucketObjectv2"
  | "aws:s3/objectCopy:ObjectCopy"
  | "aws:scheduler/schedule:Schedule"
  | "aws:secretsmanager/secret:Secret"
  | "aws:secretsmanager/secretVersion:SecretVersion"
  | "aws:s3/bucket:Bucket"
  | "aws:sagemaker/model:Model"
  | "aws:sagemaker/endpointConfiguration:EndpointConfiguration"
  | "aws:sagemaker/endpoint:Endpoint";
/** Through which the effects are taken: the unmodified AWS SDK, pointed at this machine. */
export interface EffectClients {
  readonly control: SageMakerClient;
  readonly s3: S3Client;
  /** Folder of the repository, from which the plan counts the paths of files. Without it: where this process was started. */
  readonly root?: string;
  readonly secrets: SecretsManagerClient;
  readonly schedules: SchedulerClient;
  /** Elastic Beanstalk speaks a protocol of its own age; here it is called directly. */
  readonly environments?: Environments;
}

/** What is known of a resource once it is there; the engine makes up the rest. */
interface Effected {
  readonly arn?: string;
  readonly cname?: string;
}

type Effect<Type extends EffectfulType> = (clients: EffectClients, inputs: ResourceInputs[Type] & { readonly name: string }) => Promise<Effected>;

/** The resources that come to life on this machine, each by the call that the AWS provider would make. */
const effects: { readonly [Type in EffectfulType]: Effect<Type> } = {
  "aws:elasticbeanstalk/applicationVersion:ApplicationVersion": async ({ environments }, { name, bucket, key }) => {
    environments?.createVersion(name, { bucket, key });
    return {};
  },

  "aws:elasticbeanstalk/environment:Environment": async ({ environments }, { name, version, settings }) => (await environments?.create({ name, version, settings })) ?? {},

  "aws:s3/bucketObjectv2:BucketObjectv2": async ({ s3, root }, inputs) => {
    await upload(s3, inputs, root);
    return { arn: `arn:aws:s3:::${inputs.bucket}/${inputs.key}` };
  },

  "aws:s3/objectCopy:ObjectCopy": async ({ s3 }, inputs) => {
    await copy(s3, inputs);
    return {};
  },

  "aws:scheduler/schedule:Schedule": async ({ schedules }, { name, description, scheduleExpression, scheduleExpressionTimezone, flexibleTimeWindow: window, target }) => {
    const { ScheduleArn } = await schedules.send(
      new CreateScheduleCommand({
        Name: name,
        Description: description,
        ScheduleExpression: scheduleExpression,
        ScheduleExpressionTimezone: scheduleExpressionTimezone,
        FlexibleTimeWindow: { Mode: window.mode, MaximumWindowInMinutes: window.maximumWindowInMinutes },
        Target: {
          Arn: target.arn,
          RoleArn: target.roleArn,
          Input: target.input,
          RetryPolicy: { MaximumRetryAttempts: target.retryPolicy.maximumRetryAttempts, MaximumEventAgeInSeconds: target.retryPolicy.maximumEventAgeInSeconds },
          DeadLetterConfig: { Arn: target.deadLetterConfig.arn },
        },
      }),
    );
    return { arn: ScheduleArn! };
  },

  "aws:secretsmanager/secret:Secret": async ({ secrets }, { name, description }) => {
    const { ARN } = await secrets.send(new CreateSecretCommand({ Name: name, Description: description }));
    return { arn: ARN! };
  },

  "aws:secretsmanager/secretVersion:SecretVersion": async ({ secrets }, { secretId, secretString }) => {
    const { ARN } = await secrets.send(new PutSecretValueCommand({ SecretId: secretId, SecretString: secretString }));
    return { arn: ARN! };
  },

  "aws:s3/bucket:Bucket": async ({ s3 }, { bucket }) => {
    await s3.send(new CreateBucketCommand({ Bucket: bucket }));
    return { arn: `arn:aws:s3:::${bucket}` };
  },

  "aws:sagemaker/model:Model": async ({ control }, { name, executionRoleArn, primaryContainer, vpcConfig, enableNetworkIsolation, tags }) => {
    const { image, modelDataUrl, environment, mode, multiModelConfig } = primaryContainer;
    const { ModelArn } = await control.send(
      new CreateModelCommand({
        ModelName: name,
        ExecutionRoleArn: executionRoleArn,
        PrimaryContainer: {
          Image: image,
          ModelDataUrl: modelDataUrl,
          Environment: environment,
          Mode: mode,
          ...(multiModelConfig === undefined ? {} : { MultiModelConfig: { ModelCacheSetting: multiModelConfig.modelCacheSetting } }),
        },
        ...(vpcConfig === undefined ? {} : { VpcConfig: { Subnets: vpcConfig.subnets, SecurityGroupIds: vpcConfig.securityGroupIds } }),
        EnableNetworkIsolation: enableNetworkIsolation,
        Tags: tagList(tags),
      }),
    );
    return { arn: ModelArn! };
  },

  "aws:sagemaker/endpointConfiguration:EndpointConfiguration": async ({ control }, { name, kmsKeyArn, productionVariants, shadowProductionVariants, dataCaptureConfig, asyncInferenceConfig, tags }) => {
    const { EndpointConfigArn } = await control.send(
      new CreateEndpointConfigCommand({
        EndpointConfigName: name,
        ProductionVariants: productionVariants.map(productionVariant),
        ...(shadowProductionVariants === undefined ? {} : { ShadowProductionVariants: shadowProductionVariants.map(productionVariant) }),
        ...(dataCaptureConfig === undefined ? {} : { DataCaptureConfig: capture(dataCaptureConfig) }),
        ...(kmsKeyArn === undefined ? {} : { KmsKeyId: kmsKeyArn }),
        ...(asyncInferenceConfig === undefined ? {} : { AsyncInferenceConfig: queue(asyncInferenceConfig) }),
        Tags: tagList(tags),
      }),
    );
    return { arn: EndpointConfigArn! };
  },

  "aws:sagemaker/endpoint:Endpoint": async ({ control }, { name, endpointConfigName, deploymentConfig, tags }) => {
    const DeploymentConfig = deploymentConfig && deployment(deploymentConfig);
    const { EndpointArn } = await control.send(new CreateEndpointCommand({ EndpointName: name, EndpointConfigName: endpointConfigName, DeploymentConfig, Tags: tagList(tags) }));
    // As the provider does, the resource is there when the endpoint is no longer being created. One
    // that this machine cannot serve is no failure of the program: table and page say why.
    while ((await control.send(new DescribeEndpointCommand({ EndpointName: name }))).EndpointStatus === "Creating") await sleep(50);
    return { arn: EndpointArn! };
  },
};

/** Whether a resource of this type comes to life on this machine, under the name it is given. */
export const hasEffect = (type: string): boolean => Object.hasOwn(effects, type);

/** Makes a resource real; undefined where its type has no effect on this machine. */
export function takeEffect(clients: EffectClients, type: string, inputs: unknown): Promise<Effected> | undefined {
  if (!hasEffect(type)) return undefined;
  // The type chooses the effect, and with it the inputs: `components/` has checked that they fit.
  return (effects[type as EffectfulType] as (clients: EffectClients, inputs: unknown) => Promise<Effected>)(clients, inputs);
}

function queue({ clientConfig, outputConfig }: PlannedQueue): AsyncInferenceConfig {
  const { s3OutputPath, s3FailurePath, kmsKeyId, notificationConfig } = outputConfig;
  const { successTopic, errorTopic, includeInferenceResponseIns: included } = notificationConfig;
  return {
    ClientConfig: { MaxConcurrentInvocationsPerInstance: clientConfig.maxConcurrentInvocationsPerInstance },
    OutputConfig: {
      S3OutputPath: s3OutputPath,
      S3FailurePath: s3FailurePath,
      KmsKeyId: kmsKeyId,
      NotificationConfig: {
        SuccessTopic: successTopic,
        ErrorTopic: errorTopic,
        ...(included === undefined ? {} : { IncludeInferenceResponseIn: included as AsyncNotificationTopicTypes[] }),
      },
    },
  };
}

function productionVariant(variant: PlannedVariant): ProductionVariant {
  return {
    VariantName: variant.variantName,
    ModelName: variant.modelName,
    InitialVariantWeight: variant.initialVariantWeight,
    InstanceType: variant.instanceType as ProductionVariant["InstanceType"],
    InitialInstanceCount: variant.initialInstanceCount,
    ContainerStartupHealthCheckTimeoutInSeconds: variant.containerStartupHealthCheckTimeoutInSeconds,
    ModelDataDownloadTimeoutInSeconds: variant.modelDataDownloadTimeoutInSeconds,
    ...(variant.serverlessConfig
      ? { ServerlessConfig: { MemorySizeInMB: variant.serverlessConfig.memorySizeInMb, MaxConcurrency: variant.serverlessConfig.maxConcurrency, ProvisionedConcurrency: variant.serverlessConfig.provisionedConcurrency } }
      : {}),
  };
}

const capture = (planned: PlannedCapture): DataCaptureConfig => ({
  EnableCapture: planned.enableCapture,
  InitialSamplingPercentage: planned.initialSamplingPercentage,
  DestinationS3Uri: planned.destinationS3Uri,
  KmsKeyId: planned.kmsKeyId,
  CaptureOptions: planned.captureOptions.map(({ captureMode }) => ({ CaptureMode: captureMode })),
  CaptureContentTypeHeader: { JsonContentTypes: planned.captureContentTypeHeader.jsonContentTypes, CsvContentTypes: planned.captureContentTypeHeader.csvContentTypes },
});

function deployment({ autoRollbackConfiguration, blueGreenUpdatePolicy: blueGreen, rollingUpdatePolicy: rolling }: PlannedDeployment): DeploymentConfig {
  const size = (share: { readonly type: "CAPACITY_PERCENT"; readonly value: number } | undefined) => share && { Type: share.type, Value: share.value };
  return {
    AutoRollbackConfiguration: { Alarms: autoRollbackConfiguration.alarms.map(({ alarmName }) => ({ AlarmName: alarmName })) },
    BlueGreenUpdatePolicy: blueGreen && {
      TrafficRoutingConfiguration: {
        Type: blueGreen.trafficRoutingConfiguration.type,
        WaitIntervalInSeconds: blueGreen.trafficRoutingConfiguration.waitIntervalInSeconds,
        CanarySize: size(blueGreen.trafficRoutingConfiguration.canarySize),
        LinearStepSize: size(blueGreen.trafficRoutingConfiguration.linearStepSize),
      },
      TerminationWaitInSeconds: blueGreen.terminationWaitInSeconds,
      MaximumExecutionTimeoutInSeconds: blueGreen.maximumExecutionTimeoutInSeconds,
    },
    RollingUpdatePolicy: rolling && {
      MaximumBatchSize: size(rolling.maximumBatchSize),
      WaitIntervalInSeconds: rolling.waitIntervalInSeconds,
      MaximumExecutionTimeoutInSeconds: rolling.maximumExecutionTimeoutInSeconds,
    },
  };
}

const tagList = (tags: { readonly [key: string]: string } = {}) => Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
