import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { isErrorCode } from "../../../contract/errors";
import type { Archive } from "../../../contract/resources";
import type { ServeSpec } from "../../../contract/serve-spec";
import { fallbackIssues } from "../../../planning/fallback";
import { hostModelFolder } from "../../../planning/modes/beanstalk/bundle";
import { regionIssues } from "../../../planning/modes/beanstalk/check";
import { downloadHook, pruneHook } from "../../../planning/modes/beanstalk/hooks";
import { beanstalk } from "../../../planning/modes/beanstalk/mode";
import { environmentOptions, optionFault } from "../../../planning/modes/beanstalk/options";
import { beanstalkDefaults, type BeanstalkServing } from "../../../planning/modes/beanstalk/schema";
import { environmentSettings, lowerThreshold, type Setting } from "../../../planning/modes/beanstalk/settings";
import { environmentPlacement } from "../../../planning/network/placement";
import { demoArtifact } from "../../container/support/container";
import { facts, model, ofType, planned, realtimeServing } from "../support/resolved";

const serving = (fields: Partial<BeanstalkServing> = {}): BeanstalkServing => ({ ...beanstalkDefaults, ...fields });
const served = (fields: Partial<BeanstalkServing> = {}, others: Parameters<typeof model>[0] = {}) => model({ serving: { beanstalk: serving(fields) }, ...others });
const behind = (fields: Partial<BeanstalkServing> = {}, others: Parameters<typeof model>[0] = {}) =>
  model({ serving: { realtime: realtimeServing({ timeoutSeconds: 30 }) }, fallback: { beanstalk: serving(fields) }, ...others });

const certificate = "arn:aws:acm:us-east-1:111122223333:certificate/01234567-89ab-cdef-0123-456789abcdef";
const tls = { exposure: "public", certificate, hostname: "fallback.example.com" } as const;
const own = { runtime: null, container: { image: `111122223333.dkr.ecr.us-east-1.amazonaws.com/own@sha256:${"1".repeat(64)}` } };
const two = { traffic: [{ version: "v3", weight: 90 }, { version: "v4", weight: 10 }] };

/** Each rule beside what it lets through: the nearest that is right, and the nearest that is wrong. */
const rules: { readonly code: string; readonly accepted: ReturnType<typeof model>; readonly rejected: ReturnType<typeof model>; readonly path: string }[] = [
  { code: "scaling-range", path: "instances.min", accepted: served({ instances: { min: 3, max: 3 } }), rejected: served({ instances: { min: 3, max: 2 } }) },
  { code: "instance-architecture", path: "instance", accepted: served({ instanceType: "m6i.2xlarge" }), rejected: served({ instanceType: "m6g.2xlarge" }) },
  { code: "instance-architecture", path: "instance", accepted: served({ instanceType: "t3.large" }), rejected: served({ instanceType: "t4g.large" }) },
  { code: "instance-retired", path: "instance", accepted: served({ instanceType: "g4dn.xlarge" }), rejected: served({ instanceType: "p3.2xlarge" }) },
  { code: "volume-iops", path: "iops", accepted: served({ volumeGiB: 200, iops: 6000 }), rejected: served({ volumeGiB: 199, iops: 6000 }) },
  { code: "volume-throughput", path: "throughput", accepted: served({ throughputMiB: 750 }), rejected: served({ throughputMiB: 751 }) },
  { code: "public-without-certificate", path: "exposure", accepted: served(tls), rejected: served({ exposure: "public" }) },
  { code: "public-without-token", path: "exposure", accepted: served({ exposure: "internal" }, own), rejected: served(tls, own) },
  { code: "certificate-and-hostname", path: "hostname", accepted: served({ certificate, hostname: "a.example.com" }), rejected: served({ hostname: "a.example.com" }) },
  { code: "certificate-and-hostname", path: "certificate", accepted: served(), rejected: served({ certificate }) },
  { code: "health-path", path: "healthPath", accepted: served({ healthPath: "/" }, own), rejected: served({ healthPath: "/" }) },
  { code: "beanstalk-one-version", path: "/traffic", accepted: served(), rejected: served({}, two) },
  { code: "fallback-beside-beanstalk", path: "", accepted: behind({ maxBodyMiB: 6 }), rejected: served({}, { fallback: { beanstalk: serving() } }) },
  { code: "fallback-without-endpoint", path: "", accepted: behind({}, { serving: { async: {} } }), rejected: behind({}, { serving: { batch: {} } }) },
  { code: "fallback-narrower", path: "timeout", accepted: behind({ timeoutSeconds: 30 }), rejected: behind({ timeoutSeconds: 29 }) },
  { code: "fallback-narrower", path: "maxBody", accepted: behind({ maxBodyMiB: 6 }), rejected: behind({ maxBodyMiB: 5 }) },
];

