import type { ModeName } from "../contract/runtimes";

/**
 * The CloudWatch metrics of endpoints and environments: what may be
 * alarmed on or scaled by. A metric that a mode does not publish never has
 * data, so an alarm on it stays INSUFFICIENT_DATA for ever; such an alarm
 * cannot be planned.
 */
export interface Metric {
  readonly namespace: "/aws/sagemaker/Endpoints" | "AWS/ApplicationELB" | "AWS/EC2" | "AWS/ElasticBeanstalk" | "AWS/SQS" | "AWS/SageMaker";
  /** What CloudWatch calls it, where another namespace has a metric of the same name. */
  readonly metricName?: string;
  /** `variant`: EndpointName and VariantName; `endpoint`: EndpointName alone; `environment`: EnvironmentName; `group`: AutoScalingGroupName; `loadBalancer`: LoadBalancer; `queue`: QueueName. With others it has no data. */
  readonly dimensions: "endpoint" | "environment" | "group" | "loadBalancer" | "queue" | "variant";
  readonly unit: "Count" | "Microseconds" | "Milliseconds" | "None" | "Percent" | "Seconds";
  /** The value is 0–100 for each core, so a percentage is multiplied by this count of the instance type. */
  readonly summedOver?: "vCPU" | "GPU";
  readonly publishedBy: readonly ModeName[];
  /** The field of the mode without which it is not published. */
  readonly onlyWith?: "provisioned";
  /** What a person reads. */
  readonly summary: string;
  readonly source: string;
  /** The day the source was read. */
  readonly read: string;
}

const MONITORING = "https://docs.aws.amazon.com/sagemaker/latest/dg/monitoring-cloudwatch.html";
const SERVERLESS_MONITORING = "https://docs.aws.amazon.com/sagemaker/latest/dg/serverless-endpoints-monitoring.html";
const ASYNC_MONITORING = "https://docs.aws.amazon.com/sagemaker/latest/dg/async-inference-monitor.html";
const READ = "2026-11-23";

const invocation = { namespace: "AWS/SageMaker", dimensions: "variant", source: MONITORING, read: READ } as const;
const host = { namespace: "/aws/sagemaker/Endpoints", dimensions: "variant", unit: "Percent", source: MONITORING, read: READ } as const;
const backlog = { namespace: "AWS/SageMaker", dimensions: "endpoint", publishedBy: ["async"], source: ASYNC_MONITORING, read: READ } as const;
const queued = { namespace: "AWS/SageMaker", dimensions: "variant", publishedBy: ["async"], source: ASYNC_MONITORING, read: READ } as const;
const serverless = { namespace: "AWS/SageMaker", dimensions: "variant", publishedBy: ["serverless"], source: SERVERLESS_MONITORING, read: READ } as const;

const provisioned = { ...serverless, onlyWith: "provisioned", read: "2026-11-25" } as const;

const BALANCER = "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html";
const beanstalk = { publishedBy: ["beanstalk"], read: READ } as const;
const balancer = { ...beanstalk, namespace: "AWS/ApplicationELB", dimensions: "loadBalancer", source: BALANCER } as const;

const loading = { namespace: "AWS/SageMaker", dimensions: "variant", publishedBy: ["multiModel"], source: MONITORING, read: READ } as const;

const onInstances: readonly ModeName[] = ["async", "multiModel", "realtime"];

