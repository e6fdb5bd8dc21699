/** What `CreateTransformJob` was asked, as far as a job here goes by it. */
export interface TransformRequest {
  readonly TransformJobName: string;
  readonly ModelName: string;
  readonly MaxConcurrentTransforms?: number;
  readonly MaxPayloadInMB?: number;
  readonly BatchStrategy?: "MultiRecord" | "SingleRecord";
  readonly ModelClientConfig?: { readonly InvocationsTimeoutInSeconds?: number; readonly InvocationsMaxRetries?: number };
  readonly Environment?: { readonly [name: string]: string };
  readonly TransformInput: {
    readonly DataSource: { readonly S3DataSource: { readonly S3DataType: string; readonly S3Uri: string } };
    readonly ContentType?: string;
    readonly CompressionType?: string;
    readonly SplitType?: string;
  };
  readonly TransformOutput: { readonly S3OutputPath: string; readonly Accept?: string; readonly AssembleWith?: string; readonly KmsKeyId?: string };
  readonly TransformResources: { readonly InstanceType: string; readonly InstanceCount: number };
  readonly DataProcessing?: { readonly InputFilter?: string; readonly OutputFilter?: string; readonly JoinSource?: string };
}
