import assert from "node:assert/strict";
import type { StackOutputs } from "../../contract/outputs";
import type { StackPlan } from "../../contract/plan";
import { planOf } from "../components/support/program";
import { place } from "../components/support/record";
import { Cloud } from "./provider/cloud";
import { serveProviders, type Providers } from "./provider/server";
import { findPulumi, Pulumi } from "./support/cli";
import { Project } from "./support/project";

const ENDPOINT = "aws:sagemaker/endpoint:Endpoint";
const ENDPOINT_CONFIG = "aws:sagemaker/endpointConfiguration:EndpointConfiguration";
const MODEL = "aws:sagemaker/model:Model";
const DASHBOARD = "aws:cloudwatch/dashboard:Dashboard";
const BUNDLE = "aws:s3/bucketObjectv2:BucketObjectv2";
const EB_VERSION = "aws:elasticbeanstalk/applicationVersion:ApplicationVersion";
const EB_ENVIRONMENT = "aws:elasticbeanstalk/environment:Environment";
/** What its instances may read: the bundle has another key. */
const EB_POLICY = "aws:iam/rolePolicy:RolePolicy";
/** What no environment runs any more. */
const EB_BUNDLE_GONE = [`delete ${BUNDLE}`, `delete ${EB_VERSION}`];
const ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm";
const IMAGE = "docker-build:index:Image";
const PARAMETER = "aws:ssm/parameter:Parameter";
const VELIB = "registry/models/velib-lstm.yaml";

interface Preview {
  readonly steps: readonly { readonly op: string; readonly urn: string }[];
}
interface Checkpoint {
  readonly deployment: { readonly resources?: readonly { readonly type: string; readonly urn: string; readonly parent?: string; readonly inputs?: object; readonly protect?: boolean; readonly retainOnDelete?: boolean }[] };
}

const executable = findPulumi();