describe("beanstalk: what the schema cannot say", () => {
  const issuesOf = (each: ReturnType<typeof model>) => [...(each.serving.beanstalk === undefined ? [] : beanstalk.check(each, each.serving.beanstalk)), ...fallbackIssues(each)];

  for (const { code, path, accepted, rejected } of rules) {
    it(`${code} at ${path || "the mode"}: one that is right, one that is not`, () => {
      assert.ok(isErrorCode(code));
      assert.deepEqual(issuesOf(accepted), []);
      assert.deepEqual(issuesOf(rejected).map((issue) => [issue.code, issue.path]), [[code, path]]);
      assert.ok(issuesOf(rejected)[0]!.hint);
    });
  }

  it("takes a certificate of the stack's own region", () => {
    assert.deepEqual(regionIssues(serving(tls), "us-east-1"), []);
    assert.deepEqual(regionIssues(serving(tls), "eu-west-3").map((issue) => [issue.code, issue.path]), [["certificate-region", "certificate"]]);
  });

  it("warns where an instance has no price", () => {
    assert.deepEqual(planned([served()]).warnings, []);
    assert.deepEqual(planned([served({ instanceType: "m7i.2xlarge" })]).warnings.map(({ code, path }) => [code, path]), [["price-unknown", "serving.beanstalk.instance"]]);
    assert.deepEqual(planned([behind({ instanceType: "m7i.2xlarge" })]).warnings.map(({ path }) => path), ["fallback.beanstalk.instance"]);
  });

  it("says in a line what it is", () => {
    assert.equal(beanstalk.summarise(served(), serving({ instances: { min: 1, max: 3 } })), "beanstalk m5.2xlarge × 1–3 · 100 GiB");
    assert.equal(beanstalk.summarise(served(), serving(tls)), "beanstalk m5.2xlarge × 1 · 100 GiB · public");
  });
});

