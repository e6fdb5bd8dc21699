import type { Shape } from "./constraints";

// Inputs of the transform job operations, with the constraints of SageMaker's service model (2017-07-24):
// https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateTransformJob.html

const text = (max: number, pattern: RegExp, min = 0): Shape => ({ type: "string", min, max, pattern });
const choice = (...values: string[]): Shape => ({ type: "string", enum: values });
const count = (min: number, max: number): Shape => ({ type: "integer", min, max });
const structure = (members: { [name: string]: Shape }, ...required: string[]): Shape => ({ type: "structure", members, required });

const jobName = text(63, /[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}/, 1);
const s3Uri = text(1024, /(https|s3):\/\/([^/]+)\/?(.*)/);
const key = text(2048, /[a-zA-Z0-9:/_-]*/);

export const transformInputs = (tags: Shape, listing: { [name: string]: Shape }) =>
  ({
    CreateTransformJob: structure(
      {
        TransformJobName: jobName,
        ModelName: text(63, /[a-zA-Z0-9]([-a-zA-Z0-9]*[a-zA-Z0-9])?/),
        MaxConcurrentTransforms: count(0, Number.MAX_SAFE_INTEGER),
        MaxPayloadInMB: count(0, 100),
        BatchStrategy: choice("MultiRecord", "SingleRecord"),
        ModelClientConfig: structure({ InvocationsTimeoutInSeconds: count(1, 3600), InvocationsMaxRetries: count(0, 3) }),
        Environment: { type: "map", max: 16, key: text(1024, /[a-zA-Z_][a-zA-Z0-9_]{0,1023}/), value: text(10_240, /[\S\s]*/) },
        TransformInput: structure(
          {
            DataSource: structure({ S3DataSource: structure({ S3DataType: choice("ManifestFile", "S3Prefix", "AugmentedManifestFile"), S3Uri: s3Uri }, "S3DataType", "S3Uri") }, "S3DataSource"),
            ContentType: text(256, /.*/),
            CompressionType: choice("None", "Gzip"),
            SplitType: choice("None", "Line", "RecordIO", "TFRecord"),
          },
          "DataSource",
        ),
        TransformOutput: structure({ S3OutputPath: s3Uri, Accept: text(256, /.*/), AssembleWith: choice("None", "Line"), KmsKeyId: key }, "S3OutputPath"),
        TransformResources: structure({ InstanceType: text(64, /ml\.[-a-z0-9]+\.[a-z0-9]+/), InstanceCount: count(1, 100), VolumeKmsKeyId: key }, "InstanceType", "InstanceCount"),
        DataProcessing: structure({ InputFilter: text(63, /.*/), OutputFilter: text(63, /.*/), JoinSource: choice("Input", "None") }),
        Tags: tags,
      },
      "TransformJobName",
      "ModelName",
      "TransformInput",
      "TransformOutput",
      "TransformResources",
    ),
    DescribeTransformJob: structure({ TransformJobName: jobName }, "TransformJobName"),
    ListTransformJobs: structure({
      ...listing,
      LastModifiedTimeBefore: { type: "timestamp" },
      LastModifiedTimeAfter: { type: "timestamp" },
      StatusEquals: choice("InProgress", "Completed", "Failed", "Stopping", "Stopped"),
    }),
    StopTransformJob: structure({ TransformJobName: jobName }, "TransformJobName"),
  }) satisfies { [operation: string]: Shape };
