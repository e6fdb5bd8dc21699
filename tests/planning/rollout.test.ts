import assert from "node:assert/strict";
import { alarmDefaults } from "../../planning/alarm-defaults";
import { planStack } from "../../planning/plan";
import { realtime } from "../../planning/modes/realtime/mode";
import { rollbackKinds } from "../../planning/rollout/alarms";
import { waitingSeconds } from "../../planning/rollout/issues";
import { defaultRollout, resolveRollout } from "../../planning/rollout/resolve";
import type { ResolvedModel, ResolvedRollout } from "../../planning/types";
import { model, ofType, planned, realtimeServing, refsIn } from "./support/resolved";

const ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm";
const ENDPOINT = "aws:sagemaker/endpoint:Endpoint";
const canary: ResolvedRollout = { ...defaultRollout, strategy: "canary", sizePercent: 10 };
const rolled = (fields: Partial<ResolvedModel> = {}, instances = 2): ResolvedModel =>
  model({ serving: { realtime: realtimeServing({ instances }) }, rollout: canary, ...fields });
const endpointOf = (each: ResolvedModel) => ofType(planned([each]), ENDPOINT)[0]!;
const rollbackAlarmsOf = (each: ResolvedModel) => ofType(planned([each]), ALARM).flatMap(({ inputs }) => (inputs.metricQueries === undefined ? [] : [inputs]));
const issues = (each: ResolvedModel): string[] => realtime.check(each, each.serving.realtime!).map(({ code, path, severity = "error" }) => `${severity} ${code} ${path}`);
const both = [{ version: "v3", weight: 90 }, { version: "v4", weight: 10 }];

