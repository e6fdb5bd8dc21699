import assert from "node:assert/strict";
import { request } from "node:http";
import { CreateSecretCommand, GetSecretValueCommand, PutSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { zipped } from "../../components/archive";
import { readBundle } from "../../local/beanstalk/bundle";
import { loopbackConfig } from "../../local/engine/loopback";
import { nginxConfiguration } from "../../planning/modes/beanstalk/nginx";
import { bundleFiles } from "../../planning/modes/beanstalk/bundle";
import { specText } from "../../contract/serve-spec";
import { build, demoArtifact, example, spec } from "../container/support/container";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { dirname } from "node:path";
import { Machine } from "./fixtures/machine";

const artifact = { uri: "s3://example-velib-models/v3/model.tar.gz", sha256: createHash("sha256").update(readFileSync(demoArtifact)).digest("hex") };
const settings = [
  { namespace: "aws:elasticbeanstalk:application:environment", name: "SLIPWAY_SPEC_FILE", value: "/opt/ml/slipway/spec.json" },
  { namespace: "aws:elasticbeanstalk:application:environment", name: "SLIPWAY_TOKEN_FILE", value: "/opt/ml/slipway/token" },
];
const TOKEN = "the-token-of-this-environment";

describe("an environment on this machine", function () {
  this.timeout(30_000);
  let machine: Machine;
  let secrets: SecretsManagerClient;
  let tokenSecretArn: string;

  before(async () => {
    const { serve } = await build();
    machine = await Machine.start({ image: { script: [serve, "serve"], runtimes: ["forecast"] }, artifacts: dirname(demoArtifact) });
    secrets = new SecretsManagerClient(loopbackConfig(machine.sagemaker.url, "eu-west-3"));
    tokenSecretArn = (await secrets.send(new CreateSecretCommand({ Name: "velib-token" }))).ARN!;
    await secrets.send(new PutSecretValueCommand({ SecretId: "velib-token", SecretString: TOKEN }));
    await machine.sagemaker.objects.createBucket("example-data");
  });
  after(async () => {
    secrets.destroy();
    await machine.close();
  });

  /** Deploys a bundle as the plan makes it, but for what is changed. */
  async function deploy(name: string, changes: Partial<Parameters<typeof bundleFiles>[0]> = {}, secret = tokenSecretArn) {
    const planned = bundleFiles({ image: "example@sha256:00", artifact, spec: specText({ ...spec, artifact }), tokenSecret: "t", region: "eu-west-3", timeoutSeconds: 20, maxBodyMiB: 1, ...changes });
    const files = Object.fromEntries(
      Object.entries(planned).map(([path, text]) => [path, typeof text === "string" ? text : JSON.stringify((text as { $json: unknown }).$json).replace('{"$ref":"t","output":"arn"}', JSON.stringify(secret))]),
    );
    await machine.sagemaker.objects.put({ bucket: "example-data", key: `${name}.zip` }, Buffer.from(zipped(files), "base64"));
    machine.sagemaker.environments.createVersion(`v-${name}`, { bucket: "example-data", key: `${name}.zip` });
    const { cname } = await machine.sagemaker.environments.create({ name, version: `v-${name}`, settings });
    return { url: `http://${cname}`, state: () => machine.sagemaker.environments.state(name)! };
  }
  const post = (url: string, body: string, headers: Record<string, string> = {}) => fetch(`${url}/invocations`, { method: "POST", body, headers: { "content-type": "application/json", ...headers } });

  it("comes up from its bundle, and answers who has the token of its secret", async () => {
    const { state } = await deploy("velib");
    assert.deepEqual([state().status, state().reason, state().tokenSecretArn], ["Ready", undefined, tokenSecretArn]);
    const { SecretString } = await secrets.send(new GetSecretValueCommand({ SecretId: state().tokenSecretArn }));
    const response = await post(state().url, JSON.stringify(example.request), { authorization: `Bearer ${SecretString}` });
    const answer = (await response.json()) as { predictions: object };
    assert.deepEqual(answer.predictions, (example.response as { predictions: object }).predictions);
  });

  it("answers nobody else, and says so to its load balancer only where it is healthy", async () => {
    const { url } = await deploy("closed");
    const request_ = JSON.stringify(example.request);
    for (const headers of [{}, { authorization: "Bearer wrong-but-long-enough" }, { authorization: `Basic ${TOKEN}` }]) {
      const response = await post(url, request_, headers as Record<string, string>);
      assert.deepEqual([response.status, response.headers.get("www-authenticate")], [401, 'Bearer realm="slipway"']);
    }
    assert.equal((await fetch(`${url}/ping`)).status, 200);
  });

  it("reads as much as nginx is told to", async () => {
    const { url } = await deploy("narrow");
    const response = await post(url, " ".repeat(1024 * 1024 + 1), { authorization: `Bearer ${TOKEN}` });
    assert.equal(response.status, 413);
  });

  it("keeps web pages of other sites out", async () => {
    const { url } = await deploy("guarded");
    const { port } = new URL(url);
    const status = await new Promise((resolve, reject) => {
      request({ host: "127.0.0.1", port, path: "/ping", headers: { host: "rebound.example.com" } }, (response) => resolve(response.resume().statusCode)).on("error", reject).end();
    });
    assert.equal(status, 403);
  });

  it("says why it is not served: another artifact, an image of the owner's own, a runtime that is not here", async () => {
    const missing = await deploy("missing", { artifact: { ...artifact, sha256: "0".repeat(64) } });
    assert.equal(missing.state().status, "OutOfService");
    assert.match(missing.state().reason!, /not served on this machine: the artifact s3:/);
    const own = await deploy("own", { spec: undefined });
    assert.match(own.state().reason!, /brings its own container/);
    const other = await deploy("other", { spec: specText({ ...spec, artifact, runtime: "clip-embed" }) });
    assert.match(other.state().reason!, /does not have the clip-embed runtime/);
    assert.equal((await post(other.url, "{}")).status, 503);
  });

  it("fails where its secret holds nothing", async () => {
    const { ARN } = await secrets.send(new CreateSecretCommand({ Name: "empty" }));
    const { state } = await deploy("empty", {}, ARN);
    assert.equal(state().status, "Failed");
    assert.match(state().reason!, /holds no token/);
  });

  it("keeps the token out of what table and page show", () => {
    assert.ok(machine.sagemaker.environments.states.length > 1);
    assert.ok(!JSON.stringify(machine.sagemaker.environments.states).includes(TOKEN));
  });

  it("has its secret by name and by ARN, as Secrets Manager does, and no other", async () => {
    for (const SecretId of ["velib-token", tokenSecretArn]) assert.equal((await secrets.send(new GetSecretValueCommand({ SecretId }))).SecretString, TOKEN);
    await assert.rejects(secrets.send(new GetSecretValueCommand({ SecretId: "nobody" })), { name: "ResourceNotFoundException" });
    await assert.rejects(secrets.send(new CreateSecretCommand({ Name: "velib-token" })), { name: "ResourceExistsException" });
  });
});

describe("a bundle", () => {
  const nginx = { ".platform/nginx/conf.d/slipway.conf": nginxConfiguration({ timeoutSeconds: 300, maxBodyMiB: 100 }) };
  const whole = { ...nginx, "Dockerrun.aws.json": '{"AWSEBDockerrunVersion":"1","Image":{"Name":"i"},"Volumes":[]}', "slipway/host.json": '{"artifact":{"uri":"u","sha256":"s"},"tokenSecretArn":"arn"}' };
  const read = (files: { readonly [path: string]: string }) => readBundle(Buffer.from(zipped(files), "base64"));

  it("says what nginx is told", () => {
    const { maxBodyBytes, timeoutMs } = read(whole);
    assert.deepEqual([maxBodyBytes, timeoutMs], [100 * 1024 * 1024, 301_000]);
  });

  it("is refused where a file is missing or of another version", () => {
    assert.throws(() => read(nginx), /no Dockerrun\.aws\.json/);
    assert.throws(() => read({ ...whole, "Dockerrun.aws.json": whole["Dockerrun.aws.json"].replace('"1"', '"3"') }), /of version 3/);
    assert.throws(() => read({ ...whole, ".platform/nginx/conf.d/slipway.conf": "" }), /says nothing of/);
  });
});
