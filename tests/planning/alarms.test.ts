import assert from "node:assert/strict";
import { join } from "node:path";
import { loadRegistry } from "../../planning";
import { metricNames, metrics } from "../../planning/metrics";
import { planStack } from "../../planning/plan";
import { readRegistry } from "../../registry/read";
import type { ResolvedModel } from "../../planning/types";
import { asyncServing, facts, locating, model, ofType, planned, realtimeServing } from "./support/resolved";

const root = join(__dirname, "..", "..");
const ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm";
/** Those that tell people; the ones that take a rollout back are in rollout.test.ts. */
const alarmsOf = (...models: ResolvedModel[]) => ofType(planned(models), ALARM).flatMap(({ inputs }) => (inputs.metricQueries === undefined ? [inputs] : []));
const alarm = (each: ResolvedModel, metric: string) => alarmsOf(each).find((inputs) => inputs.metricName === metric)!;

const onInstances = model({ serving: { realtime: realtimeServing({ instanceType: "ml.m5.xlarge" }) } });

describe("alarms", () => {
  it("watch every variant, by both dimensions", () => {
    const both = { ...onInstances, traffic: [{ version: "v3", weight: 1 }, { version: "v4", weight: 0 }] };
    assert.equal(alarmsOf(both).length, 10);
    for (const inputs of alarmsOf(both)) assert.deepEqual(Object.keys(inputs.dimensions!), ["EndpointName", "VariantName"]);
    assert.deepEqual(new Set(alarmsOf(both).map((inputs) => inputs.dimensions!.VariantName)), new Set(["v3", "v4"]));
  });

  it("measure latency in microseconds", () => {
    assert.equal(alarm(model(), "ModelLatency").threshold, 1_000_000);
    assert.equal(alarm(model(), "ModelLatency").namespace, "AWS/SageMaker");
  });

  it("multiply CPU by the vCPUs of the variant's own instance, and leave memory as it is", () => {
    assert.equal(alarm(onInstances, "CPUUtilization").threshold, 320);
    assert.equal(alarm(onInstances, "CPUUtilization").namespace, "/aws/sagemaker/Endpoints");
    assert.equal(alarm(onInstances, "MemoryUtilization").threshold, 80);
    const smaller = { ...onInstances, traffic: [{ version: "v3", weight: 1, instanceType: "ml.c5.large" }] };
    assert.equal(alarm(smaller, "CPUUtilization").threshold, 160);
  });

  it("say in words, and in units that people count in, what each of them is about", () => {
    const every = alarmsOf(
      model({ name: "a", serving: { realtime: realtimeServing({ instanceType: "ml.g4dn.xlarge" }) } }),
      model({ name: "b", serving: { async: asyncServing() }, writtenAlarms: ["latency"] }),
      model({ name: "c", serving: { serverless: { ...model().serving.serverless!, provisioned: 2 } }, writtenAlarms: ["provisionedUse"] }),
      model({ name: "d", serving: { multiModel: { ...realtimeServing(), cache: true, memoryMiB: null } } }),
    );
    const about = every.flatMap(({ metricName, alarmDescription }) => (metricName === "HasBacklogWithoutCapacity" ? [] : [`${metricName}: ${alarmDescription.replace(/^\S+ (\S+ )?in dev: /, "")}`]));
    assert.deepEqual([...new Set(about)].sort(), [
      "ApproximateAgeOfOldestRequest: the first request of the queue waits longer than 900 s, over 60 s, 3 of 3 times.",
      "CPUUtilization: processor use above 80 % of the instance, over 300 s, 2 of 2 times.",
      "ExpiredRequests: more than 0 requests expired in the queue, over 300 s, 1 of 1 times.",
      "GPUUtilization: GPU use above 80 % of the instance, over 300 s, 2 of 2 times.",
      "Invocation4XXErrors: more than 100 requests answered 4XX, over 300 s, 1 of 1 times.",
      "Invocation5XXErrors: more than 0 requests answered 5XX, over 300 s, 1 of 1 times.",
      "InvocationFailures: more than 0 requests of the queue failed, over 300 s, 1 of 1 times.",
      "MemoryUtilization: memory use above 80 %, over 300 s, 2 of 2 times.",
      "ModelLatency: Average latency above 1000 ms, over 300 s, 2 of 2 times.",
      "ModelLoadingWaitTime: a request waits longer than 60 s for its version, over 300 s, 2 of 2 times.",
      "ModelSetupTime: a cold start takes longer than 30 s, over 300 s, 1 of 1 times.",
      "ServerlessProvisionedConcurrencySpilloverInvocations: more than 0 requests found no container kept warm, over 300 s, 3 of 3 times.",
      "ServerlessProvisionedConcurrencyUtilization: more than 90 % of the containers kept warm are busy, over 300 s, 2 of 2 times.",
    ]);
    assert.equal(new Set(every.map(({ name }) => name)).size, every.length);
  });

  it("keep a threshold of 0", () => {
    assert.equal(alarm(model(), "Invocation5XXErrors").threshold, 0);
    assert.equal(alarm(model(), "Invocation5XXErrors").comparisonOperator, "GreaterThanThreshold");
  });

  it("take percentiles as extended statistics", () => {
    const p99 = model({ alarms: { ...model().alarms, latency: { ...model().alarms.latency!, statistic: "p99" } } });
    assert.equal(alarm(p99, "ModelLatency").extendedStatistic, "p99");
    assert.ok(!("statistic" in alarm(p99, "ModelLatency")));
  });

  it("stay quiet without requests, tell the topic, and set no unit", () => {
    for (const inputs of alarmsOf(model(), { ...onInstances, name: "other" })) {
      assert.equal(inputs.treatMissingData, "notBreaching");
      assert.deepEqual(inputs.alarmActions, [{ $ref: "shared/alarm-topic", output: "arn" }]);
      assert.ok(!("unit" in inputs));
    }
  });

  it("leave out a default that the mode has no metric for", () => {
    assert.deepEqual(alarmsOf(model()).map((inputs) => inputs.metricName).sort(), ["Invocation4XXErrors", "Invocation5XXErrors", "MemoryUtilization", "ModelLatency", "ModelSetupTime"]);
  });

  it("refuse one that a person wrote and the mode has no metric for", () => {
    const written = model({ writtenAlarms: ["cpu"], locate: locating({ alarms: { line: 20, column: 1 }, "alarms.cpu": { line: 23, column: 3 } }) });
    const { plan, issues } = planStack([written], facts);
    assert.equal(plan, undefined);
    assert.deepEqual(issues.map(({ code, path, line, column }) => [code, path, line, column]), [["alarm-without-metric", "alarms.cpu", 23, 3]]);
    assert.match(issues[0]!.message, /CPUUtilization.*serverless/);
    assert.ok(planStack([{ ...written, serving: onInstances.serving }], facts).plan);
  });

  it("multiply GPU by the GPUs of the variant's own instance, and watch none where there is none", () => {
    const mixed = {
      ...onInstances,
      traffic: [
        { version: "v3", weight: 1 },
        { version: "v4", weight: 1, instanceType: "ml.g5.12xlarge" },
      ],
    };
    const gpu = alarmsOf(mixed).filter((inputs) => inputs.metricName === "GPUUtilization");
    assert.deepEqual(gpu.map(({ dimensions, threshold, namespace }) => [dimensions!.VariantName, threshold, namespace]), [["v4", 320, "/aws/sagemaker/Endpoints"]]);
  });

  it("refuse one on a GPU that no variant has", () => {
    const written = { ...onInstances, writtenAlarms: ["gpu"] as const };
    assert.deepEqual(planStack([written], facts).issues.map(({ code, path }) => [code, path]), [["alarm-without-metric", "alarms.gpu"]]);
    const traffic = [{ version: "v3", weight: 1, instanceType: "ml.g4dn.xlarge" }];
    assert.deepEqual(planStack([{ ...written, traffic }], facts).issues, []);
  });

  it("measure a cold start in microseconds, on serverless alone", () => {
    assert.equal(alarm(model(), "ModelSetupTime").threshold, 30_000_000);
    assert.equal(alarm(onInstances, "ModelSetupTime"), undefined);
  });

  it("see requests that spill over from the containers kept warm, where some are", () => {
    const serving = { serverless: { ...model().serving.serverless!, provisioned: 2 } };
    const warm = model({ serving });
    assert.deepEqual([alarm(warm, "ServerlessProvisionedConcurrencySpilloverInvocations").threshold, alarm(warm, "ServerlessProvisionedConcurrencySpilloverInvocations").statistic], [0, "Maximum"]);
    assert.equal(alarm(warm, "ServerlessProvisionedConcurrencyUtilization"), undefined, "nobody asked for it");
    assert.equal(alarm(model({ serving, writtenAlarms: ["provisionedUse"] }), "ServerlessProvisionedConcurrencyUtilization").threshold, 0.9);
    assert.equal(alarm(model(), "ServerlessProvisionedConcurrencySpilloverInvocations"), undefined);
    const [issue] = planStack([model({ writtenAlarms: ["spillover"] })], facts).issues;
    assert.deepEqual([issue!.code, issue!.message], ["alarm-without-metric", "the spillover alarm watches ServerlessProvisionedConcurrencySpilloverInvocations, which serverless endpoints publish only with provisioned"]);
  });

  it("take a threshold for one environment from its overlay", () => {
    const files = readRegistry(root);
    const changed = files.descriptors.map(({ path, content }) => ({
      path,
      content: path.includes("velib") ? Buffer.from(`${Buffer.from(content as Uint8Array).toString()}  prod: { alarms: { coldStart: { above: 10s }, memory: off } }\n`) : content,
    }));
    const metricsIn = (environment: string): { [metric: string]: number } => {
      const { models, issues } = loadRegistry({ ...files, descriptors: changed }, { environment });
      assert.deepEqual(issues.filter(({ severity }) => severity === "error"), []);
      const velib = models.find(({ name }) => name === "velib-lstm")!;
      return Object.fromEntries(alarmsOf(velib).map(({ metricName, threshold }) => [metricName!, threshold]));
    };
    assert.equal(metricsIn("prod").ModelSetupTime, 10_000_000);
    assert.equal(metricsIn("prod").MemoryUtilization, undefined);
    assert.equal(metricsIn("dev").ModelSetupTime, 30_000_000);
    assert.equal(metricsIn("dev").MemoryUtilization, 80);
  });

  it("are not planned where the descriptor turns them off", () => {
    const off = { latency: null, serverErrors: null, clientErrors: null, cpu: null, memory: null, backlogAge: null, coldStart: null, gpu: null, loadingWait: null, expiredRequests: null, spillover: null, provisionedUse: null };
    const plan = planned([model({ alarms: off })]);
    assert.deepEqual(ofType(plan, ALARM), []);
    assert.deepEqual(ofType(plan, "aws:sns/topic:Topic"), []);
    assert.deepEqual(ofType(plan, "aws:kms/key:Key"), []);
  });

  it("come from a catalogue whose every row has a source and a day", () => {
    for (const name of metricNames) {
      assert.match(metrics[name].source, /^https:\/\/docs\.aws\.amazon\.com\//);
      assert.match(metrics[name].read, /^\d{4}-\d{2}-\d{2}$/);
      assert.ok(metrics[name].publishedBy.length > 0);
    }
    assert.deepEqual(metricNames.filter((name) => metrics[name].publishedBy.includes("async") && /^Invocations(PerInstance)?$|Overhead/.test(name)), []);
  });
});