describe("beanstalk: options", () => {
  const settings = (fields: Partial<BeanstalkServing> = {}): readonly Setting[] => environmentSettings({ serving: serving(fields), placement: environmentPlacement(facts, serving(fields).exposure), profile: "profile", serviceRole: "role" });
  const value = (of: readonly Setting[], namespace: string, name: string) => of.find((setting) => setting.namespace === namespace && setting.name === name)?.value;

  it("are sorted text, each once, without a resource", () => {
    const all = settings({ iops: 4000, throughputMiB: 250, ...tls });
    const keys = all.map(({ namespace, name }) => `${namespace} ${name}`);
    assert.deepEqual(keys, [...keys].sort());
    assert.equal(new Set(keys).size, keys.length);
    for (const setting of all) {
      assert.equal(setting.resource, "");
      assert.ok(typeof setting.value === "string" ? setting.value !== "" : "$ref" in setting.value || "$fact" in setting.value, setting.name);
    }
  });

  // The seed systems' list, each as the service judges it (https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/command-options-general.html).
  for (const [namespace, name, given, fault] of [
    ["aws:elasticbeanstalk:environment", "LoadBalancerType", "application", undefined],
    ["aws:elasticbeanstalk:environment", "LoadBalancerType", "classic", /none of application/],
    ["aws:elasticbeanstalk:environment", "ServiceRole", "role", undefined],
    ["aws:elasticbeanstalk:environment", "EnvironmentType", "LoadBalanced", undefined],
    ["aws:elasticbeanstalk:environment", "VPCId", "vpc-1", /belongs to aws:ec2:vpc/],
    ["aws:elasticbeanstalk:environment", "Subnets", "subnet-1", /belongs to aws:ec2:vpc/],
    ["aws:ec2:vpc", "VPCId", "vpc-1", undefined],
    ["aws:ec2:vpc", "ELBScheme", "internal", undefined],
    ["aws:ec2:vpc", "ELBScheme", "internet-facing", /none of internal, public/],
    ["aws:autoscaling:launchconfiguration", "InstanceType", "m5.2xlarge", /no option InstanceType/],
    ["aws:ec2:instances", "InstanceTypes", "m5.2xlarge", undefined],
    ["aws:autoscaling:launchconfiguration", "RootVolumeIOPS", "3000", undefined],
    ["aws:autoscaling:launchconfiguration", "RootVolumeIOPS", "2999", /not within 3000 and 16000/],
    ["aws:autoscaling:launchconfiguration", "RootVolumeThroughput", "1001", /not within 125 and 1000/],
    ["aws:autoscaling:launchconfiguration", "DisableIMDSv1", "True", /neither "true" nor "false"/],
    ["aws:autoscaling:asg", "Cooldown", "300", undefined],
    ["aws:autoscaling:asg", "MinSize", "1.5", /not a whole number/],
    ["aws:elasticbeanstalk:container:python", "WSGIPath", "application.py", /no namespace/],
    ["aws:elasticbeanstalk:container:python", "NumProcesses", "2", /no namespace/],
    ["aws:elasticbeanstalk:container:python", "Timeout", "300", /no namespace/],
    ["aws:elasticbeanstalk:command", "Timeout", "1800", undefined],
    ["aws:elasticbeanstalk:application:environment", "ANYTHING", "at all", undefined],
  ] as const) {
    it(`${namespace} ${name}=${given} is ${fault === undefined ? "taken" : "refused"}`, () => {
      const found = optionFault(namespace, name, given);
      if (fault === undefined) assert.equal(found, undefined);
      else assert.match(found ?? "", fault);
    });
  }

  it("use a launch template, which new accounts have nothing beside", () => {
    const group = "aws:autoscaling:launchconfiguration";
    assert.deepEqual([value(settings(), group, "DisableIMDSv1"), value(settings(), group, "RootVolumeType")], ["true", "gp3"]);
  });

  it("are open to nobody but the VPC unless asked, and never in the clear to everybody", () => {
    assert.equal(value(settings(), "aws:ec2:vpc", "ELBScheme"), "internal");
    const open = settings(tls);
    assert.equal(value(open, "aws:ec2:vpc", "ELBScheme"), "public");
    assert.equal(value(open, "aws:elbv2:listener:default", "ListenerEnabled"), "false");
    assert.equal(value(open, "aws:elbv2:listener:443", "SSLCertificateArns"), certificate);
  });

  it("hold nothing secret, and less than the 4096 bytes of an environment", () => {
    const variables = settings().filter(({ namespace }) => namespace === "aws:elasticbeanstalk:application:environment");
    assert.deepEqual(variables.map(({ name, value: path }) => [name, path]), [["SLIPWAY_SPEC_FILE", "/opt/ml/slipway/spec.json"], ["SLIPWAY_TOKEN_FILE", "/opt/ml/slipway/token"]]);
    assert.ok(JSON.stringify(variables).length < 4096);
  });

  it("scale in where a group of two would not scale out again at once", () => {
    for (let cpu = 10; cpu <= 95; cpu += 1) assert.ok(lowerThreshold(cpu) >= 0 && lowerThreshold(cpu) * 2 < cpu, String(cpu));
  });

  it("are read from one table, all of it", () => {
    for (const { namespace, name } of settings({ iops: 3000, throughputMiB: 125, ...tls })) assert.ok(environmentOptions[namespace]![name] ?? environmentOptions[namespace]!["*"]);
  });
});