describe("the life of a stack, on the real engine", () => {
  if (executable === undefined) {
    it("was NOT RUN: there is no pulumi; `npm run build:pulumi` builds one where Go is");
    return;
  }

  let project: Project;
  let cloud: Cloud;
  let providers: Providers;
  let pulumi: Pulumi;

  before(async () => {
    project = new Project();
    cloud = new Cloud(place);
    providers = await serveProviders(cloud);
    pulumi = new Pulumi(executable, project.root, providers.environment);
    await pulumi.succeed("stack", "init", "dev");
    await pulumi.succeed("stack", "init", "prod", "--no-select");
  });
  after(() => {
    providers?.close();
    pulumi?.remove();
    project?.remove();
  });

  /** What one command changed in the account: `create <type> <id>`, sorted. */
  async function changesOf(command: () => Promise<unknown>): Promise<string[]> {
    const start = cloud.changes.length;
    await command();
    return cloud.changes
      .slice(start)
      .map(({ action, type, id }) => `${action} ${type} ${id}`)
      .sort();
  }
  const up = (): Promise<unknown> => pulumi.succeed("up", "--stack=dev", "--yes", "--skip-preview");
  const liveConfig = (): string => String(cloud.list(ENDPOINT).get("velib-lstm-dev")!.endpointConfigName);

  for (const stack of ["dev", "prod"]) {
    it(`previews ${stack}: everything in the plan is to be created, nothing else`, async () => {
      const { steps } = await pulumi.json<Preview>("preview", `--stack=${stack}`, "--json");
      assert.deepEqual(new Set(steps.map(({ op }) => op)), new Set(["create"]));
      assert.deepEqual(resourcesAt(steps.map(({ urn }) => urn)), plannedResources(planOf(project.root, stack)));
      assert.equal(cloud.changes.length, 0, "a preview changes nothing");
    });
  }

  it("previews under the ts-node that Pulumi brings, too", async () => {
    const settings = project.read("Pulumi.yaml");
    project.write("Pulumi.yaml", settings.replace("typescript: false", "typescript: true").replace(/^.*nodeargs.*\n/m, ""));
    const { steps } = await pulumi.json<Preview>("preview", "--stack=dev", "--json");
    project.write("Pulumi.yaml", settings);
    assert.deepEqual(resourcesAt(steps.map(({ urn }) => urn)), plannedResources(planOf(project.root, "dev")));
  });

  it("up: brings up what is planned, and exports it", async () => {
    const plan = planOf(project.root, "dev");
    await up();

    const { deployment } = await pulumi.json<Checkpoint>("stack", "export", "--stack=dev");
    assert.deepEqual(resourcesAt(deployment.resources!.map(({ urn }) => urn)), plannedResources(plan));
    const kept = deployment.resources!.filter(({ retainOnDelete }) => retainOnDelete).map(({ type }) => type);
    assert.deepEqual([...new Set(kept)].sort(), [ENDPOINT_CONFIG, MODEL, "awsx:ecr:Image", IMAGE], "images inherit it from their component");

    assert.equal(cloud.list(IMAGE).size, 3, "one in each region");
    for (const image of cloud.list(IMAGE).values()) assert.deepEqual([image.push, image.exports], [false, [{ registry: { ociMediaTypes: false } }]], "SageMaker takes no OCI manifest");
    for (const [name, region] of [["omnisearch-clip-dev", "us-east-1"], ["stygig-clip-dev", "ap-south-1"], ["velib-lstm-dev", "eu-west-3"]] as const) {
      assert.ok(cloud.list(ENDPOINT, region).has(name), `${name} in ${region}`);
    }

    const outputs = await pulumi.json<StackOutputs>("stack", "output", "--stack=dev", "--json");
    assert.equal(outputs.outputsVersion, 1);
    assert.deepEqual(Object.keys(outputs.models), Object.keys((plan.outputs as unknown as StackOutputs).models));
    assert.match(outputs.models["velib-lstm"]!.image, /^111122223333\.dkr\.ecr\.eu-west-3\.amazonaws\.com\/slipway-dev@sha256:[0-9a-f]{64}$/);
    assert.deepEqual(outputs.models["velib-lstm"]!.serving.serverless, {
      endpointName: "velib-lstm-dev",
      endpointConfigName: liveConfig(),
      variants: ["v3"],
    });
    assert.deepEqual(JSON.parse(String(cloud.list(PARAMETER).get("/slipway/dev/models/velib-lstm")!.value)), {
      outputsVersion: 1,
      stack: "dev",
      models: { "velib-lstm": outputs.models["velib-lstm"] },
    });
  });

  it("up again: no change", async () => {
    const changes = await changesOf(() => pulumi.succeed("up", "--stack=dev", "--yes", "--skip-preview", "--expect-no-changes"));
    assert.deepEqual(changes, []);
  });

  it("refresh: what is in the account is what the stack remembers", () => pulumi.succeed("refresh", "--stack=dev", "--yes", "--skip-preview", "--expect-no-changes"));

  /** A change of what velib runs on; the dashboard's heading says what that is. */
  const newConfig = (id: string): string[] => [`create ${ENDPOINT_CONFIG} ${id}`, `update ${DASHBOARD} slipway-dev`, `update ${ENDPOINT} velib-lstm-dev`, `update ${PARAMETER} /slipway/dev/models/velib-lstm`];

  it("up with another memory: a new config, the endpoint moved to it in place, the old config kept", async () => {
    const first = liveConfig();
    project.edit(VELIB, "memory: 3072 MiB", "memory: 4096 MiB");
    const changes = await changesOf(up);
    assert.notEqual(liveConfig(), first);
    assert.deepEqual(changes, newConfig(liveConfig()));
    assert.ok(cloud.list(ENDPOINT_CONFIG).has(first), "the config that was live is there to go back to");
  });

  it("up with the first memory again: does not meet the name of the config that was kept", async () => {
    const [kept, left] = [[...cloud.list(ENDPOINT_CONFIG).keys()], liveConfig()];
    project.edit(VELIB, "memory: 4096 MiB", "memory: 3072 MiB");
    const changes = await changesOf(up);
    assert.ok(!kept.includes(liveConfig()));
    assert.deepEqual(changes, newConfig(liveConfig()));
    assert.ok(cloud.list(ENDPOINT_CONFIG).has(left));
  });

  it("up with another threshold: that alarm, and nothing else", async () => {
    project.edit(VELIB, "latency: { above: 1s,", "latency: { above: 2s,");
    const changes = await changesOf(up);
    assert.equal(changes.length, 1);
    assert.match(changes[0]!, new RegExp(`^update ${ALARM} velib-lstm-dev-.*latency`));
  });

  it("up with an artifact of the repository: uploads it, moves the endpoint in place, and leaves the upload when it goes", async () => {
    const [from, to] = ["artifact: s3://example-velib-models/v3/model.tar.gz", "artifact: ./registry/demo/velib-lstm/model.tar.gz"];
    project.edit(VELIB, from, to);
    const changes = await changesOf(up);
    const [id, upload] = [...cloud.list(BUNDLE)].find(([key]) => key.includes("/velib-lstm/artifacts/v3-8e6a4110"))!;
    assert.ok(changes.includes(`create ${BUNDLE} ${id}`), changes.join("\n"));
    assert.equal(upload.contentType, "application/gzip");
    const live = [...cloud.list(MODEL).values()].filter(({ primaryContainer }) => (primaryContainer as { modelDataUrl: string }).modelDataUrl === `s3://${id}`);
    assert.ok(live.length > 0);
    assert.deepEqual(await changesOf(up), [], "nothing changed");
    project.edit(VELIB, to, from);
    const back = await changesOf(up);
    assert.ok(back.every((change) => !change.startsWith("delete")), back.join("\n"));
    assert.ok(cloud.list(BUNDLE).has(id));
  });

  it("up with another container: new image, models and configs; every endpoint and environment moved in place", async () => {
    const [before] = cloud.list(IMAGE).keys();
    project.write("container/src/another.ts", "export {};\n");
    const changes = await changesOf(up);
    const kinds = new Set(changes.map((change) => change.split(" ").slice(0, 2).join(" ")));
    assert.deepEqual(kinds, new Set([...[IMAGE, MODEL, ENDPOINT_CONFIG, BUNDLE, EB_VERSION].map((type) => `create ${type}`), ...[ENDPOINT, EB_ENVIRONMENT, PARAMETER, ALARM, EB_POLICY, "aws:scheduler/schedule:Schedule"].map((type) => `update ${type}`), ...EB_BUNDLE_GONE]));
    assert.equal(changes.filter((change) => change.startsWith(`update ${ENDPOINT} `)).length, cloud.list(ENDPOINT).size);
    assert.ok(cloud.list(IMAGE).has(before!), "a model to roll back to runs the image of its day");
  });

  it("up with a model in another region: made there under its own names first, then gone here; the others untouched", async () => {
    const [endpoint, role] = ["velib-lstm-dev", "aws:iam/role:Role"];
    project.edit(VELIB, "region: eu-west-3", "region: us-east-1");
    const start = cloud.changes.length;
    await up();
    const changes = cloud.changes.slice(start);
    const at = (action: string, type: string, region: string): number => changes.findIndex((change) => change.action === action && change.type === type && change.region === region && (change.id === endpoint || change.id === "slipway-dev-velib-lstm-eu-west-3"));
    assert.ok(cloud.list(ENDPOINT, "us-east-1").has(endpoint));
    assert.ok(!cloud.list(ENDPOINT, "eu-west-3").has(endpoint));
    assert.ok(at("create", ENDPOINT, "us-east-1") >= 0 && at("create", ENDPOINT, "us-east-1") < at("delete", ENDPOINT, "eu-west-3"), "callers are never without one");
    assert.ok(at("delete", ENDPOINT, "eu-west-3") < at("delete", role, "eu-west-3"), "SageMaker cleans up with the role's rights");
    assert.deepEqual([...cloud.list(role).keys()].filter((name) => /^slipway-dev-velib-lstm(-|$)/.test(name) && !name.includes("scheduler")), ["slipway-dev-velib-lstm"]);
    assert.deepEqual(changes.filter(({ action, id }) => action !== "update" && /omnisearch|scin|stygig/.test(id)), []);
    assert.equal((await pulumi.json<StackOutputs>("stack", "output", "--stack=dev", "--json")).models["velib-lstm"]!.region, "us-east-1");
    await pulumi.succeed("up", "--stack=dev", "--yes", "--skip-preview", "--expect-no-changes");
  });

  it("destroy of a stack that is protected: refuses, and changes nothing, until the protection is taken away", async () => {
    await pulumi.succeed("config", "set", "slipway:protect", "true", "--stack=dev");
    assert.deepEqual(await changesOf(up), [], "protecting is no change in AWS");
    const { deployment } = await pulumi.json<Checkpoint>("stack", "export", "--stack=dev");
    const guarded = new Set(deployment.resources!.filter(({ protect }) => protect).map(({ type }) => type));
    assert.deepEqual([...guarded].sort(), ["aws:ecr/repository:Repository", EB_ENVIRONMENT, "aws:kms/key:Key", "aws:s3/bucket:Bucket", ENDPOINT, "aws:secretsmanager/secret:Secret"]);

    const changes = await changesOf(async () => {
      // With its preview, as people run it: it is the preview that refuses.
      const { code, text } = await pulumi.run("destroy", "--stack=dev", "--yes");
      assert.notEqual(code, 0);
      assert.match(text, /protected/);
    });
    assert.deepEqual(changes, []);

    // What it is for must go on working: another config under a protected endpoint.
    project.edit(VELIB, "memory: 3072 MiB", "memory: 5120 MiB");
    assert.ok((await changesOf(up)).some((change) => change === `update ${ENDPOINT} velib-lstm-dev`));

    await pulumi.succeed("config", "set", "slipway:protect", "false", "--stack=dev");
    assert.deepEqual(await changesOf(up), []);
  });

  it("up with a descriptor that has mistakes: says each with its place, and changes nothing", async () => {
    const good = project.read(VELIB);
    project.edit(VELIB, "memory: 5120 MiB", "memory: 2500 MiB");
    project.edit(VELIB, "concurrency: 5", "concurency: 5");
    const start = cloud.changes.length;
    const { code, text } = await pulumi.run("up", "--stack=dev", "--yes", "--skip-preview");
    project.write(VELIB, good);

    assert.notEqual(code, 0);
    assert.match(text, /2 errors; nothing was changed/);
    assert.match(text, /registry\/models\/velib-lstm\.yaml:22:13 {2}error {2}[a-z-]+\n +.*2500 MiB/);
    assert.match(text, /registry\/models\/velib-lstm\.yaml:23:5 {2}error {2}[a-z-]+\n +.*concurency/);
    assert.doesNotMatch(text, /^\s+at .*:\d+:\d+\)?$/m, "no stack trace");
    assert.equal(cloud.changes.length, start);
  });

  it("destroy: leaves what a rollback might need, and nothing that costs", async () => {
    const start = cloud.changes.length;
    await pulumi.succeed("destroy", "--stack=dev", "--yes", "--skip-preview");
    const order = cloud.changes.slice(start).map(({ type, id }) => `${type} ${id}`);
    const policy = order.findIndex((entry) => entry.startsWith("aws:iam/rolePolicy:RolePolicy") && entry.includes("velib"));
    assert.ok(order.indexOf(`${ENDPOINT} velib-lstm-dev`) < policy, "SageMaker cleans up with the role's rights");

    const left = new Set(cloud.all().map(({ type }) => type));
    assert.deepEqual([...left].sort(), [BUNDLE, ENDPOINT_CONFIG, MODEL]);
    assert.ok([...cloud.list(BUNDLE).keys()].every((key) => key.includes("/artifacts/")), "of what was uploaded, the artifact that a model of another day reads");
    const { deployment } = await pulumi.json<Checkpoint>("stack", "export", "--stack=dev");
    assert.deepEqual(deployment.resources ?? [], []);
  });

  it("up after destroy: beside what was left", async () => {
    const left = cloud.list(MODEL).size;
    await up();
    assert.equal(cloud.list(ENDPOINT).size, endpointsOf(planOf(project.root, "dev")));
    assert.ok(cloud.list(MODEL).size > left);
  });
});

