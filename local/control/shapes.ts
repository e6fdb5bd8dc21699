import type { Shape } from "./constraints";
import { transformInputs } from "./transform-shapes";

/**
 * The inputs of the operations that run locally, with the constraints of
 * SageMaker's own service model (API version 2017-07-24).
 * Source: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_Operations_Amazon_SageMaker_Service.html
 */

const string = (max?: number, pattern?: RegExp): Shape => ({ type: "string", min: 0, max, pattern });
const boolean: Shape = { type: "boolean" };
const structure = (members: { [name: string]: Shape }, ...required: string[]): Shape => ({ type: "structure", members, required });

const dashedName = string(63, /[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}/);
const modelName = string(63, /[a-zA-Z0-9]([-a-zA-Z0-9]*[a-zA-Z0-9])?/);
const roleArn: Shape = { type: "string", min: 20, max: 2048, pattern: /arn:aws[-a-z]*:iam::\d{12}:role\/?[a-zA-Z_0-9+=,.@_/-]+/ };
const resourceArn = string(256, /arn:.*/);
const weight: Shape = { type: "float", min: 0 };

const tags: Shape = {
  type: "list",
  max: 50,
  member: structure(
    {
      Key: { type: "string", min: 1, max: 128, pattern: /[\p{L}\p{Z}\p{N}_.:/=+\-@]*/u },
      Value: { type: "string", min: 0, max: 256, pattern: /[\p{L}\p{Z}\p{N}_.:/=+\-@]*/u },
    },
    "Key",
    "Value",
  ),
};

const container = structure({
  ContainerHostname: string(63, /[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}/),
  Image: string(255, /[\S]+/),
  Mode: { type: "string", enum: ["SingleModel", "MultiModel"] },
  MultiModelConfig: structure({ ModelCacheSetting: { type: "string", enum: ["Enabled", "Disabled"] } }),
  ModelDataUrl: string(1024, /(https|s3):\/\/([^/]+)\/?(.*)/),
  Environment: { type: "map", max: 100, key: string(1024, /[a-zA-Z_][a-zA-Z0-9_]*/), value: string(1024, /[\S\s]*/) },
});

/** https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_VpcConfig.html */
const vpcConfig = structure(
  {
    Subnets: { type: "list", min: 1, max: 16, member: string(32, /[-0-9a-zA-Z]+/) },
    SecurityGroupIds: { type: "list", min: 1, max: 5, member: string(32, /[-0-9a-zA-Z]+/) },
  },
  "Subnets",
  "SecurityGroupIds",
);

const kmsKeyId = string(2048, /[a-zA-Z0-9:/_-]*/);

const variants: Shape = {
  type: "list",
  min: 1,
  max: 10,
  member: structure(
    {
      VariantName: dashedName,
      ModelName: modelName,
      InitialInstanceCount: { type: "integer", min: 1 },
      InstanceType: string(64, /ml\.[-a-z0-9]+\.[a-z0-9]+/),
      InitialVariantWeight: weight,
      ServerlessConfig: structure(
        {
          MemorySizeInMB: { type: "integer", min: 1024, max: 6144 },
          MaxConcurrency: { type: "integer", min: 1, max: 200 },
          ProvisionedConcurrency: { type: "integer", min: 1, max: 200 },
        },
        "MemorySizeInMB",
        "MaxConcurrency",
      ),
      ModelDataDownloadTimeoutInSeconds: { type: "integer", min: 60, max: 3600 },
      ContainerStartupHealthCheckTimeoutInSeconds: { type: "integer", min: 60, max: 3600 },
    },
    "VariantName",
  ),
};

const contentTypes: Shape = { type: "list", min: 1, max: 10, member: { type: "string", min: 1, max: 256 } };
/** https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DataCaptureConfig.html */
const dataCapture = structure(
  {
    EnableCapture: boolean,
    InitialSamplingPercentage: { type: "integer", min: 0, max: 100 },
    DestinationS3Uri: string(512, /(https|s3):\/\/([^/]+)\/?(.*)/),
    KmsKeyId: kmsKeyId,
    CaptureOptions: { type: "list", min: 1, max: 32, member: structure({ CaptureMode: { type: "string", enum: ["Input", "Output", "InputAndOutput"] } }, "CaptureMode") },
    CaptureContentTypeHeader: structure({ CsvContentTypes: contentTypes, JsonContentTypes: contentTypes }),
  },
  "InitialSamplingPercentage",
  "DestinationS3Uri",
  "CaptureOptions",
);

const seconds = (min: number, max: number): Shape => ({ type: "integer", min, max });
const capacitySize = structure({ Type: { type: "string", enum: ["INSTANCE_COUNT", "CAPACITY_PERCENT"] }, Value: { type: "integer", min: 1 } }, "Type", "Value");

/** https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DeploymentConfig.html */
const deploymentConfig = structure({
  BlueGreenUpdatePolicy: structure(
    {
      TrafficRoutingConfiguration: structure(
        {
          Type: { type: "string", enum: ["ALL_AT_ONCE", "CANARY", "LINEAR"] },
          WaitIntervalInSeconds: seconds(0, 3600),
          CanarySize: capacitySize,
          LinearStepSize: capacitySize,
        },
        "Type",
        "WaitIntervalInSeconds",
      ),
      TerminationWaitInSeconds: seconds(0, 3600),
      MaximumExecutionTimeoutInSeconds: seconds(600, 28_800),
    },
    "TrafficRoutingConfiguration",
  ),
  RollingUpdatePolicy: structure(
    {
      MaximumBatchSize: capacitySize,
      WaitIntervalInSeconds: seconds(0, 3600),
      MaximumExecutionTimeoutInSeconds: seconds(600, 28_800),
      RollbackMaximumBatchSize: capacitySize,
    },
    "MaximumBatchSize",
    "WaitIntervalInSeconds",
  ),
  AutoRollbackConfiguration: structure({
    Alarms: { type: "list", min: 1, max: 10, member: structure({ AlarmName: { type: "string", min: 1, max: 255, pattern: /(?!\s*$).+/ } }, "AlarmName") },
  }),
});