const rows = {
  Invocations: { ...invocation, unit: "None", publishedBy: ["multiModel", "realtime", "serverless"], summary: "Requests sent to the variant." },
  InvocationsPerInstance: { ...invocation, unit: "None", publishedBy: ["multiModel", "realtime"], summary: "Requests a minute for each instance of the variant." },
  Invocation4XXErrors: { ...invocation, unit: "None", publishedBy: ["multiModel", "realtime", "serverless"], summary: "Requests answered 4XX: Sum counts them, Average is their rate (0–1)." },
  Invocation5XXErrors: { ...invocation, unit: "None", publishedBy: ["multiModel", "realtime", "serverless"], summary: "Requests answered 5XX: Sum counts them, Average is their rate (0–1)." },
  ModelLatency: { ...invocation, unit: "Microseconds", publishedBy: ["async", "multiModel", "realtime", "serverless"], summary: "Time the container took to answer." },
  OverheadLatency: { ...invocation, unit: "Microseconds", publishedBy: ["multiModel", "realtime", "serverless"], summary: "Time SageMaker added; on serverless it holds the cold start." },
  CPUUtilization: { ...host, summedOver: "vCPU", publishedBy: onInstances, summary: "Processor use: 0–100 for each vCPU." },
  MemoryUtilization: { ...host, publishedBy: [...onInstances, "serverless"], summary: "Memory use: 0–100." },
  DiskUtilization: { ...host, publishedBy: onInstances, summary: "Disk use: 0–100." },
  GPUUtilization: { ...host, summedOver: "GPU", publishedBy: onInstances, summary: "GPU use: 0–100 for each GPU." },
  GPUMemoryUtilization: { ...host, summedOver: "GPU", publishedBy: onInstances, summary: "GPU memory use: 0–100 for each GPU." },
  ModelLoadingWaitTime: { ...loading, unit: "Microseconds", summary: "Time a request waited for its version to be downloaded or loaded." },
  ModelDownloadingTime: { ...loading, unit: "Microseconds", summary: "Time to read a version from S3." },
  ModelLoadingTime: { ...loading, unit: "Microseconds", summary: "Time the container took to load a version." },
  ModelUnloadingTime: { ...loading, unit: "Microseconds", summary: "Time the container took to unload a version." },
  ModelCacheHit: { ...loading, unit: "None", summary: "Requests whose version was in memory: Average is their share (0–1)." },
  LoadedModelCount: { ...loading, namespace: "/aws/sagemaker/Endpoints", unit: "None", summary: "Versions in the memory of an instance." },
  ModelSetupTime: { ...serverless, unit: "Microseconds", summary: "Time a cold start took to bring up the container." },
  ServerlessConcurrentExecutionsUtilization: { ...serverless, unit: "None", summary: "Share of the endpoint's concurrency in use (0–1)." },
  ServerlessProvisionedConcurrencyExecutions: { ...provisioned, unit: "Count", summary: "Requests being answered by containers kept warm." },
  ServerlessProvisionedConcurrencyUtilization: { ...provisioned, unit: "None", summary: "Share of the containers kept warm that are busy (0–1)." },
  ServerlessProvisionedConcurrencyInvocations: { ...provisioned, unit: "Count", summary: "Requests answered by containers kept warm." },
  ServerlessProvisionedConcurrencySpilloverInvocations: { ...provisioned, unit: "Count", summary: "Requests that found no container kept warm and went to one on demand." },
  InvocationsProcessed: { ...queued, unit: "Count", summary: "Requests of the queue that were worked on, whatever came of them." },
  InvocationFailures: { ...queued, unit: "Count", summary: "Requests of the queue that failed." },
  ExpiredRequests: { ...queued, unit: "Count", summary: "Requests given up because they waited longer than their time to live." },
  RequestDownloadFailures: { ...queued, unit: "Count", summary: "Requests whose input could not be read from S3." },
  ResponseUploadFailures: { ...queued, unit: "Count", summary: "Answers that could not be written to S3." },
  NotificationFailures: { ...queued, unit: "Count", summary: "Notifications that SNS did not take." },
  RequestDownloadLatency: { ...queued, unit: "Microseconds", summary: "Time to read a request from S3." },
  ResponseUploadLatency: { ...queued, unit: "Microseconds", summary: "Time to write an answer to S3." },
  TimeInBacklog: { ...queued, unit: "Milliseconds", summary: "Time a request waited in the queue." },
  TotalProcessingTime: { ...queued, unit: "Milliseconds", summary: "Time from a request's arrival to its result." },
  ApproximateNumberOfMessagesVisible: {
    namespace: "AWS/SQS",
    dimensions: "queue",
    unit: "Count",
    publishedBy: ["batch"],
    summary: "Messages in a queue: of a schedule's, runs that could not be started.",
    source: "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html",
    read: READ,
  },
  ApproximateBacklogSize: { ...backlog, unit: "Count", summary: "Requests that wait or are being worked on." },
  ApproximateBacklogSizePerInstance: { ...backlog, unit: "Count", summary: "The same, for each instance." },
  ApproximateAgeOfOldestRequest: { ...backlog, unit: "Seconds", summary: "Age of the oldest waiting request." },
  HasBacklogWithoutCapacity: { ...backlog, unit: "Count", summary: "1 while requests wait and no instance runs." },
  EnvironmentHealth: {
    ...beanstalk,
    namespace: "AWS/ElasticBeanstalk",
    dimensions: "environment",
    unit: "None",
    summary: "Health of a Beanstalk environment: 0 ok, 1 info, 5 unknown, 10 no data, 15 warning, 20 degraded, 25 severe.",
    source: "https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/health-enhanced-cloudwatch.html",
  },
  HTTPCode_Target_4XX_Count: { ...balancer, unit: "Count", summary: "Requests that the instances answered 4XX." },
  HTTPCode_Target_5XX_Count: { ...balancer, unit: "Count", summary: "Requests that the instances answered 5XX." },
  InstanceCPUUtilization: {
    ...beanstalk,
    namespace: "AWS/EC2",
    metricName: "CPUUtilization",
    dimensions: "group",
    unit: "Percent",
    summary: "Processor use of the instances of a group: 0–100, however many vCPUs they have.",
    source: "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/viewing_metrics_with_cloudwatch.html",
  },
  TargetResponseTime: { ...balancer, unit: "Seconds", summary: "Time from the load balancer to an instance and back." },
} as const satisfies { readonly [name: string]: Metric };

export type MetricName = keyof typeof rows;

export const metrics: { readonly [Name in MetricName]: Metric } = rows;
export const metricNames = Object.keys(rows).sort() as readonly MetricName[];

/** The metrics a mode publishes, by name. @param without a field that is not set, and what depends on it is not published. */
export const metricsPublishedBy = (mode: ModeName, without?: NonNullable<Metric["onlyWith"]>): readonly MetricName[] =>
  metricNames.filter((name) => metrics[name].publishedBy.includes(mode) && (without === undefined || metrics[name].onlyWith !== without));
