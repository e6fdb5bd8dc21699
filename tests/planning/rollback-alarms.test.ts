import assert from "node:assert/strict";
import { join } from "node:path";
import { loadRegistry, planStack } from "../../planning";
import { evaluationRange, secondsToAlarm, simulate, type Datapoint, type EvaluationRule } from "../../planning/alarm-simulator";
import { readRegistry } from "../../registry/read";
import { readStackFacts } from "../../registry/stack-facts";
import { slowestRollbackSeconds } from "../../planning/rollout/alarms";
import { ofType } from "./support/resolved";

const root = join(__dirname, "..", "..");
const ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm";

/** A rollout of the registry's own models, with one of the alarms that take it back. */
interface Guard {
  readonly endpoint: string;
  readonly alarm: string;
  readonly waitSeconds: number;
  readonly periodSeconds: number;
  readonly rule: EvaluationRule;
}

function guardsOf(stack: string): Guard[] {
  const { models } = loadRegistry(readRegistry(root), { environment: stack });
  const { plan } = planStack(models, readStackFacts(root, stack).facts!);
  return ofType(plan!, "aws:sagemaker/endpoint:Endpoint").flatMap(({ name, inputs: { deploymentConfig } }) => {
    if (deploymentConfig === undefined) return [];
    const { blueGreenUpdatePolicy, rollingUpdatePolicy, autoRollbackConfiguration } = deploymentConfig;
    const waitSeconds = blueGreenUpdatePolicy?.trafficRoutingConfiguration.waitIntervalInSeconds ?? rollingUpdatePolicy?.waitIntervalInSeconds ?? 0;
    return (autoRollbackConfiguration?.alarms ?? []).map(({ alarmName }) => {
      const logical = (alarmName as unknown as { $ref: string }).$ref;
      const { inputs } = ofType(plan!, ALARM).find((each) => each.name === logical)!;
      const periods = (inputs.metricQueries ?? []).flatMap(({ metric }) => metric?.period ?? []);
      const { evaluationPeriods, datapointsToAlarm } = inputs;
      const treatMissingData = inputs.treatMissingData as EvaluationRule["treatMissingData"];
      return { endpoint: name, alarm: logical, waitSeconds, periodSeconds: Math.max(...periods), rule: { evaluationPeriods, datapointsToAlarm, treatMissingData } };
    });
  });
}

describe("alarms that take a rollout back", () => {
  const guards = guardsOf("prod");

  it("stand behind every rollout of prod", () => {
    assert.ok(guards.length >= 4, `${guards.length} alarms`);
    assert.ok(guards.some(({ endpoint }) => endpoint.startsWith("stygig-clip/")));
  });

  for (const { endpoint, alarm, waitSeconds, periodSeconds, rule } of guards) {
    it(`${alarm} rings while ${endpoint} still waits`, () => {
      // The new config has never answered before, and from its first period on it is in trouble.
      const states = simulate(rule, [...Array<Datapoint>(evaluationRange(rule)).fill(null), ...Array<Datapoint>(10).fill(true)]).slice(evaluationRange(rule));
      const firesAfterSeconds = (states.indexOf("ALARM") + 1) * periodSeconds;
      assert.equal(firesAfterSeconds, secondsToAlarm({ ...rule, periodSeconds }));
      // One period more, where the trouble begins within one.
      assert.ok(firesAfterSeconds + periodSeconds <= waitSeconds, `${firesAfterSeconds} s and a period of ${periodSeconds} s, in ${waitSeconds} s`);
      assert.ok(firesAfterSeconds <= slowestRollbackSeconds);
    });

    it(`${alarm} does not ring for a config that nobody has asked yet`, () => {
      assert.ok(simulate(rule, Array<Datapoint>(20).fill(null)).every((state) => state === "OK"));
    });
  }
});
