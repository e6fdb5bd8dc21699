import type { Calculated, Chart, Series } from "./dashboard-widgets";
import { metrics, type MetricName } from "./metrics";
import type { ModePlan, WatchedVariant } from "./modes/mode";

/** A planned mode, as far as charts see it. */
export type ShownPlan = Pick<ModePlan, "endpointName" | "environmentName" | "publishes" | "watch">;

/** A chart as wished for: which metrics, with which statistics; what is not published is left out. */
interface Wish {
  readonly title: string;
  readonly of: readonly { readonly metric: MetricName; readonly statistic: string; readonly label?: string; readonly right?: true }[];
}

/** In the order in which they stand. */
const wishes: readonly Wish[] = [
  {
    title: "Traffic (requests a minute)",
    of: [
      { metric: "Invocations", statistic: "Sum" },
      { metric: "InvocationsProcessed", statistic: "Sum" },
    ],
  },
  {
    title: "Latency of the model (µs)",
    of: [
      { metric: "ModelLatency", statistic: "p50", label: "p50" },
      { metric: "ModelLatency", statistic: "p90", label: "p90" },
      { metric: "ModelLatency", statistic: "p99", label: "p99" },
    ],
  },
  {
    title: "Errors (requests a minute)",
    of: [
      { metric: "Invocation4XXErrors", statistic: "Sum", label: "4XX" },
      { metric: "Invocation5XXErrors", statistic: "Sum", label: "5XX" },
      { metric: "InvocationFailures", statistic: "Sum", label: "failed" },
      { metric: "ExpiredRequests", statistic: "Sum", label: "expired" },
    ],
  },
  {
    title: "Processor (% of one vCPU)",
    of: [{ metric: "CPUUtilization", statistic: "Average" }],
  },
  {
    title: "Memory (%)",
    of: [{ metric: "MemoryUtilization", statistic: "Average" }],
  },
  {
    title: "GPU (% of one GPU)",
    of: [
      { metric: "GPUUtilization", statistic: "Average", label: "GPU" },
      { metric: "GPUMemoryUtilization", statistic: "Average", label: "GPU memory" },
    ],
  },
  {
    title: "Queue (requests, and seconds that the first waits)",
    of: [
      { metric: "ApproximateBacklogSize", statistic: "Maximum", label: "waiting" },
      { metric: "ApproximateAgeOfOldestRequest", statistic: "Maximum", label: "age of the first", right: true },
    ],
  },
  {
    title: "Cold starts (µs)",
    of: [{ metric: "ModelSetupTime", statistic: "Maximum", label: "longest" }],
  },
  {
    title: "Concurrency in use (0–1)",
    of: [{ metric: "ServerlessConcurrentExecutionsUtilization", statistic: "Maximum" }],
  },
  {
    title: "Containers kept warm (busy, and their share 0–1)",
    of: [
      { metric: "ServerlessProvisionedConcurrencyExecutions", statistic: "Maximum", label: "busy" },
      { metric: "ServerlessProvisionedConcurrencyUtilization", statistic: "Maximum", label: "share", right: true },
    ],
  },
  {
    title: "Warm and spilled over (requests, most in a minute)",
    of: [
      // The documented statistics are Average, Maximum and Minimum.
      { metric: "ServerlessProvisionedConcurrencyInvocations", statistic: "Maximum", label: "warm" },
      { metric: "ServerlessProvisionedConcurrencySpilloverInvocations", statistic: "Maximum", label: "spilled over" },
    ],
  },
  {
    title: "Health (0 ok, 15 warning, 20 degraded, 25 severe)",
    of: [{ metric: "EnvironmentHealth", statistic: "Maximum" }],
  },
];

/** SageMaker publishes no count of instances; two metrics whose quotient it is are published together. */
const quotients: readonly (readonly [MetricName, MetricName])[] = [
  ["Invocations", "InvocationsPerInstance"],
  ["ApproximateBacklogSize", "ApproximateBacklogSizePerInstance"],
];

/** The charts of one mode: only of what it publishes, under the dimensions that it publishes it with. */
export function chartsOfPlan(plan: ShownPlan): Chart[] {
  const charts = wishes.map(({ title, of }) => ({ title, series: of.flatMap((wish) => seriesOf(wish, plan)) }));
  const instances = quotients.flatMap((quotient) => instanceSeries(quotient, plan));
  const at = charts.findIndex(({ title }) => title.startsWith("GPU"));
  return [...charts.slice(0, at), { title: "Instances (by their share of the requests)", series: instances }, ...charts.slice(at)].filter(({ series }) => series.length > 0);
}

function seriesOf({ metric, statistic, label, right }: Wish["of"][number], plan: ShownPlan): Series[] {
  return placesOf(metric, plan).map(({ dimensions, place }) => ({
    metric,
    dimensions,
    statistic,
    label: [place, label].filter((part) => part !== undefined && part !== "").join(" ") || metric,
    ...(right === undefined ? {} : { right }),
  }));
}

function instanceSeries([whole, share]: readonly [MetricName, MetricName], plan: ShownPlan): (Calculated | Series)[] {
  const shares = placesOf(share, plan);
  const statistic = metrics[whole].dimensions === "endpoint" ? "Average" : "Sum";
  return placesOf(whole, plan).flatMap(({ dimensions, place }, index) => {
    if (shares[index] === undefined) return [];
    const [a, b] = [`whole${index}`, `share${index}`];
    return [
      { metric: whole, dimensions, statistic, label: whole, id: a, hidden: true as const },
      { metric: share, dimensions, statistic, label: share, id: b, hidden: true as const },
      { formula: `${a} / ${b}`, label: place === "" ? "instances" : place, id: `instances${index}` },
    ];
  });
}

/** Where the mode publishes a metric: nowhere, once for the endpoint or environment, or once for each variant that can. */
function placesOf(metric: MetricName, { endpointName, environmentName, publishes, watch }: ShownPlan): { dimensions: { [name: string]: string }; place: string }[] {
  if (!publishes.includes(metric)) return [];
  const { dimensions, summedOver } = { summedOver: undefined, ...metrics[metric] };
  const has = ({ vCpuCount, gpuCount }: WatchedVariant): boolean => (summedOver === "GPU" ? (gpuCount ?? 0) > 0 : summedOver === undefined || (vCpuCount ?? 0) > 0);
  if (dimensions === "environment" && environmentName !== undefined) return [{ dimensions: { EnvironmentName: environmentName }, place: "" }];
  if (endpointName === undefined) return [];
  if (dimensions === "endpoint") return [{ dimensions: { EndpointName: endpointName }, place: "" }];
  if (dimensions !== "variant") return [];
  return watch.filter(has).map(({ variantName }) => ({ dimensions: { EndpointName: endpointName, VariantName: variantName }, place: variantName }));
}
