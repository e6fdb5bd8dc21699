import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { joinServeSpec, type ServeSpec } from "../../../contract/serve-spec";
import { limits } from "../../../planning/limits";
import { asynchronous } from "../../../planning/modes/async/mode";
import type { ModeIssue } from "../../../planning/modes/mode";
import { planStack } from "../../../planning/plan";
import type { ResolvedModel } from "../../../planning/types";
import { allResources, asyncServing, facts, model, ofType, planned } from "../support/resolved";

type Fields = Parameters<typeof asyncServing>[0];
const queued = (fields: Fields = {}, more: Partial<ResolvedModel> = {}) => model({ serving: { async: asyncServing(fields) }, ...more });
const POLICY = "aws:appautoscaling/policy:Policy";
const ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm";
const both = [{ version: "v3", weight: 1 }, { version: "v4", weight: 1 }];

describe("async", () => {
  describe("rules", () => {
    const check = (each: ResolvedModel): readonly ModeIssue[] => asynchronous.check(each, each.serving.async!);
    /** Each: what is written, what is right beside it, and where the issue points. */
    const cases: readonly { readonly code: string; readonly path: string; readonly wrong: ResolvedModel; readonly right: ResolvedModel; readonly severity?: "warning" }[] = [
      { code: "instance-unknown", path: "instance", wrong: queued({ instanceType: "ml.c5.huge" }), right: queued({ instanceType: "ml.c5.xlarge" }) },
      { code: "instance-architecture", path: "instance", wrong: queued({ instanceType: "ml.c6g.large" }), right: queued({ instanceType: "ml.c6i.large" }) },
      { code: "instance-not-scalable", path: "scaling", wrong: queued({ instanceType: "ml.t2.medium" }), right: queued({ instanceType: "ml.m5.large" }) },
      { code: "scaling-range", path: "scaling.min", wrong: queued({ scaling: { min: 5, max: 4 } }), right: queued({ scaling: { min: 4, max: 4 } }) },
      { code: "scaling-range", path: "instances", wrong: queued({ instances: 5 }), right: queued({ instances: 4 }) },
      { code: "async-expires-asleep", path: "requestTtl", wrong: queued({ requestTtlSeconds: 599 }), right: queued({ requestTtlSeconds: 600 }) },
      { code: "async-work-cut-short", path: "scaling.cooldown", severity: "warning", wrong: queued({ timeoutSeconds: 901 }), right: queued({ timeoutSeconds: 900 }) },
      { code: "async-target-below-concurrency", path: "scaling.backlogPerInstance", severity: "warning", wrong: queued({ concurrency: 6 }), right: queued({ concurrency: 5 }) },
      { code: "async-concurrency-too-high", path: "concurrency", wrong: queued({ concurrency: 65, scaling: { backlogPerInstance: 65 } }), right: queued({ concurrency: 64, scaling: { backlogPerInstance: 64 } }) },
      { code: "async-several-versions", path: "/traffic", wrong: queued({}, { traffic: both }), right: queued({ scaling: { min: 1, max: 1 } }, { traffic: both }) },
    ];
    for (const { code, path, severity, wrong, right } of cases) {
      it(`${code} at ${path}`, () => {
        const found = check(wrong).filter((issue) => issue.code === code);
        assert.deepEqual(found.map((issue) => [issue.path, issue.severity]), [[path, severity]]);
        assert.ok(found[0]!.hint !== undefined && (found[0]!.source !== undefined || code === "scaling-range"));
        assert.deepEqual(check(right).filter((issue) => issue.code === code), []);
      });
    }

    it("let an endpoint that never sleeps have requests that wait a minute", () => {
      assert.deepEqual(check(queued({ requestTtlSeconds: 60, scaling: { min: 1 } })), []);
    });

    it("hold concurrency to the container's own queue, and leave other containers to their owners", () => {
      const source = readFileSync(join(__dirname, "..", "..", "..", "container", "src", "serve.ts"), "utf8");
      assert.equal(Number(/QUEUE_PLACES = (\d+)/.exec(source)?.[1]), limits.asyncConcurrency.value);
      const own = queued({ concurrency: 1000, scaling: { backlogPerInstance: 1000 } }, { container: { image: "x" }, runtime: null });
      assert.deepEqual(check(own), []);
    });
  });

  describe("plan", () => {
    it("puts a queue before the endpoint: where answers go, who is told, how many at once", () => {
      const [config] = ofType(planned([queued({ concurrency: 3 })]), "aws:sagemaker/endpointConfiguration:EndpointConfiguration");
      const bucket = { $ref: "shared/data-bucket", output: "bucket" };
      assert.deepEqual(config!.inputs.asyncInferenceConfig, {
        clientConfig: { maxConcurrentInvocationsPerInstance: 3 },
        outputConfig: {
          s3OutputPath: { $join: ["s3://", bucket, "/velib-lstm/async/output/"] },
          s3FailurePath: { $join: ["s3://", bucket, "/velib-lstm/async/failure/"] },
          kmsKeyId: { $ref: "shared/data-key", output: "arn" },
          notificationConfig: { successTopic: { $ref: "velib-lstm/async-success-topic", output: "arn" }, errorTopic: { $ref: "velib-lstm/async-error-topic", output: "arn" } },
        },
      });
    });

    it("makes another config of another queue, and leaves the name of one without a queue alone", () => {
      const name = (each: ResolvedModel) => ofType(planned([each]), "aws:sagemaker/endpointConfiguration:EndpointConfiguration")[0]!.name;
      assert.notEqual(name(queued({ concurrency: 3 })), name(queued({ concurrency: 4 })));
    });

    it("sends answers along only where asked", () => {
      const include = (each: ResolvedModel) =>
        ofType(planned([each]), "aws:sagemaker/endpointConfiguration:EndpointConfiguration")[0]!.inputs.asyncInferenceConfig!.outputConfig.notificationConfig.includeInferenceResponseIns;
      assert.equal(include(queued()), undefined);
      assert.deepEqual(include(queued({ notifications: { includeResponse: true } })), ["SUCCESS_NOTIFICATION_TOPIC", "ERROR_NOTIFICATION_TOPIC"]);
    });

    it("scales by the backlog of the whole endpoint, down to zero", () => {
      const plan = planned([queued({ scaling: { min: 0, max: 4, backlogPerInstance: 5, cooldown: { outSeconds: 300, inSeconds: 900 } } })]);
      const [target] = ofType(plan, "aws:appautoscaling/target:Target");
      assert.deepEqual([target!.inputs.minCapacity, target!.inputs.maxCapacity], [0, 4]);
      const [tracking] = ofType(plan, POLICY);
      assert.deepEqual(tracking!.inputs.targetTrackingScalingPolicyConfiguration, {
        targetValue: 5,
        scaleInCooldown: 900,
        scaleOutCooldown: 300,
        customizedMetricSpecification: {
          namespace: "AWS/SageMaker",
          metricName: "ApproximateBacklogSizePerInstance",
          statistic: "Average",
          dimensions: [{ name: "EndpointName", value: "velib-lstm-dev" }],
        },
      });
    });

    it("wakes an endpoint that sleeps by a step, as AWS's recipe says", () => {
      const plan = planned([queued()]);
      const [, wake] = ofType(plan, POLICY);
      assert.equal(wake!.inputs.policyType, "StepScaling");
      assert.deepEqual(wake!.inputs.stepScalingPolicyConfiguration, {
        adjustmentType: "ChangeInCapacity",
        metricAggregationType: "Average",
        cooldown: 300,
        stepAdjustments: [{ metricIntervalLowerBound: "0", scalingAdjustment: 1 }],
      });
      const alarm = ofType(plan, ALARM).find(({ inputs }) => inputs.metricName === "HasBacklogWithoutCapacity")!.inputs;
      assert.deepEqual(
        [alarm.namespace, alarm.dimensions, alarm.statistic, alarm.period, alarm.evaluationPeriods, alarm.datapointsToAlarm, alarm.threshold, alarm.comparisonOperator, alarm.treatMissingData],
        ["AWS/SageMaker", { EndpointName: "velib-lstm-dev" }, "Average", 60, 2, 2, 1, "GreaterThanOrEqualToThreshold", "missing"],
      );
      assert.deepEqual(alarm.alarmActions, [{ $ref: wake!.name, output: "arn" }]);
    });

    it("needs no step where an instance is always on, and no scaling where the count is fixed", () => {
      const kinds = (fields: Fields) => ofType(planned([queued(fields)]), POLICY).map(({ inputs }) => inputs.policyType);
      assert.deepEqual(kinds({ scaling: { min: 1, max: 4 } }), ["TargetTrackingScaling"]);
      assert.deepEqual(kinds({ scaling: { min: 1, max: 1 } }), []);
    });

    it("tells the container its time limit, up to an hour", () => {
      const [first] = ofType(planned([queued({ timeoutSeconds: 3600, scaling: { cooldown: { outSeconds: 300, inSeconds: 3600 } } })]), "aws:sagemaker/model:Model");
      const spec = JSON.parse(joinServeSpec(first!.inputs.primaryContainer.environment)!) as ServeSpec;
      assert.deepEqual(spec.limits, { timeoutSeconds: 3600, maxBodyBytes: limits.asyncBodyBytes.value });
    });

    it("lets the role read its own requests, write its own answers and tell of them, and no more", () => {
      const plan = planned([queued()]);
      const [policy] = ofType(plan, "aws:iam/rolePolicy:RolePolicy");
      const { Statement } = (policy!.inputs.policy as unknown as { $json: { Statement: { Sid: string; Action: unknown; Resource: unknown; Condition?: unknown }[] } }).$json;
      const of = (sid: string) => Statement.find(({ Sid }) => Sid === sid)!;
      const arn = { $ref: "shared/data-bucket", output: "arn" };
      assert.deepEqual(of("ReadRequests").Resource, { $join: [arn, "/velib-lstm/async/input/*"] });
      assert.deepEqual(of("WriteAnswers").Resource, [{ $join: [arn, "/velib-lstm/async/output/*"] }, { $join: [arn, "/velib-lstm/async/failure/*"] }]);
      assert.deepEqual(of("FindRequests").Resource, arn, "ListBucket is an action on the bucket");
      assert.match(JSON.stringify(of("FindRequests").Condition), /s3:prefix.*velib-lstm\/async\/input/);
      assert.deepEqual(of("TellOfAnswers").Resource, ["success", "error"].map((outcome) => ({ $ref: `velib-lstm/async-${outcome}-topic`, output: "arn" })));
      const without = ofType(planned([model()]), "aws:iam/rolePolicy:RolePolicy")[0]!;
      assert.doesNotMatch(JSON.stringify(without), /ReadRequests|sns:Publish/);
    });

    it("mails whom the descriptor names", () => {
      const plan = planned([queued({ notifications: { success: ["b@example.com", "a@example.com"], error: ["c@example.com"] } })]);
      const mailed = ofType(plan, "aws:sns/topicSubscription:TopicSubscription").filter(({ parent }) => parent !== "shared");
      assert.deepEqual(
        mailed.map(({ inputs }) => [(inputs.topic as unknown as { $ref: string }).$ref, inputs.endpoint]),
        [["velib-lstm/async-success-topic", "a@example.com"], ["velib-lstm/async-success-topic", "b@example.com"], ["velib-lstm/async-error-topic", "c@example.com"]],
      );
    });

    it("keeps what travels through S3 as long as the descriptor says, each model below its own prefix", () => {
      const plan = planned([queued({ retentionDays: 30 }), { ...queued(), name: "other" }]);
      const [lifecycle] = ofType(plan, "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration");
      const days = Object.fromEntries(lifecycle!.inputs.rules.map(({ filter, expiration }) => [filter.prefix, expiration?.days]));
      assert.deepEqual([days["velib-lstm/async/input/"], days["velib-lstm/async/output/"], days["other/async/failure/"]], [30, 30, 7]);
      assert.equal(ofType(plan, "aws:s3/bucket:Bucket").length, 1);
      assert.deepEqual(allResources(planned([model()])).filter(({ type }) => type.startsWith("aws:s3/")), [], "no bucket where nothing is kept");
    });

    it("is watched by what a queue publishes: failures, expiry, age, and latency only where asked", () => {
      const watched = (each: ResolvedModel) => ofType(planned([each]), ALARM).map(({ inputs }) => inputs).filter(({ metricName }) => metricName !== "HasBacklogWithoutCapacity");
      const byDefault = watched(queued());
      assert.deepEqual(byDefault.map(({ metricName }) => metricName).sort(), ["ApproximateAgeOfOldestRequest", "CPUUtilization", "ExpiredRequests", "InvocationFailures", "MemoryUtilization"]);
      const age = byDefault.find(({ metricName }) => metricName === "ApproximateAgeOfOldestRequest")!;
      assert.deepEqual([age.dimensions, age.threshold], [{ EndpointName: "velib-lstm-dev" }, 900]);
      assert.ok(watched(queued({}, { writtenAlarms: ["latency"] })).some(({ metricName }) => metricName === "ModelLatency"));
      assert.ok(planStack([queued({}, { writtenAlarms: ["clientErrors"] })], facts).issues.some(({ code }) => code === "alarm-without-metric"));
    });

    it("exports where to put a request and where its answer will be", () => {
      const { outputs } = planned([queued({ timeoutSeconds: 60, requestTtlSeconds: 7200 })]);
      const { async } = (outputs as unknown as { models: { [name: string]: { serving: { async: { [name: string]: unknown } } } } }).models["velib-lstm"]!.serving;
      assert.deepEqual(Object.keys(async).sort(), ["endpointConfigName", "endpointName", "failureUri", "inputUri", "invocation", "outputUri", "topics", "variants"]);
      assert.deepEqual(async.invocation, { timeoutSeconds: 60, requestTtlSeconds: 7200 });
    });

    it("costs nothing asleep, all instances at the upper end, and says what the stated load takes", () => {
      const plan = planned([queued({ load: { requestsPerMonth: 36_000, durationMilliseconds: 4000 } })]);
      const line = plan.models[0]!.cost.lines.find(({ item }) => item.includes("ml.c5.large"))!;
      assert.deepEqual([line.fixedMonthly, line.maximumMonthly], [0, 297.84]);
      // 36,000 × 4 s, four at once: ten hours.
      assert.match(line.basis, /36,000 requests of 4000 ms, 4 at once, keep one busy for \$1\.02/);
    });
  });
});
