import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import Ajv from "ajv";
import type { StackOutputs } from "../../contract/outputs";
import type { StackPlan } from "../../contract/plan";
import { metricNames, metrics, type Metric } from "../../planning/metrics";
import type { ModeName } from "../../contract/runtimes";
import { namingRules } from "../../planning/naming";
import { loadRegistry, planStack } from "../../planning";
import type { ResolvedModel } from "../../planning/types";
import { readRegistry } from "../../registry/read";
import { readStackFacts } from "../../registry/stack-facts";
import { asyncServing, model, ofType, planned, realtimeServing } from "./support/resolved";

const DASHBOARD = "aws:cloudwatch/dashboard:Dashboard";
const root = join(__dirname, "..", "..");
const isBody = new Ajv({ allErrors: true, strict: false }).compile(JSON.parse(readFileSync(join(__dirname, "support", "dashboard-body.schema.json"), "utf8")) as object);

interface Widget {
  type: string;
  x: number;
  y: number;
  width: number;
  height: number;
  properties: { title?: string; markdown?: string; alarms?: string[]; metrics?: unknown[][]; [property: string]: unknown };
}

/** The dashboard's body as AWS would get it, the deployment's facts filled in. */
function bodyOf(plan: StackPlan): { widgets: Widget[] } {
  const [dashboard] = ofType(plan, DASHBOARD);
  const text = JSON.stringify((dashboard!.inputs.dashboardBody as unknown as { $json: unknown }).$json, (_key, value: unknown) => {
    if (value === null || typeof value !== "object") return value;
    if ("$fact" in value) return { accountId: "111122223333", partition: "aws" }[String(value.$fact)];
    return value;
  });
  const joined = JSON.stringify(JSON.parse(text), (_key, value: unknown) =>
    value !== null && typeof value === "object" && "$join" in value ? (value.$join as string[]).join("") : value,
  );
  return JSON.parse(joined) as { widgets: Widget[] };
}

const titles = (plan: StackPlan): (string | undefined)[] => bodyOf(plan).widgets.filter(({ type }) => type === "metric").map(({ properties }) => properties.title);
const chart = (plan: StackPlan, title: RegExp): unknown[][] => bodyOf(plan).widgets.find(({ properties }) => title.test(properties.title ?? ""))!.properties.metrics!;

const abTest = model({
  name: "stygig-clip",
  serving: { realtime: realtimeServing({ scaling: { min: 1, max: 3, cpuPercent: 70 } }) },
  traffic: [{ version: "v3", weight: 90 }, { version: "v4", weight: 10, instanceType: "ml.g4dn.xlarge" }],
});

/** The four models of the registry as a stack plans them. */
function real(stack: string): { plan: StackPlan; models: readonly ResolvedModel[] } {
  const { models } = loadRegistry(readRegistry(root), { environment: stack });
  return { plan: planStack(models, readStackFacts(root, stack).facts!).plan!, models };
}

