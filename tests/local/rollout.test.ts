import { UpdateEndpointCommand, type DeploymentConfig } from "@aws-sdk/client-sagemaker";
import assert from "node:assert/strict";
import { stepsOf } from "../../local/endpoints/rollout";
import type { AlarmDefinition } from "../../local/metrics/alarms";
import { Machine, until } from "./fixtures/machine";

const percent = (Value: number) => ({ Type: "CAPACITY_PERCENT", Value }) as const;
/** Seconds as on AWS: twelve of them pass in one here. */
const canary = (WaitIntervalInSeconds: number, ...alarms: string[]): DeploymentConfig => ({
  BlueGreenUpdatePolicy: { TrafficRoutingConfiguration: { Type: "CANARY", CanarySize: percent(50), WaitIntervalInSeconds }, MaximumExecutionTimeoutInSeconds: 1800 },
  ...(alarms.length === 0 ? {} : { AutoRollbackConfiguration: { Alarms: alarms.map((AlarmName) => ({ AlarmName })) } }),
});

/** As the plan writes them: one minute of the new config alone. */
const errorsOf = (EndpointName: string, EndpointConfigName: string): AlarmDefinition => ({
  name: `${EndpointName}-rollback`,
  alarmDescription: "",
  metricQueries: [
    { id: "v0", metric: { namespace: "AWS/SageMaker", metricName: "Invocation5XXErrors", dimensions: { EndpointName, VariantName: "v1", EndpointConfigName }, period: 60, stat: "Sum" }, returnData: false },
    { id: "worst", expression: "MAX(METRICS())", returnData: true },
  ],
  evaluationPeriods: 1,
  datapointsToAlarm: 1,
  threshold: 0,
  comparisonOperator: "GreaterThanThreshold",
  treatMissingData: "notBreaching",
});

describe("the steps of a rollout", () => {
  const blueGreen = (Type: "ALL_AT_ONCE" | "CANARY" | "LINEAR", sizes = {}) => ({ BlueGreenUpdatePolicy: { TrafficRoutingConfiguration: { Type, WaitIntervalInSeconds: 60, ...sizes } } });
  const shares = (config: Parameters<typeof stepsOf>[0], instances = 10) => stepsOf(config, instances).map(({ share }) => Math.round(share * 100));

  it("end with everything, each waited after", () => {
    assert.deepEqual(shares(undefined), [100]);
    assert.deepEqual(shares(blueGreen("ALL_AT_ONCE")), [100]);
    assert.deepEqual(shares(blueGreen("CANARY", { CanarySize: percent(10) })), [10, 100]);
    assert.deepEqual(shares(blueGreen("CANARY", { CanarySize: { Type: "INSTANCE_COUNT", Value: 2 } }), 4), [50, 100]);
    assert.deepEqual(shares(blueGreen("LINEAR", { LinearStepSize: percent(30) })), [30, 60, 90, 100]);
    assert.deepEqual(shares(blueGreen("LINEAR", { LinearStepSize: percent(10) })), [10, 20, 30, 40, 50, 60, 70, 80, 90, 100]);
    assert.deepEqual(shares({ RollingUpdatePolicy: { MaximumBatchSize: percent(5), WaitIntervalInSeconds: 60 } }, 3), [33, 67, 100]);
    assert.ok(stepsOf(blueGreen("LINEAR", { LinearStepSize: percent(30) }), 1).every(({ waitSeconds }) => waitSeconds === 60));
  });
});

