import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import path from "node:path";
import { promisify, stripVTControlCharacters } from "node:util";
import { disagreement } from "../../local/calls/result";
import { readCommandLine } from "../../local/command-line";
import { forgetAws, loopbackClients, loopbackConfig } from "../../local/engine/loopback";
import { madeUpState } from "../../local/engine/resources";
import { curlLine, shellQuote } from "../../local/report/examples";
import { stackTable } from "../../local/report/table";
import { alarmText } from "../../local/view/alarm-text";
import type { EndpointView, ModelView, StateView } from "../../local/view/state";
import { DescribeEndpointCommand } from "@aws-sdk/client-sagemaker";
import { Machine } from "./fixtures/machine";

const run = promisify(execFile);

describe("embedded engine", () => {
  interface Result {
    readonly outputs?: Record<string, unknown>;
    readonly resources?: readonly { readonly type: string; readonly state: Record<string, unknown> }[];
    readonly log?: readonly unknown[];
    readonly error?: string;
  }
  let machine: Machine;
  let results: { readonly [program: string]: Result };
  before(async () => {
    machine = await Machine.start();
    // Pulumi's runtime is global, and other tests have theirs: a process of its own.
    const script = path.join(__dirname, "fixtures", "run-program.ts");
    const { stdout } = await run(process.execPath, ["--import", "tsx", script, machine.sagemaker.url, JSON.stringify(machine.environment())]);
    results = JSON.parse(stdout) as typeof results;
  });
  after(() => machine.close());

  it("makes models, configs and endpoints real, keeps the rest, and knows every output", async () => {
    const { outputs, resources, log } = results.whole!;
    assert.equal((await machine.describe("program-endpoint")).EndpointStatus, "InService");
    assert.deepEqual(outputs, {
      endpointArn: "arn:aws:sagemaker:eu-west-3:111122223333:endpoint/program-endpoint",
      document: { role: "arn:aws:iam::111122223333:role/program-role", account: "111122223333", budget: 400 },
    });
    const order = resources!.map(({ type }) => type.split(":").at(-1));
    assert.ok(order.indexOf("Role") < order.indexOf("Model") && order.indexOf("Model") < order.indexOf("EndpointConfiguration") && order.indexOf("EndpointConfiguration") < order.indexOf("Endpoint"));
    assert.ok(order.indexOf("Endpoint") < order.indexOf("Parameter"));
    const parameter = resources!.find(({ type }) => type.endsWith(":Parameter"))!;
    assert.equal(parameter.state.value, "arn:aws:sagemaker:eu-west-3:111122223333:endpoint/program-endpoint");
    assert.deepEqual(log, [{ severity: "warning", message: "mind the gap" }]);
  });

  it("names the resource that SageMaker refused, with its words", () => {
    assert.match(results.refused!.error!, /^aws:sagemaker\/endpoint:Endpoint lost: Could not find endpoint configuration "arn:/);
  });

  it("hands on what the program throws", () => {
    assert.match(results.throws!.error!, /the registry is closed today/);
  });
});

describe("staying on this machine", () => {
  it("takes no address but loopback, at the start and at every request", async () => {
    assert.throws(() => loopbackConfig("https://api.sagemaker.us-east-1.amazonaws.com", "us-east-1"), /never talks to AWS/);
    assert.throws(() => loopbackConfig("http://127.0.0.1.example.com", "us-east-1"), /never talks to AWS/);
    const { control } = loopbackClients("http://127.0.0.1:9", "us-east-1");
    control.middlewareStack.add(
      (next) => (args) => {
        (args.request as { hostname: string }).hostname = "api.sagemaker.us-east-1.amazonaws.com";
        return next(args);
      },
      { step: "build", name: "lureAway" },
    );
    await assert.rejects(control.send(new DescribeEndpointCommand({ EndpointName: "x" })), /refused to call api\.sagemaker\.us-east-1\.amazonaws\.com/);
  });

  it("forgets every variable of AWS", () => {
    const environment: NodeJS.ProcessEnv = { AWS_PROFILE: "prod", aws_region: "x", PATH: "/bin" };
    forgetAws(environment);
    assert.equal(environment.AWS_PROFILE, undefined);
    assert.equal(environment.aws_region, undefined);
    assert.equal(environment.AWS_EC2_METADATA_DISABLED, "true");
    assert.equal(environment.PATH, "/bin");
  });
});

describe("small parts of npm start", () => {
  it("reads its command line", () => {
    assert.deepEqual(readCommandLine([]), { stack: "dev", once: false });
    assert.deepEqual(readCommandLine(["--once", "--stack", "prod", "--port", "8080"]), { port: 8080, stack: "prod", once: true });
  });

  it("quotes for a shell whatever a request holds", async () => {
    const awkward = `it's "$HOME" \`id\` \\ \n é`;
    const { stdout } = await run("sh", ["-c", `printf %s ${shellQuote(awkward)}`]);
    assert.equal(stdout, awkward);
    assert.ok(curlLine({ url: "http://127.0.0.1:1", region: "r", endpointName: "e", request: { name: "it's" } }).endsWith(`-d '{"name":"it'\\''s"}'`));
  });

  it("holds an answer against schema and golden example, and names the first difference", () => {
    const schema = { type: "object", required: ["a"], properties: { a: { type: "object" }, at: { type: "string" } } };
    assert.equal(disagreement({ a: { x: 1, y: 2 }, at: "now" }, { a: { x: 1 } }, schema), undefined);
    assert.equal(disagreement({ a: { x: 2 } }, { a: { x: 1 } }, schema), "response.a.x is 2 and not 1, unlike the golden example");
    assert.equal(disagreement({ a: {} }, { a: { x: [1] } }, schema), "response.a.x is undefined and not [1], unlike the golden example");
    assert.match(disagreement({ a: 1 }, {}, schema)!, /response\/a must be object/);
  });

  it("makes up the same identities for the same inputs, in the shapes of AWS", () => {
    const image = () => madeUpState("awsx:ecr:Image", "image", { repositoryUrl: "r/slipway-dev" }, "eu-west-3");
    assert.match(String(image().imageUri), /^r\/slipway-dev@sha256:[0-9a-f]{64}$/);
    assert.deepEqual(image(), image());
    assert.match(String(madeUpState("aws:kms/key:Key", "k", {}, "eu-west-3").keyId), /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    assert.equal(madeUpState("aws:sns/topic:Topic", "t", { name: "alarms" }, "eu-west-3").arn, "arn:aws:sns:eu-west-3:111122223333:alarms");
  });

  it("words an alarm with its unit", () => {
    const alarm = { name: "a", alarmDescription: "", namespace: "AWS/SageMaker", metricName: "ModelLatency", dimensions: {}, statistic: "Average", period: 300, evaluationPeriods: 3, datapointsToAlarm: 2, threshold: 1_500_000, comparisonOperator: "GreaterThanThreshold", treatMissingData: "missing" };
    assert.equal(alarmText(alarm), "Average ModelLatency > 1.5 s in 2 of 3 periods of 5 min");
    assert.match(alarmText({ ...alarm, metricName: "TargetResponseTime", threshold: 0.4 }), /TargetResponseTime > 400 ms/);
    assert.match(alarmText({ ...alarm, metricName: "ApproximateAgeOfOldestRequest", threshold: 900 }), /> 15 min in/);
    assert.match(alarmText({ ...alarm, metricName: "TimeInBacklog", threshold: 1500 }), /> 1.5 s in/);
    assert.equal(alarmText({ ...alarm, metricName: "CPUUtilization", threshold: 80, evaluationPeriods: 1, datapointsToAlarm: 1, period: 30 }), "Average CPUUtilization > 80 % in 30 s");
  });
});

describe("the table of npm start", () => {
  const endpoint = (name: string, status: string, failureReason: string | null, ...variants: [string, number][]): EndpointView => ({
    name,
    status,
    failureReason,
    configName: "c",
    queue: null,
    p50Ms: null,
    p90Ms: null,
    series: [],
    variants: variants.map(([name, share]) => ({ name, share, instances: 1, healthy: 1, invocations: 0, errors4xx: 0, errors5xx: 0 })),
  });
  const model = (name: string, serving: ModelView["serving"], fixedMonthly = 1, maximumMonthly = 1): ModelView => ({
    name,
    serving,
    description: "",
    owner: "",
    region: "us-east-1",
    runtime: null,
    alarms: [],
    example: null,
    cost: { fixedMonthly, maximumMonthly, lines: [] },
  });
  const view: StateView = {
    stack: "dev",
    region: "eu-west-3",
    startedAtMs: 0,
    nowMs: 0,
    cost: { fixedMonthly: 1200.5, maximumMonthly: 2400, monthlyBudget: 3000 },
    models: [
      model("served", [{ mode: "realtime", summary: "realtime ml.c5.large × 1", planned: true, endpoint: endpoint("served-dev", "InService", null, ["v4", 0.9], ["v5", 0.1]) }], 1, 2),
      model("elsewhere", [{ mode: "realtime", summary: "realtime ml.g4dn.xlarge × 1", planned: true, endpoint: endpoint("elsewhere-dev", "OutOfService", "not served on this machine: no such runtime", ["v1", 1]) }]),
      model("later", [{ mode: "batch", summary: "batch", planned: false, endpoint: null }]),
    ],
  };
  const shown = (columns: number) => stripVTControlCharacters(stackTable(view, columns)).split("\n");

  it("has a line for every way of serving, reasons below, and the budget", () => {
    assert.deepEqual(shown(200), [
      "  model       mode                          traffic            endpoint        status              cost / month",
      "  served      realtime ml.c5.large × 1      v4 90 %, v5 10 %   served-dev      ● in service        $1.00 – $2.00",
      "  elsewhere   realtime ml.g4dn.xlarge × 1   v1 100 %           elsewhere-dev   ○ not served here   $1.00",
      "  later       batch                         —                  —               not planned yet     $1.00",
      "",
      "  elsewhere: not served on this machine: no such runtime",
      "  later: batch is declared, and nothing is planned for it yet",
      "",
      "  budget $3,000.00, planned $1,200.50 – $2,400.00 a month on AWS; nothing is charged here",
    ]);
  });

  it("folds where the terminal is narrow", () => {
    assert.deepEqual(shown(80).slice(0, 7), [
      "  model       traffic            status              cost / month",
      "  served      v4 90 %, v5 10 %   ● in service        $1.00 – $2.00",
      "    realtime ml.c5.large × 1 · served-dev",
      "  elsewhere   v1 100 %           ○ not served here   $1.00",
      "    realtime ml.g4dn.xlarge × 1 · elsewhere-dev",
      "  later       —                  not planned yet     $1.00",
      "    batch",
    ]);
  });
});
