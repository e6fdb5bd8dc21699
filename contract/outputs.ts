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
    readonly realtime?: EndpointOutputs;
    readonly serverless?: EndpointOutputs;
  };
  /** Names of the CloudWatch alarms that watch this model. */
  readonly alarms: readonly string[];
}

export interface EndpointOutputs {
  readonly endpointName: string;
  readonly endpointConfigName: string;
  /** Variant name = version name, stable over updates. */
  readonly variants: readonly string[];
}
