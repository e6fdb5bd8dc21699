import assert from "node:assert/strict";
import { join } from "node:path";
import type { RegistryFile } from "../../planning/types";
import { loadRegistry } from "../../planning/load";
import { readRegistry } from "../../registry/read";

const registry = readRegistry(join(__dirname, "..", ".."));

const DIGEST = "8e6a4110c4bbb81cb3012a98c5634d4ec19908095d939526c8289b043a1efaed";

const descriptor = (name: string, more = ""): string => `name: ${name}
description: Forecasts.
owner: velib
runtime: forecast
contract: contracts/velib-lstm.yaml
versions: { v1: { artifact: s3://example-models/v1/model.tar.gz, sha256: ${DIGEST} } }
traffic: { v1: 1 }
serving: { serverless: {} }
${more}`;

const file = (path: string, text: string): RegistryFile => ({ path: `registry/models/${path}`, content: Buffer.from(text) });
const load = (files: readonly RegistryFile[], environment?: string): ReturnType<typeof loadRegistry> =>
  loadRegistry({ descriptors: files, contracts: registry.contracts }, { environment });

describe("the registry", () => {
  const loaded = loadRegistry(registry);

  it("has no errors, and the warnings that the seeds' own choices deserve: one GPU instance, for a runtime without use for it", () => {
    assert.deepEqual(
      loaded.issues.map(({ file, severity, code }) => `${file.split("/").at(-1)} ${severity} ${code}`),
      ["prod-single-instance", "instance-quota"].map((code) => `omnisearch-clip.yaml warning ${code}`),
    );
  });

  it("resolves every model in dev and prod, by environment and name", () => {
    const names = ["omnisearch-clip", "scin-search", "stygig-clip", "velib-lstm"];
    assert.deepEqual(
      loaded.models.map((model) => `${model.environment} ${model.name}`),
      ["dev", "prod"].flatMap((environment) => names.map((name) => `${environment} ${name}`)),
    );
  });

  it("carries the settings of the real systems", () => {
    const model = (environment: string, name: string) => loaded.models.find((found) => found.environment === environment && found.name === name)!;
    const stygig = model("prod", "stygig-clip");
    assert.deepEqual(stygig.traffic, [{ version: "v4", weight: 90 }, { version: "v5", weight: 10 }]);
    assert.deepEqual(stygig.settings, { batching: { maxSize: 32, maxWaitMs: 0 }, candidates: 50, maxRecommendations: 26, threads: 2 });
    assert.equal(stygig.serving.realtime!["instanceType"], "ml.c5.large");
    assert.equal(stygig.serving.realtime!["timeoutSeconds"], 30);
    assert.equal(stygig.alarms.latency!.thresholdMicroseconds, 1_000_000);
    assert.deepEqual(model("dev", "stygig-clip").traffic, [{ version: "v4", weight: 100 }]);

    const velib = model("prod", "velib-lstm").serving.serverless!;
    assert.deepEqual([velib["memoryMiB"], velib["concurrency"]], [3072, 5]);
    assert.equal(model("dev", "velib-lstm").serving.serverless!["concurrency"], 2);

    const scaling = model("prod", "omnisearch-clip").serving.realtime!["scaling"] as { readonly [field: string]: unknown };
    assert.deepEqual([scaling["min"], scaling["max"], scaling["cpuPercent"], scaling["cooldown"]], [1, 4, 70, { outSeconds: 300, inSeconds: 600 }]);

    const scin = model("prod", "scin-search").serving.beanstalk!;
    const { instanceType, instances, volumeGiB, timeoutSeconds, maxBodyMiB } = scin;
    assert.deepEqual({ instanceType, instances, volumeGiB, timeoutSeconds, maxBodyMiB }, { instanceType: "m5.2xlarge", instances: { min: 1, max: 3 }, volumeGiB: 100, timeoutSeconds: 300, maxBodyMiB: 100 });
  });

  it("gives the same models and issues every time", () => {
    const json = (): string => JSON.stringify(loadRegistry(readRegistry(join(__dirname, "..", ".."))));
    assert.equal(json(), json());
  });
});

