/** Resources as the API describes them (PascalCase: they go over the wire as they are). */
export interface Model {
  readonly ModelName: string;
  readonly ModelArn: string;
  readonly PrimaryContainer?: ContainerDefinition;
  readonly Containers?: readonly ContainerDefinition[];
  readonly ExecutionRoleArn?: string;
  readonly VpcConfig?: { readonly Subnets: readonly string[]; readonly SecurityGroupIds: readonly string[] };
  readonly EnableNetworkIsolation?: boolean;
  /** Seconds since the epoch, as JSON 1.1 writes timestamps. */
  readonly CreationTime: number;
}

export interface ContainerDefinition {
  readonly Image?: string;
  readonly Mode?: string;
  readonly MultiModelConfig?: { readonly ModelCacheSetting?: string };
  readonly ModelDataUrl?: string;
  readonly Environment?: { readonly [name: string]: string };
}

export interface EndpointConfig {
  readonly EndpointConfigName: string;
  readonly EndpointConfigArn: string;
  readonly ProductionVariants: readonly ProductionVariant[];
  /** One at most; gets copies of requests. */
  readonly ShadowProductionVariants?: readonly ProductionVariant[];
  readonly DataCaptureConfig?: DataCaptureConfig;
  readonly KmsKeyId?: string;
  readonly AsyncInferenceConfig?: AsyncInferenceConfig;
  readonly CreationTime: number;
}

export interface AsyncInferenceConfig {
  readonly ClientConfig?: { readonly MaxConcurrentInvocationsPerInstance?: number };
  readonly OutputConfig: {
    readonly S3OutputPath: string;
    readonly S3FailurePath?: string;
    readonly KmsKeyId?: string;
    readonly NotificationConfig?: { readonly SuccessTopic?: string; readonly ErrorTopic?: string; readonly IncludeInferenceResponseIn?: readonly string[] };
  };
}

export interface ProductionVariant {
  readonly VariantName: string;
  readonly ModelName?: string;
  readonly InitialInstanceCount?: number;
  readonly InstanceType?: string;
  readonly InitialVariantWeight?: number;
  readonly ServerlessConfig?: { readonly MemorySizeInMB: number; readonly MaxConcurrency: number; readonly ProvisionedConcurrency?: number };
  readonly ContainerStartupHealthCheckTimeoutInSeconds?: number;
}

export interface DataCaptureConfig {
  /** Without it, on. */
  readonly EnableCapture?: boolean;
  readonly InitialSamplingPercentage: number;
  readonly DestinationS3Uri: string;
  readonly KmsKeyId?: string;
  readonly CaptureOptions: readonly { readonly CaptureMode: "Input" | "Output" | "InputAndOutput" }[];
  readonly CaptureContentTypeHeader?: { readonly CsvContentTypes?: readonly string[]; readonly JsonContentTypes?: readonly string[] };
}

export interface Tag {
  readonly Key: string;
  readonly Value: string;
}

/** What the control plane remembers, in memory: it is gone with the process, on purpose. */
export class Store {
  readonly models = new Map<string, Model>();
  readonly endpointConfigs = new Map<string, EndpointConfig>();
  /** ARN → key → value. */
  readonly tags = new Map<string, Map<string, string>>();

  tag(arn: string, tags: readonly Tag[] = []): void {
    const held = this.tags.get(arn) ?? new Map<string, string>();
    for (const { Key, Value } of tags) held.set(Key, Value);
    this.tags.set(arn, held);
  }

  tagsOf(arn: string): Tag[] {
    return [...(this.tags.get(arn) ?? [])].map(([Key, Value]) => ({ Key, Value }));
  }
}