describe("local rollouts, through the AWS SDK", function () {
  this.timeout(60_000);
  let machine: Machine;
  before(async () => (machine = await Machine.start()));
  after(() => machine.close());

  /** An endpoint of two instances on `<name>-a`, and a config `<name>-b` to move to. */
  async function twoConfigs(name: string, environment: Record<string, string> = {}): Promise<void> {
    await machine.createModel(`${name}-a`, machine.environment({}, { LABEL: "a" }));
    await machine.createModel(`${name}-b`, machine.environment({}, { LABEL: "b", ...environment }));
    for (const version of ["a", "b"]) await machine.createConfig(`${name}-${version}`, { VariantName: "v1", ModelName: `${name}-${version}`, InitialInstanceCount: 2 });
    await machine.createEndpoint(name, `${name}-a`);
    await machine.settled(name);
  }
  const update = (name: string, DeploymentConfig: DeploymentConfig, config = `${name}-b`) =>
    machine.control.send(new UpdateEndpointCommand({ EndpointName: name, EndpointConfigName: config, DeploymentConfig }));
  const label = async (name: string): Promise<string> => (await machine.invoke(name)).json.label as string;

  it("sends a canary its share, then everything", async () => {
    await twoConfigs("canary");
    await update("canary", canary(24));
    await until(async () => (await label("canary")) === "b");
    const labels: string[] = [];
    for (let call = 0; call < 10; call += 1) labels.push(await label("canary"));
    assert.equal(labels.filter((each) => each === "b").length, 5);
    const { EndpointStatus, EndpointConfigName, PendingDeploymentSummary } = await machine.describe("canary");
    assert.deepEqual([EndpointStatus, EndpointConfigName, PendingDeploymentSummary?.EndpointConfigName], ["Updating", "canary-a", "canary-b"]);
    const after = await machine.settled("canary");
    assert.deepEqual([after.EndpointStatus, after.EndpointConfigName], ["InService", "canary-b"]);
    assert.equal(after.LastDeploymentConfig?.BlueGreenUpdatePolicy?.TrafficRoutingConfiguration?.Type, "CANARY");
    for (let call = 0; call < 4; call += 1) assert.equal(await label("canary"), "b");
  });

  it("takes it back when an alarm of the new config fires: InService, on the old one, with the reason", async () => {
    await twoConfigs("alarmed");
    machine.sagemaker.context.alarms.define(errorsOf("alarmed", "alarmed-b"));
    // The old config's errors do not count.
    await assert.rejects(machine.invoke("alarmed", { status: 500 }), { name: "ModelError" });
    await update("alarmed", canary(3600, "alarmed-rollback"));
    await until(async () => (await label("alarmed")) === "b");
    await assert.rejects(machine.invoke("alarmed", { status: 500 }), { name: "ModelError" });
    await assert.rejects(machine.invoke("alarmed", { status: 500 }), { name: "ModelError" });
    const seen = new Set<string>();
    await until(async () => {
      const { EndpointStatus } = await machine.describe("alarmed");
      seen.add(EndpointStatus!);
      return EndpointStatus === "InService";
    });
    assert.ok(!seen.has("Failed"));
    const { EndpointConfigName, FailureReason } = await machine.describe("alarmed");
    assert.equal(EndpointConfigName, "alarmed-a");
    assert.match(FailureReason!, /^One or more configured alarm\(s\) in alarm state.*alarmed-rollback: 1 of the last 1 period/);
    assert.equal(await label("alarmed"), "a");
  });

  it("stays where it is when an alarm is in ALARM before anything moved", async () => {
    await twoConfigs("early");
    machine.sagemaker.context.alarms.define(errorsOf("early", "early-a"));
    await assert.rejects(machine.invoke("early", { status: 503 }), { name: "ModelError" });
    await update("early", canary(12, "early-rollback"));
    assert.equal((await machine.settled("early")).EndpointConfigName, "early-a");
  });

  it("takes it back when the new fleet falls ill on the way", async () => {
    await twoConfigs("ill");
    await update("ill", canary(3600));
    await until(async () => (await label("ill")) === "b");
    const shift = () => machine.sagemaker.host.containers;
    for (const { pid } of shift().slice(-2)) process.kill(pid!, "SIGKILL");
    const { EndpointStatus, EndpointConfigName, FailureReason } = await machine.settled("ill");
    assert.deepEqual([EndpointStatus, EndpointConfigName], ["InService", "ill-a"]);
    assert.match(FailureReason!, /No instance of variant v1 of ill-b passes/);
    assert.equal(await label("ill"), "a");
  });

  it("replaces batch by batch, never with more than one fleet and a batch", async () => {
    await twoConfigs("rolling");
    let most = 0;
    await update("rolling", { RollingUpdatePolicy: { MaximumBatchSize: percent(50), WaitIntervalInSeconds: 6 } });
    await until(async () => {
      const running = machine.sagemaker.context.endpoints.get("rolling")!;
      const fleets = [running.fleet, running.route("v1")];
      most = Math.max(most, new Set(fleets.flatMap((fleet) => fleet?.variants[0]?.containers ?? [])).size);
      return (await machine.describe("rolling")).EndpointStatus === "InService";
    });
    assert.ok(most <= 3, String(most));
    const { EndpointConfigName, ProductionVariants } = await machine.describe("rolling");
    assert.deepEqual([EndpointConfigName, ProductionVariants?.[0]?.CurrentInstanceCount], ["rolling-b", 2]);
    assert.equal(await label("rolling"), "b");
  });

  it("keeps a rollout in flight from outliving the machine, and refuses a second one", async () => {
    await twoConfigs("long");
    await update("long", canary(3600));
    await assert.rejects(update("long", canary(0)), /in-progress/);
  });

  it("refuses what SageMaker refuses", async () => {
    await machine.serve("single");
    await twoConfigs("strict");
    const linear = (value: number): DeploymentConfig => ({ BlueGreenUpdatePolicy: { TrafficRoutingConfiguration: { Type: "LINEAR", LinearStepSize: percent(value), WaitIntervalInSeconds: 0 } } });
    const cases: [string, string, DeploymentConfig, RegExp][] = [
      ["strict", "strict-b", linear(9), /LinearStepSize must be 10 to 50 percent/],
      ["strict", "strict-b", linear(51), /LinearStepSize must be 10 to 50 percent/],
      ["strict", "strict-b", { RollingUpdatePolicy: { MaximumBatchSize: percent(4), WaitIntervalInSeconds: 0 } }, /MaximumBatchSize must be 5 to 50/],
      ["strict", "strict-b", { ...linear(50), RollingUpdatePolicy: { MaximumBatchSize: percent(50), WaitIntervalInSeconds: 0 } }, /not both/],
      ["strict", "strict-b", canary(0, "nobody"), /The alarm nobody/],
      ["strict", "strict-b", { BlueGreenUpdatePolicy: { TrafficRoutingConfiguration: { Type: "CANARY", WaitIntervalInSeconds: 0 } } }, /CanarySize must be given/],
      ["strict", "strict-b", { BlueGreenUpdatePolicy: { TrafficRoutingConfiguration: { Type: "ALL_AT_ONCE", WaitIntervalInSeconds: 3601 } } }, /waitIntervalInSeconds.*less than or equal to 3600/],
      ["single", "single", canary(0), /at least 2 instances/],
    ];
    for (const [name, config, deployment, message] of cases) await assert.rejects(update(name, deployment, config), message);
    assert.equal((await machine.describe("strict")).EndpointStatus, "InService");
  });

  it("moves all at once, as SageMaker does, where no variant keeps its name", async () => {
    await twoConfigs("renamed");
    await machine.createConfig("renamed-c", { VariantName: "v2", ModelName: "renamed-b", InitialInstanceCount: 2 });
    await update("renamed", canary(3600), "renamed-c");
    assert.equal((await machine.settled("renamed")).EndpointConfigName, "renamed-c");
  });
});
