import { SPEC_CHUNK_BYTES, SPEC_TOTAL_BYTES } from "../contract/serve-spec";
import { deepFreeze } from "./freeze";

/** One limit or rule of a service that the plan keeps. */
export interface Limit {
  readonly value: number;
  readonly unit: "bytes" | "days" | "hours" | "items" | "ratio" | "seconds";
  readonly summary: string;
  readonly source: string;
  /** The day the source was read. */
  readonly read: string;
}

const API = "https://docs.aws.amazon.com/sagemaker/latest/APIReference";
const GUIDE = "https://docs.aws.amazon.com/sagemaker/latest/dg";
const READ = "2026-11-23";

/** Every number of AWS's that the plan depends on and no schema carries. */
export const limits = deepFreeze({
  asyncBodyBytes: {
    value: 64 * 1024 * 1024,
    unit: "bytes",
    summary: "Request that a container reads behind a queue. The service would hand on 1 GB, which JSON in memory does not take.",
    source: `${GUIDE}/async-inference.html`,
    read: READ,
  },
  asyncConcurrency: {
    value: 64,
    unit: "items",
    summary: "Requests that wait in Slipway's container beside the one that it computes: more at once would be turned away.",
    source: `${API}/API_AsyncInferenceClientConfig.html`,
    read: READ,
  },
  asyncWakeSeconds: {
    value: 120,
    unit: "seconds",
    summary: "Until an endpoint that sleeps is told of its first request: two minutes of HasBacklogWithoutCapacity.",
    source: `${GUIDE}/async-inference-autoscale.html`,
    read: READ,
  },
  environmentBytes: {
    value: SPEC_TOTAL_BYTES,
    unit: "bytes",
    summary: "Environment of a SageMaker model: names and values together.",
    source: `${API}/API_ContainerDefinition.html`,
    read: READ,
  },
  environmentValueBytes: {
    value: SPEC_CHUNK_BYTES,
    unit: "bytes",
    summary: "One value in the environment of a SageMaker model.",
    source: `${API}/API_ContainerDefinition.html`,
    read: READ,
  },
  invocationsSafetyFactor: {
    value: 0.5,
    unit: "ratio",
    summary: "Share of an instance's highest request rate at which scaling adds another.",
    source: `${GUIDE}/endpoint-scaling-loadtest.html`,
    read: READ,
  },
  parameterBytes: {
    value: 8192,
    unit: "bytes",
    summary: "Value of an SSM parameter, advanced tier.",
    source: "https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html",
    read: READ,
  },
  realtimeBodyBytes: {
    value: 6_291_456,
    unit: "bytes",
    summary: "Request body of InvokeEndpoint.",
    source: `${API}/API_runtime_InvokeEndpoint.html`,
    read: READ,
  },
  serverlessAccountConcurrency: {
    value: 1000,
    unit: "items",
    summary: "Requests at once of all serverless endpoints of an account in a large region; 500 in others.",
    source: `${GUIDE}/serverless-endpoints.html`,
    read: READ,
  },
  serverlessBodyBytes: {
    value: 4 * 1024 * 1024,
    unit: "bytes",
    summary: "Request body of a serverless endpoint.",
    source: `${GUIDE}/serverless-endpoints-invoke.html`,
    read: READ,
  },
  serverlessDiskBytes: {
    value: 5 * 1024 ** 3,
    unit: "bytes",
    summary: "Disk of a serverless container, whatever its memory: for the artifact, and what it unpacks to.",
    source: `${GUIDE}/serverless-endpoints.html`,
    read: READ,
  },
  uploadBytes: {
    value: 5 * 1024 ** 3,
    unit: "bytes",
    summary: "One upload to S3, as the provider makes it.",
    source: "https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html",
    read: "2026-11-25",
  },
  variantsPerEndpoint: {
    value: 10,
    unit: "items",
    summary: "Production variants of an endpoint, one for each version in the traffic.",
    source: `${API}/API_CreateEndpointConfig.html`,
    read: READ,
  },
} as const satisfies { readonly [name: string]: Limit });

/** Hours that a month is counted as. */
export const HOURS_PER_MONTH = 730;
export const DAYS_PER_MONTH = HOURS_PER_MONTH / 24;
/** A price table older than this warns. */
export const PRICES_STALE_AFTER_DAYS = 180;