const endpointsOf = (plan: StackPlan): number => plan.models.flatMap(({ resources }) => resources.filter(({ type }) => type === ENDPOINT)).length;

/** `<parent> / <type> <name>` for each resource of ours among URNs, sorted; providers, the stack itself and what a VPC is made of left out. */
function resourcesAt(urns: readonly string[]): string[] {
  return urns
    .map((urn) => urn.split("::"))
    .filter(([, , types]) => !/^pulumi:(pulumi|providers):/.test(types!) && !types!.includes("awsx:ec2:Vpc$"))
    .map(([, , types, ...name]) => `${types} ${name.join("::")}`)
    .sort();
}

/** The same for a plan; the image that awsx makes below its component is the one resource that is not in the plan itself. */
function plannedResources(plan: StackPlan): string[] {
  const owner = (parent: string): string => (parent === "shared" ? "slipway:index:SharedResources" : "slipway:index:ServedModel");
  const resources = [...plan.shared, ...plan.models.flatMap((model) => model.resources)];
  return [
    "slipway:index:SharedResources shared",
    ...plan.models.map(({ name }) => `slipway:index:ServedModel ${name}`),
    ...resources.map(({ type, name, parent }) => `${owner(parent)}$${type} ${name}`),
    ...resources.flatMap((resource) =>
      resource.type === "awsx:ecr:Image" ? [`${owner(resource.parent)}$${resource.type}$docker-build:index:Image ${resource.inputs["imageTag" as never] as string}`] : [],
    ),
  ].sort();
}