const s3Uri = string(512, /(https|s3):\/\/([^/]+)\/?(.*)/);
const topicArn = string(2048, /arn:aws[-a-z]*:sns:[-a-z0-9]*:\d{12}:[a-zA-Z0-9_.-]+/);

const asyncInference = structure(
  {
    ClientConfig: structure({ MaxConcurrentInvocationsPerInstance: { type: "integer", min: 1, max: 1000 } }),
    OutputConfig: structure({
      S3OutputPath: s3Uri,
      S3FailurePath: s3Uri,
      KmsKeyId: kmsKeyId,
      NotificationConfig: structure({
        SuccessTopic: topicArn,
        ErrorTopic: topicArn,
        IncludeInferenceResponseIn: { type: "list", max: 2, member: { type: "string", enum: ["SUCCESS_NOTIFICATION_TOPIC", "ERROR_NOTIFICATION_TOPIC"] } },
      }),
    }),
  },
  "OutputConfig",
);

const listing = (...sortKeys: string[]): { [name: string]: Shape } => ({
  SortBy: { type: "string", enum: sortKeys },
  SortOrder: { type: "string", enum: ["Ascending", "Descending"] },
  NextToken: string(8192),
  MaxResults: { type: "integer", min: 1, max: 100 },
  NameContains: string(63, /[a-zA-Z0-9-]+/),
  CreationTimeBefore: { type: "timestamp" },
  CreationTimeAfter: { type: "timestamp" },
});

const endpointStatus: Shape = {
  type: "string",
  enum: ["OutOfService", "Creating", "Updating", "SystemUpdating", "RollingBack", "InService", "Deleting", "Failed", "UpdateRollbackFailed"],
};

export const inputs = {
  CreateModel: structure(
    { ModelName: modelName, PrimaryContainer: container, Containers: { type: "list", max: 15, member: container }, ExecutionRoleArn: roleArn, VpcConfig: vpcConfig, EnableNetworkIsolation: boolean, Tags: tags },
    "ModelName",
  ),
  DescribeModel: structure({ ModelName: modelName }, "ModelName"),
  DeleteModel: structure({ ModelName: modelName }, "ModelName"),
  ListModels: structure(listing("Name", "CreationTime")),
  CreateEndpointConfig: structure(
    { EndpointConfigName: dashedName, ProductionVariants: variants, ShadowProductionVariants: { ...variants, min: 0 }, DataCaptureConfig: dataCapture, KmsKeyId: kmsKeyId, AsyncInferenceConfig: asyncInference, Tags: tags },
    "EndpointConfigName",
    "ProductionVariants",
  ),
  DescribeEndpointConfig: structure({ EndpointConfigName: dashedName }, "EndpointConfigName"),
  DeleteEndpointConfig: structure({ EndpointConfigName: dashedName }, "EndpointConfigName"),
  ListEndpointConfigs: structure(listing("Name", "CreationTime")),
  CreateEndpoint: structure(
    { EndpointName: dashedName, EndpointConfigName: dashedName, DeploymentConfig: deploymentConfig, Tags: tags },
    "EndpointName",
    "EndpointConfigName",
  ),
  DescribeEndpoint: structure({ EndpointName: dashedName }, "EndpointName"),
  UpdateEndpoint: structure(
    {
      EndpointName: dashedName,
      EndpointConfigName: dashedName,
      RetainAllVariantProperties: boolean,
      ExcludeRetainedVariantProperties: {
        type: "list",
        max: 3,
        member: structure(
          { VariantPropertyType: { type: "string", enum: ["DesiredInstanceCount", "DesiredWeight", "DataCaptureConfig"] } },
          "VariantPropertyType",
        ),
      },
      DeploymentConfig: deploymentConfig,
      RetainDeploymentConfig: boolean,
    },
    "EndpointName",
    "EndpointConfigName",
  ),
  UpdateEndpointWeightsAndCapacities: structure(
    {
      EndpointName: dashedName,
      DesiredWeightsAndCapacities: {
        type: "list",
        min: 1,
        member: structure(
          { VariantName: dashedName, DesiredWeight: weight, DesiredInstanceCount: { type: "integer", min: 0 } },
          "VariantName",
        ),
      },
    },
    "EndpointName",
    "DesiredWeightsAndCapacities",
  ),
  DeleteEndpoint: structure({ EndpointName: dashedName }, "EndpointName"),
  ListEndpoints: structure({
    ...listing("Name", "CreationTime", "Status"),
    LastModifiedTimeBefore: { type: "timestamp" },
    LastModifiedTimeAfter: { type: "timestamp" },
    StatusEquals: endpointStatus,
  }),
  ...transformInputs(tags, listing("Name", "CreationTime", "Status")),
  AddTags: structure({ ResourceArn: resourceArn, Tags: tags }, "ResourceArn", "Tags"),
  DeleteTags: structure({ ResourceArn: resourceArn, TagKeys: { type: "list", min: 1, max: 50, member: string(128) } }, "ResourceArn", "TagKeys"),
  ListTags: structure({ ResourceArn: resourceArn, NextToken: string(8192), MaxResults: { type: "integer", min: 50 } }, "ResourceArn"),
} satisfies { [operation: string]: Shape };

export type OperationName = keyof typeof inputs;