describe("beanstalk: the bundle", () => {
  const filesOf = (plan: ReturnType<typeof planned>) => (ofType(plan, "aws:s3/bucketObjectv2:BucketObjectv2")[0]!.inputs.contentBase64 as unknown as Archive).$archive;
  const json = (value: unknown): Record<string, unknown> => (value as { $json: Record<string, unknown> }).$json;

  it("runs the image of the endpoint, with the artifact and the contract of the version that has most of the traffic", () => {
    const plan = planned([behind({}, { traffic: [{ version: "v3", weight: 40 }, { version: "v4", weight: 60 }] })]);
    const files = filesOf(plan);
    const run = json(files["Dockerrun.aws.json"]) as { Image: { Name: unknown }; Volumes: unknown };
    const [endpointModel] = ofType(plan, "aws:sagemaker/model:Model");
    assert.deepEqual(run.Image.Name, endpointModel!.inputs.primaryContainer.image);
    assert.deepEqual(run.Volumes, [
      { HostDirectory: hostModelFolder("4".repeat(64)), ContainerDirectory: "/opt/ml/model" },
      { HostDirectory: "/opt/slipway/serve", ContainerDirectory: "/opt/ml/slipway" },
    ]);
    const spec = JSON.parse(String(files["slipway/spec.json"])) as ServeSpec;
    assert.deepEqual([spec.version, spec.artifact.sha256, spec.contractSha256], ["v4", "4".repeat(64), "c".repeat(64)]);
    assert.deepEqual(spec.request, model().contract.request);
  });

  it("tells container and nginx the same limits, nginx a second later", () => {
    const files = filesOf(planned([served({ timeoutSeconds: 300, maxBodyMiB: 100 })]));
    const { limits } = JSON.parse(String(files["slipway/spec.json"])) as ServeSpec;
    assert.deepEqual(limits, { timeoutSeconds: 300, maxBodyBytes: 100 * 1024 * 1024 });
    const nginx = String(files[".platform/nginx/conf.d/slipway.conf"]);
    for (const line of ["client_max_body_size 100m;", "proxy_read_timeout 301s;", "proxy_busy_buffers_size 256k;"]) assert.ok(nginx.split("\n").includes(line), line);
  });

  it("has no spec for an image of the owner's own", () => {
    assert.ok(!Object.hasOwn(filesOf(planned([served({}, own)])), "slipway/spec.json"));
  });

  it("has another name when any of it changes, and the same when nothing does", () => {
    const name = (each: ReturnType<typeof model>, stack = {}) => ofType(planned([each], stack), "aws:elasticbeanstalk/applicationVersion:ApplicationVersion")[0]!.inputs.name;
    const before = name(served());
    assert.equal(name(served()), before);
    assert.equal(name(served({ instances: { min: 1, max: 2 } })), before, "what is no part of the bundle");
    for (const other of [name(served({ timeoutSeconds: 61 })), name(served({ maxBodyMiB: 7 })), name(served({}, { settings: { threads: 2 } })), name(served(), { imageSourceSha256: "b".repeat(64) })]) assert.notEqual(other, before);
  });
});

