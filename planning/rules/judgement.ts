import { computesOnGpu } from "../images";
import { isHostingInstance, isProcessorOnly, vCpuCountOf } from "../instances";
import type { ResolvedModel } from "../types";
import { fieldsIn, type Finding, type ModelRule } from "./rule";

const METRICS = "https://docs.aws.amazon.com/sagemaker/latest/dg/monitoring-cloudwatch.html";
const QUOTAS = "https://docs.aws.amazon.com/general/latest/gr/sagemaker.html";
const CONTAINERS = "https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ContainerDefinition.html";
const REPOSITORIES = "https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreateRepository.html";
const SERVERLESS = "https://docs.aws.amazon.com/sagemaker/latest/dg/serverless-endpoints.html";
/** REPOSITORIES, repositoryName. */
const REPOSITORY = /^(?=.{2,256}$)[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(\/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*$/;
/** Percent. A container that does nothing is near this. */
const IDLE_PERCENT = 5;

/** An instance type that a model names, and where. */
interface NamedType {
  readonly type: string;
  readonly path: readonly string[];
}

/** The types that host a model's versions: of its modes, and of single versions. */
function hostingTypes({ serving, traffic }: ResolvedModel): NamedType[] {
  const ofModes = (["async", "realtime"] as const).flatMap((mode): NamedType[] => {
    const type = serving[mode]?.instanceType;
    return typeof type === "string" ? [{ type, path: ["serving", mode, "instance"] }] : [];
  });
  const ofVersions = traffic.flatMap(({ version, instanceType }): NamedType[] => (instanceType === undefined ? [] : [{ type: instanceType, path: ["traffic", version, "instance"] }]));
  return [...ofModes, ...ofVersions].filter(({ type }) => isHostingInstance(type));
}

/** Rules over a resolved model: what is legal, and not what anybody wants. */
export const modelRules: readonly ModelRule[] = [
  {
    code: "accelerator-idle",
    check: (model) =>
      model.runtime === null
        ? []
        : hostingTypes(model)
            .filter(({ type }) => !isProcessorOnly(type) && !computesOnGpu(model, type))
            .map(({ type, path }) => ({
              severity: "warning",
              path,
              message: `${type} has an accelerator that Slipway's container does not use for ${model.runtime}: it would be paid for and never used`,
              hint: "write a type of the ml.c5, ml.c6i or ml.m5 family",
            })),
  },
  {
    code: "instance-quota",
    check: (model) =>
      hostingTypes(model)
        .filter(({ type }) => !isProcessorOnly(type))
        .map(({ type, path }) => ({
          severity: "warning",
          path,
          message: `accounts start with a quota of 0 for many accelerated types: ${type} may be refused with ResourceLimitExceeded`,
          hint: `look up "${type} for endpoint usage" in Service Quotas before you merge; a rollout needs twice the instances`,
          source: QUOTAS,
        })),
  },
  {
    code: "threads-above-vcpus",
    check: (model) => {
      const { threads } = model.settings;
      const smallest = hostingTypes(model).sort((a, b) => vCpuCountOf(a.type) - vCpuCountOf(b.type))[0];
      if (typeof threads !== "number" || smallest === undefined || threads <= vCpuCountOf(smallest.type)) return [];
      const count = vCpuCountOf(smallest.type);
      return [{ severity: "warning", path: ["settings", "threads"], message: `one inference uses ${threads} threads, and ${smallest.type} has ${count} vCPUs: they would wait for each other`, hint: `write: threads: ${count}` }];
    },
  },
  {
    code: "image-not-in-ecr",
    check: ({ container }) => {
      if (container === null || /^\d{12}\.dkr\.ecr(-fips)?\.[a-z0-9-]+\.amazonaws\.com(\.cn)?\//.test(container.image)) return [];
      return [{ path: ["container", "image"], message: `the image is in ${container.image.split("/")[0]!}, and SageMaker pulls from Amazon ECR`, hint: "push it to ECR and write 111122223333.dkr.ecr.<region>.amazonaws.com/<repository>@sha256:…", source: CONTAINERS }];
    },
  },
  {
    code: "image-repository",
    check: ({ container }) => {
      const named = container === null ? undefined : /^[^/]+\.amazonaws\.com(?:\.cn)?\/(.*)@/.exec(container.image)?.[1];
      if (named === undefined || REPOSITORY.test(named)) return [];
      const hint = "write its name in lower case, and the digest right behind it: …/example@sha256:…";
      if (named.includes(":")) return [{ path: ["container", "image"], message: `"${named}" has a tag, and SageMaker takes a tag or a digest`, hint, source: CONTAINERS }];
      return [{ path: ["container", "image"], message: `ECR names no repository "${named}"`, hint, source: REPOSITORIES }];
    },
  },
  {
    code: "batching-waits-alone",
    check: ({ settings: { batching }, serving, fallback }): Finding[] => {
      const { maxWaitMs, maxSize } = fieldsIn(batching);
      if (typeof maxWaitMs !== "number" || maxWaitMs === 0 || maxSize === 1 || fallback !== null) return [];
      const isOneByOne = Object.entries(serving).every(([mode, settings]) => mode === "serverless" || (mode === "async" && settings.concurrency === 1));
      if (!isOneByOne) return [];
      return [{ severity: "warning", path: ["settings", "batching", "maxWait"], message: `every request waits ${maxWaitMs} ms for company that never comes: each container is sent one request at a time`, hint: "write: maxWait: 0s", source: SERVERLESS }];
    },
  },
  { code: "alarm-never-fires", check: (model) => [...slowerThanTimeout(model), ...averagedCounts(model)] },
  {
    code: "alarm-adds-up",
    check: ({ alarms }) =>
      (["latency", "cpu", "memory"] as const).flatMap((name): Finding[] => {
        if (alarms[name]?.statistic !== "Sum") return [];
        return [{ severity: "warning", path: ["alarms", name, "statistic"], message: `the Sum of ${name} grows with the number of measurements, so its threshold would mean another thing at every load`, hint: "write: statistic: Average, Maximum or p99", source: METRICS }];
      }),
  },
  {
    code: "alarm-always-fires",
    check: ({ alarms, writtenAlarms }) =>
      (["cpu", "memory"] as const).flatMap((name): Finding[] => {
        const threshold = alarms[name]?.thresholdPercent;
        if (threshold === undefined || threshold > IDLE_PERCENT || !writtenAlarms.includes(name)) return [];
        return [{ severity: "warning", path: ["alarms", name, "above"], message: `a container that does nothing uses ${threshold}% of ${name === "cpu" ? "a processor" : "memory"} now and then`, hint: "thresholds are percent of the whole instance; write: above: 80%", source: METRICS }];
      }),
  },
];

/** An answer that takes longer than the mode's time limit is an error, and counted as one. */
function slowerThanTimeout({ alarms, serving, writtenAlarms }: ResolvedModel): Finding[] {
  const limits = (["realtime", "serverless"] as const).flatMap((mode) => {
    const seconds = serving[mode]?.timeoutSeconds;
    return typeof seconds === "number" ? [seconds] : [];
  });
  const threshold = alarms.latency?.thresholdMicroseconds;
  const longest = Math.max(...limits);
  if (threshold === undefined || limits.length === 0 || !writtenAlarms.includes("latency") || alarms.latency?.statistic === "Sum" || threshold < longest * 1_000_000) return [];
  return [{ severity: "warning", path: ["alarms", "latency", "above"], message: `no answer takes longer than the timeout of ${longest} s, so the latency is never above ${threshold / 1_000_000} s`, hint: "write a threshold well below the timeout: above: 1s", source: METRICS }];
}

/** Of one request the metric is 0 or 1; only their Sum counts. */
function averagedCounts({ alarms }: ResolvedModel): Finding[] {
  return (["serverErrors", "clientErrors"] as const).flatMap((name): Finding[] => {
    const alarm = alarms[name];
    if (alarm === null || alarm.statistic === "Sum" || alarm.thresholdCount < 1) return [];
    return [{ severity: "warning", path: ["alarms", name, "statistic"], message: `the ${alarm.statistic} of ${name} is at most 1, so it is never above ${alarm.thresholdCount}`, hint: "write: statistic: Sum, which counts them", source: METRICS }];
  });
}