describe("dashboard", () => {
  for (const stack of ["dev", "prod"]) {
    it(`of ${stack} has the structure that CloudWatch documents`, () => {
      const body = bodyOf(real(stack).plan);
      assert.ok(isBody(body), JSON.stringify(isBody.errors, null, 2));
    });

    it(`of ${stack} draws nothing that is not in the catalogue for a mode of that model`, () => {
      const { plan } = real(stack);
      const declared = new Map(plan.models.map(({ name, serving }) => [name, serving.filter(({ planned: is }) => is).map(({ mode }) => mode)]));
      let modes: readonly ModeName[] = [];
      for (const { type, properties } of bodyOf(plan).widgets) {
        if (type === "text") modes = declared.get(/^## (\S+)/.exec(properties.markdown!)![1]!)!;
        for (const entry of properties.metrics ?? []) {
          if (typeof entry[0] !== "string") continue;
          const [namespace, name, ...rest] = entry as string[];
          const row = metricNames.map((each): Metric & { name: string } => ({ name: each, ...metrics[each] })).find((each) => each.namespace === namespace && (each.metricName ?? each.name) === name);
          assert.ok(row !== undefined, `${namespace} ${name}`);
          assert.ok(modes.some((mode) => row.publishedBy.includes(mode)) || row.publishedBy.includes("beanstalk"), `${name} for ${modes.join()}`);
          const dimensions = rest.filter((part) => typeof part === "string").filter((_part, index) => index % 2 === 0);
          assert.deepEqual(dimensions, { endpoint: ["EndpointName"], environment: ["EnvironmentName"], variant: ["EndpointName", "VariantName"] }[row.dimensions as "endpoint"]);
        }
      }
    });
  }

  it("draws traffic, latency, errors, use and instances of each variant", () => {
    const plan = planned([abTest]);
    assert.deepEqual(titles(plan), [
      "Traffic (requests a minute)",
      "Latency of the model (µs)",
      "Errors (requests a minute)",
      "Processor (% of one vCPU)",
      "Memory (%)",
      "Instances (by their share of the requests)",
      "GPU (% of one GPU)",
    ]);
    assert.deepEqual(chart(plan, /^Traffic/), [
      ["AWS/SageMaker", "Invocations", "EndpointName", "stygig-clip-dev", "VariantName", "v3", { stat: "Sum", label: "v3" }],
      ["AWS/SageMaker", "Invocations", "EndpointName", "stygig-clip-dev", "VariantName", "v4", { stat: "Sum", label: "v4" }],
    ]);
    assert.deepEqual(chart(plan, /^Latency/).map((entry) => (entry.at(-1) as { label: string }).label), ["v3 p50", "v4 p50", "v3 p90", "v4 p90", "v3 p99", "v4 p99"]);
  });

  it("draws each metric with the statistic and on the axis that say something", () => {
    const every = planned([
      model({ name: "a", serving: { realtime: realtimeServing({ instanceType: "ml.g4dn.xlarge" }) } }),
      model({ name: "b", serving: { async: asyncServing() } }),
      model({ name: "c", serving: { serverless: { ...model().serving.serverless!, provisioned: 2 } } }),
    ]);
    const drawn = bodyOf(every).widgets.flatMap(({ properties: { title, metrics: entries = [] } }) =>
      (entries).flatMap((entry) => {
        const { stat, label, yAxis, visible } = entry.at(-1) as { stat?: string; label: string; yAxis?: string; visible?: boolean };
        return stat === undefined || visible === false ? [] : [`${title} · ${String(entry[1])} ${stat}${yAxis === "right" ? " right" : ""} · ${label}`];
      }),
    );
    assert.deepEqual([...new Set(drawn)].sort(), [
      "Cold starts (µs) · ModelSetupTime Maximum · v3 longest",
      "Concurrency in use (0–1) · ServerlessConcurrentExecutionsUtilization Maximum · v3",
      "Containers kept warm (busy, and their share 0–1) · ServerlessProvisionedConcurrencyExecutions Maximum · v3 busy",
      "Containers kept warm (busy, and their share 0–1) · ServerlessProvisionedConcurrencyUtilization Maximum right · v3 share",
      "Errors (requests a minute) · ExpiredRequests Sum · v3 expired",
      "Errors (requests a minute) · Invocation4XXErrors Sum · v3 4XX",
      "Errors (requests a minute) · Invocation5XXErrors Sum · v3 5XX",
      "Errors (requests a minute) · InvocationFailures Sum · v3 failed",
      "GPU (% of one GPU) · GPUMemoryUtilization Average · v3 GPU memory",
      "GPU (% of one GPU) · GPUUtilization Average · v3 GPU",
      "Latency of the model (µs) · ModelLatency p50 · v3 p50",
      "Latency of the model (µs) · ModelLatency p90 · v3 p90",
      "Latency of the model (µs) · ModelLatency p99 · v3 p99",
      "Memory (%) · MemoryUtilization Average · v3",
      "Processor (% of one vCPU) · CPUUtilization Average · v3",
      "Queue (requests, and seconds that the first waits) · ApproximateAgeOfOldestRequest Maximum right · age of the first",
      "Queue (requests, and seconds that the first waits) · ApproximateBacklogSize Maximum · waiting",
      "Traffic (requests a minute) · Invocations Sum · v3",
      "Traffic (requests a minute) · InvocationsProcessed Sum · v3",
      "Warm and spilled over (requests, most in a minute) · ServerlessProvisionedConcurrencyInvocations Maximum · v3 warm",
      "Warm and spilled over (requests, most in a minute) · ServerlessProvisionedConcurrencySpilloverInvocations Maximum · v3 spilled over",
    ]);
  });

  it("stands four charts in a row under the model's heading, a minute to a point, from zero up", () => {
    const [status, heading, ...drawn] = bodyOf(planned([model()])).widgets;
    const place = ({ type, x, y, width, height }: Widget) => [type, x, y, width, height];
    assert.deepEqual([place(status!), place(heading!)], [["alarm", 0, 0, 24, 4], ["text", 0, 4, 24, 2]]);
    assert.match(heading!.properties.markdown!, /^## velib-lstm\nserverless 3072 MiB/);
    assert.deepEqual(drawn.slice(0, 5).map(({ x, y, width, height }) => [x, y, width, height]), [[0, 6, 6, 6], [6, 6, 6, 6], [12, 6, 6, 6], [18, 6, 6, 6], [0, 12, 6, 6]]);
    // A row that is not full is closed before the next model begins.
    const headings = bodyOf(planned([model({ name: "a" }), model({ name: "b" })])).widgets.filter(({ type }) => type === "text");
    assert.deepEqual(headings.map(({ y }) => y), [4, 4 + 2 + 2 * 6]);
    for (const { properties } of drawn) assert.deepEqual([properties.period, properties.view, properties.stacked, properties.yAxis, properties.region], [60, "timeSeries", false, { left: { min: 0 }, right: { min: 0 } }, "us-east-1"]);
  });

  it("finds the count behind a queue in its backlog, which the whole endpoint publishes", () => {
    const [whole, share, formula] = chart(planned([model({ serving: { async: asyncServing() } })]), /^Instances/);
    const of = ["EndpointName", "velib-lstm-dev"];
    assert.deepEqual([whole!.slice(1, 4), share!.slice(1, 4)], [["ApproximateBacklogSize", ...of], ["ApproximateBacklogSizePerInstance", ...of]]);
    assert.equal((whole!.at(-1) as { stat: string }).stat, "Average");
    assert.deepEqual(formula, [{ expression: "whole0 / share0", label: "instances", id: "instances0" }]);
  });

  it("draws an environment by its own name", () => {
    assert.deepEqual(chart(real("dev").plan, /^Health/).map((entry) => entry.slice(0, 4)), [["AWS/ElasticBeanstalk", "EnvironmentHealth", "EnvironmentName", "scin-search-dev"]]);
  });

  it("draws a GPU for the variants that have one", () => {
    assert.deepEqual(chart(planned([abTest]), /^GPU/).map((entry) => entry[5]), ["v4", "v4"]);
    assert.ok(!titles(planned([model({ serving: { realtime: realtimeServing() } })])).some((title) => title!.startsWith("GPU")));
  });

  it("finds the count of instances in two metrics whose quotient it is", () => {
    const [whole, share, formula] = chart(planned([abTest]), /^Instances/);
    assert.deepEqual([whole![1], share![1]], ["Invocations", "InvocationsPerInstance"]);
    assert.deepEqual(formula, [{ expression: "whole0 / share0", label: "v3", id: "instances0" }]);
    assert.equal((whole!.at(-1) as { visible: boolean }).visible, false);
  });

  it("draws cold starts of serverless, and no processor", () => {
    const drawn = titles(planned([model()]));
    assert.ok(drawn.includes("Cold starts (µs)"));
    assert.ok(!drawn.some((title) => /^(Processor|Queue|Instances)/.test(title!)));
  });

  it("draws the containers kept warm where some are, and what spilled over from them", () => {
    const warm = planned([model({ serving: { serverless: { ...model().serving.serverless!, provisioned: 2 } } })]);
    assert.deepEqual(chart(warm, /^Warm and spilled over/).map((entry) => entry[1]), ["ServerlessProvisionedConcurrencyInvocations", "ServerlessProvisionedConcurrencySpilloverInvocations"]);
    assert.deepEqual(chart(warm, /^Containers kept warm/).map((entry) => entry[1]), ["ServerlessProvisionedConcurrencyExecutions", "ServerlessProvisionedConcurrencyUtilization"]);
    assert.ok(!titles(planned([model()])).some((title) => /warm/i.test(title!)));
  });

  it("shows the state of every alarm, a hundred to a widget", () => {
    const many = Array.from({ length: 30 }, (_, index) => ({ ...abTest, name: `model-${index}` }));
    const plan = planned(many);
    const arns = bodyOf(plan).widgets.flatMap(({ properties }) => properties.alarms ?? []);
    assert.deepEqual(arns, plan.models.flatMap(({ alarms }) => alarms).sort().map((name) => `arn:aws:cloudwatch:us-east-1:111122223333:alarm:${name}`));
    assert.ok(arns.length > 200);
    assert.ok(isBody(bodyOf(plan)), JSON.stringify(isBody.errors?.slice(0, 3)));
  });

  it("lays widgets side by side, none over another, none over the edge", () => {
    const taken = new Set<string>();
    for (const { x, y, width, height } of bodyOf(planned([abTest, model()])).widgets) {
      assert.ok(x + width <= 24);
      for (let column = x; column < x + width; column += 1) {
        for (let row = y; row < y + height; row += 1) {
          assert.ok(!taken.has(`${column},${row}`), `two widgets at ${column},${row}`);
          taken.add(`${column},${row}`);
        }
      }
    }
  });

  it("is one for the stack, is priced, and is told to every model that it draws", () => {
    const plan = planned([abTest, model()]);
    assert.deepEqual(ofType(plan, DASHBOARD).map(({ name, inputs }) => [name, inputs.dashboardName]), [["shared/dashboard", "slipway-dev"]]);
    assert.equal(plan.cost.lines.find(({ item }) => item === "dashboards × 1")!.fixedMonthly, 3);
    const urls = Object.values((plan.outputs as StackOutputs).models).map((outputs) => outputs.dashboardUrl);
    assert.deepEqual(new Set(urls), new Set(["https://us-east-1.console.aws.amazon.com/cloudwatch/home?region=us-east-1#dashboards/dashboard/slipway-dev"]));
  });

  it("has a name that CloudWatch takes, whatever the stack is called", () => {
    const rule = namingRules[DASHBOARD];
    for (const stack of ["dev", "s".repeat(300), "Ünïcode stack"]) {
      const [dashboard] = ofType(planned([model()], { stack }), DASHBOARD);
      assert.match(dashboard!.inputs.dashboardName, rule.pattern);
      assert.ok(dashboard!.inputs.dashboardName.length <= rule.maxLength);
    }
  });

  it("is not made where nothing would be drawn", () => {
    assert.deepEqual(ofType(planned([]), DASHBOARD), []);
  });
});