describe("beanstalk: the plan", () => {
  const plan = planned([behind()]);

  it("stands behind the endpoint, and is exported beside it", () => {
    const [velib] = plan.models;
    assert.deepEqual(velib!.fallback, { planned: true, summary: "fallback m5.2xlarge × 1 · 100 GiB", environmentName: "velib-lstm-dev" });
    const { fallback, serving: exported } = (plan.outputs as { models: Record<string, { fallback: object; serving: object }> }).models["velib-lstm"]!;
    assert.deepEqual(Object.keys(exported), ["realtime"]);
    assert.deepEqual(fallback, {
      environmentName: "velib-lstm-dev",
      url: { $join: ["http://", { $ref: "velib-lstm/fallback-environment", output: "cname" }] },
      tokenSecretArn: { $ref: "velib-lstm-dev-fallback-token", output: "arn" },
      version: "v3",
    });
  });

  it("is called by its name over TLS", () => {
    const { fallback } = (planned([behind(tls)]).outputs as { models: Record<string, { fallback: { url: unknown } }> }).models["velib-lstm"]!;
    assert.equal(fallback.url, "https://fallback.example.com");
  });

  it("makes a token that nothing but its secret holds", () => {
    const [version] = ofType(plan, "aws:secretsmanager/secretVersion:SecretVersion");
    assert.deepEqual([version!.inputs.secretString, version!.ignoreChanges], [{ $generated: { length: 48 } }, ["secretString"]]);
    assert.equal(JSON.stringify(plan).split("$generated").length - 1, 1);
  });

  it("pins the platform that it was made with, and the digest of the sources it names", () => {
    assert.deepEqual(ofType(plan, "aws:elasticbeanstalk/environment:Environment")[0]!.ignoreChanges, ["solutionStackName"]);
    assert.deepEqual(ofType(plan, "aws:s3/bucketObjectv2:BucketObjectv2")[0]!.ignoreChanges, ["contentBase64"]);
  });

  it("watches the environment's health, and the rules of the descriptor in the metrics it has", () => {
    const alarms = ofType(plan, "aws:cloudwatch/metricAlarm:MetricAlarm").filter(({ name }) => name.includes("fallback"));
    const of = Object.fromEntries(alarms.map(({ inputs }) => [inputs.name, inputs]));
    const health = of["velib-lstm-dev-fallback-unhealthy"]!;
    assert.deepEqual([health.namespace, health.metricName, health.dimensions, health.threshold, health.statistic], ["AWS/ElasticBeanstalk", "EnvironmentHealth", { EnvironmentName: "velib-lstm-dev" }, 15, "Maximum"]);
    const latency = of["velib-lstm-dev-fallback-latency"]!;
    // Seconds here, microseconds at SageMaker.
    assert.deepEqual([latency.namespace, latency.metricName, latency.threshold], ["AWS/ApplicationELB", "TargetResponseTime", 1]);
    // 0–100 of the instance here, 0–100 of each vCPU at SageMaker.
    assert.deepEqual([of["velib-lstm-dev-fallback-cpu"]!.namespace, of["velib-lstm-dev-fallback-cpu"]!.threshold], ["AWS/EC2", 80]);
  });

  it("costs instances, disks, load balancer and secret", () => {
    const lines = planned([served({ instances: { min: 1, max: 3 }, iops: 4000, volumeGiB: 200, throughputMiB: 250 })]).models[0]!.cost.lines;
    const monthly = Object.fromEntries(lines.map(({ item, fixedMonthly, maximumMonthly }) => [item, [fixedMonthly, maximumMonthly]]));
    assert.deepEqual(monthly["m5.2xlarge × 1–3 (Beanstalk)"], [280.32, 840.96]);
    // 200 × 0.08 + 1000 × 0.005 + 125 × 0.04
    assert.deepEqual(monthly["gp3 200 GiB × 1–3"], [26, 78]);
    assert.deepEqual(monthly["load balancer"], [16.43, 22.27]);
  });

  it("gives instances what their hooks need, on their own things alone", () => {
    const roles = ofType(plan, "aws:iam/rolePolicy:RolePolicy");
    const policy = roles.find(({ name }) => name.endsWith("fallback-instance-policy"))!.inputs.policy as unknown as { $json: { Statement: { Sid: string; Action: string | string[]; Resource: unknown }[] } };
    const statements = policy.$json.Statement;
    assert.deepEqual(statements.filter(({ Resource }) => Resource === "*").map(({ Sid }) => Sid), ["LogInToRegistry"]);
    for (const { Action } of statements) for (const action of [Action].flat()) assert.ok(!action.includes("*"), action);
    assert.deepEqual(statements.find(({ Sid }) => Sid === "ReadToken")!.Resource, { $ref: "velib-lstm-dev-fallback-token", output: "arn" });
  });
});

