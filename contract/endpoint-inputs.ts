/** The nested inputs of endpoints, their configs and their alarms; `resources.ts` says where each stands. */

export interface AsyncInferenceConfig {
  clientConfig: { maxConcurrentInvocationsPerInstance: number };
  outputConfig: {
    /** `s3://bucket/prefix`. */
    s3OutputPath: string;
    s3FailurePath: string;
    /** ARN of the key that answers are encrypted with. */
    kmsKeyId: string;
    notificationConfig: { successTopic: string; errorTopic: string; includeInferenceResponseIns?: string[] };
  };
}

export interface DataCaptureConfig {
  /** Always set: Pulumi's default is false, the API's true. */
  enableCapture: boolean;
  initialSamplingPercentage: number;
  destinationS3Uri: string;
  kmsKeyId: string;
  captureOptions: { captureMode: "Input" | "Output" }[];
  /** What is written as text; everything else is base64. */
  captureContentTypeHeader: { jsonContentTypes: string[]; csvContentTypes: string[] };
}

/** How an endpoint moves to another config: one of the two policies, and the alarms that take it back. */
export interface DeploymentConfig {
  autoRollbackConfiguration: { alarms: { alarmName: string }[] };
  blueGreenUpdatePolicy?: {
    trafficRoutingConfiguration: {
      type: "ALL_AT_ONCE" | "CANARY" | "LINEAR";
      /** Seconds after each shift, and after the last. */
      waitIntervalInSeconds: number;
      canarySize?: CapacityShare;
      linearStepSize?: CapacityShare;
    };
    terminationWaitInSeconds: number;
    maximumExecutionTimeoutInSeconds: number;
  };
  rollingUpdatePolicy?: {
    maximumBatchSize: CapacityShare;
    waitIntervalInSeconds: number;
    maximumExecutionTimeoutInSeconds: number;
  };
}

interface CapacityShare {
  type: "CAPACITY_PERCENT";
  value: number;
}

/** One line of metric math: a metric, or an expression over the ids of others. */
export interface MetricQuery {
  id: string;
  label?: string;
  expression?: string;
  metric?: { namespace: string; metricName: string; dimensions: { [name: string]: string }; period: number; stat: string };
  returnData: boolean;
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
  routingConfigs?: { routingStrategy: "LEAST_OUTSTANDING_REQUESTS" | "RANDOM" }[];
  /** The machine image that the instances run, and with it their driver. */
  inferenceAmiVersion?: string;
  serverlessConfig?: { memorySizeInMb: number; maxConcurrency: number; provisionedConcurrency?: number };
}
