/**
 * What a stack exports and the client reads. SSM holds the same, one parameter
 * for each model at `/slipway/<stack>/models/<model>`, because a parameter takes
 * no more than 8 KB.
 */
export interface StackOutputs {
  readonly outputsVersion: 1;
  readonly stack: string;
  readonly models: { readonly [model: string]: ModelOutputs };
}

export interface ModelOutputs {
  /** The version with the largest share of the traffic. */
  readonly version: string;
  /** Version → share of the traffic, 0–1; they add up to 1. */
  readonly traffic: { readonly [version: string]: number };
  readonly region: string;
  readonly contractSha256: string;
  /** Digest-pinned image that every variant runs. */
  readonly image: string;
  /** sha256 of the artifact of each version in the traffic. */
  readonly artifacts: { readonly [version: string]: string };
  readonly serving: {
    readonly multiModel?: MultiModelOutputs;
    readonly realtime?: EndpointOutputs;
    readonly serverless?: EndpointOutputs;
    readonly batch?: BatchOutputs;
    readonly beanstalk?: EnvironmentOutputs;
    readonly async?: AsyncOutputs;
  };
  /** What answers the same contract when the endpoint does not. */
  readonly fallback?: EnvironmentOutputs;
  /** ARN of the IAM policy that lets an application call the model in every way that it is served; attach it to the application's role. */
  readonly invokePolicyArn: string;
  /** Names of the CloudWatch alarms that watch this model. */
  readonly alarms: readonly string[];
  /** The stack's dashboard in the AWS console; absent where the model publishes nothing to draw. */
  readonly dashboardUrl?: string;
}

/** Jobs over whole files: what it takes to start one, by hand or from a program. */
export interface BatchOutputs {
  /** Absent where runs are started by hand alone. */
  readonly scheduleName?: string;
  /** The name of every job begins with this and a hyphen: at most 26 characters, so that 36 more fit. */
  readonly jobPrefix: string;
  /** `s3://bucket/prefix/` below which a schedule finds its input. */
  readonly inputUri: string;
  /** `s3://bucket/prefix/` below which each run has a folder of its own. */
  readonly outputUri: string;
  /** Where the files of runs by hand are put: they are deleted after some weeks. */
  readonly byHandUri: string;
  /** The version that answers. */
  readonly version: string;
  /** `CreateTransformJob` without its name: what is read and written may be put in place of the schedule's own. */
  readonly job: TransformJob;
}

/** A transform job as SageMaker's API spells it (https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateTransformJob.html). */
export interface TransformJob {
  readonly ModelName: string;
  readonly MaxConcurrentTransforms: number;
  readonly MaxPayloadInMB: number;
  readonly BatchStrategy: "MultiRecord" | "SingleRecord";
  readonly ModelClientConfig: { readonly InvocationsTimeoutInSeconds: number; readonly InvocationsMaxRetries: number };
  readonly TransformInput: {
    readonly DataSource: { readonly S3DataSource: { readonly S3DataType: "S3Prefix"; readonly S3Uri: string } };
    readonly ContentType: string;
    readonly CompressionType: "None";
    readonly SplitType: "Line" | "None";
  };
  readonly TransformOutput: { readonly S3OutputPath: string; readonly Accept: string; readonly AssembleWith: "Line" | "None"; readonly KmsKeyId: string };
  readonly TransformResources: { readonly InstanceType: string; readonly InstanceCount: number; readonly VolumeKmsKeyId?: string };
  readonly DataProcessing: { readonly InputFilter?: string; readonly OutputFilter?: string; readonly JoinSource: "Input" | "None" };
  readonly Tags: readonly { readonly Key: string; readonly Value: string }[];
}

export interface EndpointOutputs {
  readonly endpointName: string;
  readonly endpointConfigName: string;
  /** Variant name = version name, stable over updates. */
  readonly variants: readonly string[];
}

/** An endpoint that serves every version; its one variant is `all`. */
export interface MultiModelOutputs extends EndpointOutputs {
  /** Version → what a request names it by (`TargetModel`). A target never changes its content. */
  readonly targets: { readonly [version: string]: string };
}

/** An endpoint with a queue in front: requests and answers travel through S3. */
export interface AsyncOutputs extends EndpointOutputs {
  /** `s3://bucket/prefix/` below which requests are put. */
  readonly inputUri: string;
  /** Where answers appear, */
  readonly outputUri: string;
  /** and what went wrong. */
  readonly failureUri: string;
  /** ARNs of the SNS topics that say when a request is done. */
  readonly topics: { readonly success: string; readonly error: string };
  /** What a caller asks for with each request: the endpoint itself keeps neither. Seconds. */
  readonly invocation: { readonly timeoutSeconds: number; readonly requestTtlSeconds: number };
}

/** An Elastic Beanstalk environment: `POST <url>/invocations` with the token as `Authorization: Bearer`. */
export interface EnvironmentOutputs {
  readonly environmentName: string;
  /** `https://…`, or `http://…` inside the VPC. No slash at its end. */
  readonly url: string;
  /** The secret in AWS Secrets Manager that holds the token. */
  readonly tokenSecretArn: string;
  /** The one version that it serves. */
  readonly version: string;
}