describe("rollout", () => {
  it("goes the one way that was written, with the rest filled in", () => {
    assert.deepEqual(resolveRollout({ canary: { sizePercent: 10, waitSeconds: 60 }, terminationWaitSeconds: 0 }), {
      strategy: "canary",
      sizePercent: 10,
      waitSeconds: 60,
      terminationWaitSeconds: 0,
      maximumExecutionSeconds: 1800,
    });
    assert.deepEqual(resolveRollout({ allAtOnce: {} }), defaultRollout);
    assert.equal(resolveRollout({ allAtOnce: { waitSeconds: 0 } }).waitSeconds, 0);
  });

  it("tells the endpoint how the traffic moves", () => {
    const policy = (rollout: ResolvedRollout) => {
      const { autoRollbackConfiguration: _alarms, ...rest } = endpointOf(rolled({ rollout })).inputs.deploymentConfig!;
      return rest;
    };
    const times = { terminationWaitInSeconds: 0, maximumExecutionTimeoutInSeconds: 1800 };
    const percent = (value: number) => ({ type: "CAPACITY_PERCENT", value });
    assert.deepEqual(policy(canary), { blueGreenUpdatePolicy: { trafficRoutingConfiguration: { type: "CANARY", canarySize: percent(10), waitIntervalInSeconds: 300 }, ...times } });
    assert.deepEqual(policy({ ...canary, strategy: "linear", sizePercent: 25 }), { blueGreenUpdatePolicy: { trafficRoutingConfiguration: { type: "LINEAR", linearStepSize: percent(25), waitIntervalInSeconds: 300 }, ...times } });
    assert.deepEqual(policy(defaultRollout), { blueGreenUpdatePolicy: { trafficRoutingConfiguration: { type: "ALL_AT_ONCE", waitIntervalInSeconds: 300 }, ...times } });
    assert.deepEqual(policy({ ...canary, strategy: "rolling", sizePercent: 50 }), { rollingUpdatePolicy: { maximumBatchSize: percent(50), waitIntervalInSeconds: 300, maximumExecutionTimeoutInSeconds: 1800 } });
  });

  it("keeps one list of alarms for ever: another list would replace the endpoint", () => {
    const listOf = (each: ResolvedModel) => {
      const plan = planned([each]);
      const { alarms } = ofType(plan, ENDPOINT)[0]!.inputs.deploymentConfig!.autoRollbackConfiguration;
      const names = new Map(ofType(plan, ALARM).map(({ name, inputs }) => [name, inputs.name]));
      return refsIn(alarms).map(({ $ref }) => names.get($ref));
    };
    const list = ["velib-lstm-dev-rollback-latency", "velib-lstm-dev-rollback-server-errors"];
    assert.deepEqual(listOf(rolled()), list);
    assert.deepEqual(listOf(rolled({ rollout: null })), list);
    assert.deepEqual(listOf(rolled({ traffic: both })), list);
    assert.deepEqual(listOf(rolled({ alarms: { ...alarmDefaults, latency: null, serverErrors: null } })), list);
  });

  it("watches every variant of the new config alone, a minute at a time", () => {
    for (const alarm of rollbackAlarmsOf(rolled({ traffic: both }))) {
      const of = alarm.metricQueries!.flatMap(({ metric }) => metric ?? []);
      assert.deepEqual(of.map(({ dimensions }) => dimensions.VariantName), ["v3", "v4"]);
      const plan = planned([rolled({ traffic: both })]);
      const config = ofType(plan, "aws:sagemaker/endpointConfiguration:EndpointConfiguration")[0]!.name;
      for (const { dimensions, period } of of) {
        assert.deepEqual(dimensions.EndpointConfigName, { $ref: config, output: "name" });
        assert.deepEqual([dimensions.EndpointName, period], ["velib-lstm-dev", 60]);
      }
      assert.deepEqual(alarm.metricQueries!.filter(({ returnData }) => returnData).map(({ expression }) => expression), ["MAX(METRICS())"]);
      assert.equal(alarm.treatMissingData, "notBreaching");
    }
  });

  it("takes the model's own thresholds, and one that nothing reaches where an alarm is off", () => {
    const thresholds = (alarms: ResolvedModel["alarms"]) => rollbackAlarmsOf(rolled({ alarms })).map(({ threshold }) => threshold);
    assert.deepEqual(thresholds(alarmDefaults), [1_000_000, 0]);
    assert.deepEqual(thresholds({ ...alarmDefaults, latency: null }), [3_600_000_000, 0]);
  });

  it("plans its alarms before the endpoint, and lets the model's role read them", () => {
    const { resources } = planned([rolled()]).models[0]!;
    const at = (name: string) => resources.findIndex((resource) => resource.name === name);
    for (const kind of ["latency", "server-errors"]) assert.ok(at(`velib-lstm/rollback-${kind}`) < at("velib-lstm/endpoint"));
    const policy = ofType(planned([rolled()]), "aws:iam/rolePolicy:RolePolicy")[0]!.inputs.policy as unknown as { $json: { Statement: { Sid: string; Action: string; Resource: unknown[] }[] } };
    const statement = policy.$json.Statement.find(({ Sid }) => Sid === "WatchRollouts")!;
    assert.equal(statement.Action, "cloudwatch:DescribeAlarms");
    assert.match(JSON.stringify(statement.Resource), /alarm:velib-lstm-dev-rollback-latency.*alarm:velib-lstm-dev-rollback-server-errors/);
    assert.equal(statement.Resource.length, rollbackKinds.length);
  });

  it("plans none of it for serverless", () => {
    const plan = planned([model()]);
    assert.equal(ofType(plan, ENDPOINT)[0]!.inputs.deploymentConfig, undefined);
    assert.ok(ofType(plan, ALARM).every(({ inputs }) => inputs.metricQueries === undefined));
    assert.doesNotMatch(JSON.stringify(plan), /WatchRollouts/);
  });

  it("counts each of its metrics in the cost", () => {
    const item = (each: ResolvedModel) => planned([each]).models[0]!.cost.lines.at(-1)!.item;
    assert.equal(item(rolled()), "alarm metrics × 7");
    assert.equal(item(rolled({ traffic: both })), "alarm metrics × 14");
  });

  it("refuses what SageMaker would refuse, or silently do without", () => {
    assert.deepEqual(issues(rolled()), []);
    for (const strategy of ["canary", "linear", "rolling"] as const) {
      assert.deepEqual(issues(rolled({ rollout: { ...canary, sizePercent: 50, strategy } }, 1)), [`error rollout-one-instance /rollout.${strategy}`]);
    }
    assert.deepEqual(issues(rolled({ rollout: defaultRollout }, 1)), []);
    assert.deepEqual(issues(rolled({ rollout: { ...canary, strategy: "rolling", sizePercent: 50 }, traffic: both })), ["error rollout-rolling-variants /rollout.rolling"]);
    assert.deepEqual(issues(rolled({ rollout: { ...canary, strategy: "rolling", sizePercent: 50 } })), []);
    const inf1 = rolled({ serving: { realtime: realtimeServing({ instanceType: "ml.inf1.xlarge", instances: 2 }) } });
    assert.ok(issues(inf1).includes("error rollout-unsupported /rollout.canary"));
  });

  it("adds up its waits, and refuses what could never end in time", () => {
    assert.equal(waitingSeconds(canary), 600);
    assert.equal(waitingSeconds({ ...canary, terminationWaitSeconds: 60 }), 660);
    assert.equal(waitingSeconds({ ...canary, strategy: "linear", sizePercent: 30 }), 1200);
    assert.equal(waitingSeconds({ ...canary, strategy: "rolling", sizePercent: 50, terminationWaitSeconds: 60 }), 600);
    assert.deepEqual(issues(rolled({ rollout: { ...canary, maximumExecutionSeconds: 600 } })), ["error rollout-execution-time /rollout.maximumExecution"]);
    assert.deepEqual(issues(rolled({ rollout: { ...canary, maximumExecutionSeconds: 601 } })), []);
  });

  it("warns of what nobody would see go wrong", () => {
    assert.deepEqual(issues(rolled({ rollout: { ...canary, waitSeconds: 1800, maximumExecutionSeconds: 7200 } })), ["warning rollout-beyond-waiter /rollout"]);
    assert.deepEqual(issues(rolled({ rollout: { ...canary, waitSeconds: 119 } })), ["warning rollout-wait-short /rollout.canary.wait"]);
    assert.deepEqual(issues(rolled({ rollout: { ...canary, waitSeconds: 120 } })), []);
    assert.deepEqual(issues(rolled({ alarms: { ...alarmDefaults, latency: null, serverErrors: null } })), ["warning rollout-without-alarms /rollout"]);
    assert.deepEqual(issues(rolled({ alarms: { ...alarmDefaults, latency: null } })), []);
  });

  it("names its own place in the file, beside the mode", () => {
    const { issues: found } = planStack([rolled()], { stack: "dev", region: "us-east-1", alarmEmails: [], imageSourceSha256: "a".repeat(64), today: "2026-11-23" });
    assert.deepEqual(found, []);
  });
});