describe("loadRegistry", () => {
  it("resolves one environment, or all that any descriptor names beside dev and prod", () => {
    const files = [file("a.yaml", descriptor("a", "environments: { staging: { traffic: { v1: 2 } } }")), file("b.yaml", descriptor("b"))];
    assert.deepEqual(load(files, "staging").models.map(({ name, traffic }) => [name, traffic[0]!.weight]), [["a", 2], ["b", 1]]);
    const all = load(files).models.map(({ environment, name }) => `${environment}/${name}`);
    assert.deepEqual(all, ["dev/a", "dev/b", "prod/a", "prod/b", "staging/a", "staging/b"]);
  });

  it("checks the overlays of other environments all the same", () => {
    const { issues } = load([file("a.yaml", descriptor("a", "environments: { staging: { traffic: { v9: 2 } } }"))], "dev");
    assert.deepEqual(issues, []); // not asked for, and nothing wrong that every environment would meet
    const typed = load([file("a.yaml", descriptor("a", "environments: { staging: { trafic: {} } }"))], "dev");
    assert.deepEqual(typed.issues.map(({ code }) => code), ["unknown-field"]);
  });

  it("leaves out a model with errors, and keeps its neighbours", () => {
    const { models, issues } = load([file("a.yaml", descriptor("a", "oops: 1")), file("b.yaml", descriptor("b"))]);
    assert.deepEqual([...new Set(models.map(({ name }) => name))], ["b"]);
    assert.equal(issues.length, 1);
  });

  it("refuses a second descriptor of one name, whatever its case, and names the first", () => {
    const { issues } = load([file("a.yaml", descriptor("same")), file("b.yaml", descriptor("same")), file("c.yaml", descriptor("Same"))]);
    assert.deepEqual(issues.map(({ file: path, line, column, code }) => `${path}:${line}:${column} ${code}`), [
      "registry/models/b.yaml:1:7 name-taken",
      "registry/models/c.yaml:1:7 name-illegal",
      "registry/models/c.yaml:1:7 name-taken",
    ]);
    assert.match(issues[0]!.message, /registry\/models\/a\.yaml/);
  });

  it("fills defaults in depth, and turns off only what says off", () => {
    const [model] = load([file("a.yaml", descriptor("a", "alarms: { latency: { above: 250ms }, cpu: off }"))], "dev").models;
    assert.deepEqual(model!.alarms.latency, { thresholdMicroseconds: 250_000, statistic: "Average", periodSeconds: 300, evaluationPeriods: 2, datapointsToAlarm: 2 });
    assert.equal(model!.alarms.cpu, null);
    assert.equal(model!.alarms.memory!.thresholdPercent, 80);
    assert.deepEqual(model!.settings, { batching: { maxSize: 32, maxWaitMs: 0 }, threads: 1 });
  });

  it("keeps a weight of 0, and a variant's own instance type", () => {
    const more = `environments: { dev: { versions: { v2: { artifact: s3://example-models/v2/model.tar.gz, sha256: ${[...DIGEST].reverse().join("")} } }, traffic: { v1: { weight: 3, instance: ml.c5.xlarge }, v2: 0 }, serving: { serverless: null, realtime: { instance: ml.c5.large } } } }`;
    const { models, issues } = load([file("a.yaml", descriptor("a", more))], "dev");
    assert.deepEqual(issues, []);
    assert.deepEqual(models[0]!.traffic, [{ version: "v1", weight: 3, instanceType: "ml.c5.xlarge" }, { version: "v2", weight: 0 }]);
  });

  it("locates a path in the overlay that wrote it, else in the base, else at the nearest ancestor", () => {
    const [model] = load([file("a.yaml", descriptor("a", "environments:\n  dev:\n    serving: { serverless: { concurrency: 7 } }\n"))], "dev").models;
    const at = (path: string): string => `${model!.locate(path).line}:${model!.locate(path).column}`;
    assert.equal(at("serving.serverless.concurrency"), "11:43");
    assert.equal(at("serving.serverless.memory"), "8:12");
    assert.equal(at("serving"), "8:1");
    assert.equal(at("alarms.latency"), "1:1");
    assert.equal(at(""), "1:1");
  });

  it("blames an overlay for what the base alone does not have", () => {
    const { issues } = load([file("a.yaml", descriptor("a", "environments:\n  prod:\n    traffic: { v1: 0 }\n"))]);
    assert.deepEqual(issues.map(({ line, code, path }) => `${line} ${code} ${path}`), ["11 traffic-zero environments.prod.traffic"]);
  });

  it("says nothing of what hangs on a value that could not be read", () => {
    const { issues } = load([file("a.yaml", descriptor("a").replace("{ v1: 1 }", "*shares"))]);
    assert.deepEqual(issues.map(({ code }) => code), ["yaml-alias"]);
  });

  it("finds the contract from the folder above models/, or beside a descriptor that lives elsewhere", () => {
    const contract = registry.contracts.find(({ path }) => path.endsWith("velib-lstm.yaml"))!;
    const elsewhere = { path: "drafts/a.yaml", content: Buffer.from(descriptor("a")) };
    const { issues } = loadRegistry({ descriptors: [elsewhere], contracts: [{ ...contract, path: "drafts/contracts/velib-lstm.yaml" }] });
    assert.deepEqual(issues, []);
    assert.deepEqual(loadRegistry({ descriptors: [elsewhere], contracts: [contract] }).issues.map(({ code }) => code), ["contract-missing"]);
  });
});