describe("beanstalk: the hooks, run by bash", () => {
  let folder: string;
  const artifact = readFileSync(demoArtifact);
  const sha256 = createHash("sha256").update(artifact).digest("hex");
  const at = (...parts: string[]): string => join(folder, ...parts);

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "slipway-hooks-"));
    for (const part of ["bin", "bundle/slipway"]) mkdirSync(at(part), { recursive: true });
    writeFileSync(at("bundle/slipway/host.json"), JSON.stringify({ artifact: { uri: "s3://example-models/a b.tar.gz", sha256 }, region: "eu-west-3", tokenSecretArn: "arn:secret" }));
    writeFileSync(at("bundle/slipway/spec.json"), '{"specVersion":1}');
    cpSync(demoArtifact, at("artifact"));
    // The AWS CLI, and what needs the rights of root: they write down how they were called.
    script("aws", `case "$1" in secretsmanager) echo token-of-the-secret ;; s3) cp "${at("artifact")}" "\${@: -1}" ;; esac`);
    for (const command of ["mount", "umount"]) script(command, "");
    script("mountpoint", "exit 1");
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  function script(name: string, body: string): void {
    writeFileSync(at("bin", name), `#!/bin/bash\necho "${name} $*" >>"${at("calls")}"\n${body}\n`);
    chmodSync(at("bin", name), 0o755);
  }
  const run = (hook: string) => {
    writeFileSync(at("hook.sh"), hook);
    return spawnSync("bash", [at("hook.sh")], { cwd: at("bundle"), encoding: "utf8", env: { PATH: [at("bin"), dirname(process.execPath), process.env.PATH].join(delimiter), SLIPWAY_ROOT: folder, HOME: process.env.HOME } });
  };
  const calls = (): string[] => readFileSync(at("calls"), "utf8").trimEnd().split("\n");

  it("fetch token and artifact, verify, unpack, and make it read-only", () => {
    const { status, stderr } = run(downloadHook);
    assert.equal(status, 0, stderr);
    assert.equal(readFileSync(at("opt/slipway/serve/token"), "utf8"), "token-of-the-secret\n");
    assert.equal(statSync(at("opt/slipway/serve/token")).mode & 0o077, 0);
    assert.equal(readFileSync(at("opt/slipway/serve/spec.json"), "utf8"), '{"specVersion":1}');
    assert.equal(statSync(at("opt/slipway/models", sha256, "slipway.json")).mode & 0o444, 0o444, "the server has a user of its own");
    assert.equal(statSync(at("opt/slipway/models")).mode & 0o077, 0);
    assert.ok(calls().includes("aws secretsmanager get-secret-value --region eu-west-3 --secret-id arn:secret --query SecretString --output text"));
    assert.ok(calls().some((call) => call.startsWith("aws s3 cp --region eu-west-3 --only-show-errors s3://example-models/a b.tar.gz ")));
    assert.equal(calls().at(-1), `mount -o remount,bind,ro ${at("opt/slipway/models", sha256)}`);
  });

  it("fetch an artifact once", () => {
    run(downloadHook);
    run(downloadHook);
    assert.equal(calls().filter((call) => call.startsWith("aws s3")).length, 1);
  });

  it("leave nothing in place of an artifact that is not the one that was pinned", () => {
    writeFileSync(at("artifact"), "another");
    const { status, stderr } = run(downloadHook);
    assert.notEqual(status, 0);
    assert.match(stderr, /does not have the sha256/);
    assert.ok(!existsSync(at("opt/slipway/models", sha256)));
    assert.ok(!calls().some((call) => call.startsWith("mount")));
  });

  it("stop where the token cannot be read, or is empty", () => {
    for (const body of ["exit 255", 'case "$1" in secretsmanager) printf "" ;; esac']) {
      script("aws", body);
      assert.notEqual(run(downloadHook).status, 0);
      assert.ok(!existsSync(at("opt/slipway/serve/token")));
    }
  });

  it("take away what no container uses any more, and nothing else", () => {
    run(downloadHook);
    mkdirSync(at("opt/slipway/models/older"), { recursive: true });
    const { status, stderr } = run(pruneHook);
    assert.equal(status, 0, stderr);
    assert.ok(!existsSync(at("opt/slipway/models/older")));
    assert.ok(existsSync(at("opt/slipway/models", sha256, "slipway.json")));
  });
});
