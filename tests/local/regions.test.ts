import { CreateEndpointCommand, CreateEndpointConfigCommand, CreateModelCommand, DescribeEndpointCommand, ListModelsCommand, SageMakerClient } from "@aws-sdk/client-sagemaker";
import { InvokeEndpointCommand, SageMakerRuntimeClient } from "@aws-sdk/client-sagemaker-runtime";
import { CreateSecretCommand, GetSecretValueCommand, PutSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import assert from "node:assert/strict";
import { signedRegion } from "../../local/control/regions";
import { Machine, ROLE } from "./fixtures/machine";

describe("the regions of this machine", () => {
  let machine: Machine;
  const configOf = (region: string) => ({ endpoint: machine.sagemaker.url, region, credentials: { accessKeyId: "local", secretAccessKey: "local" }, maxAttempts: 1 });

  before(async () => {
    machine = await Machine.start();
    await machine.serve("here");
  });
  after(() => machine.close());

  it("are told apart by what a request was signed for", () => {
    const header = "AWS4-HMAC-SHA256 Credential=local/20261125/ap-south-1/sagemaker/aws4_request, SignedHeaders=host, Signature=00";
    assert.equal(signedRegion(header), "ap-south-1");
    assert.equal(signedRegion(undefined), undefined);
    assert.equal(signedRegion("Bearer Credential=x"), undefined);
  });

  it("each have their own: a call to another finds neither endpoint nor model", async () => {
    const [control, runtime] = [new SageMakerClient(configOf("ap-south-1")), new SageMakerRuntimeClient(configOf("ap-south-1"))];
    await assert.rejects(control.send(new DescribeEndpointCommand({ EndpointName: "here" })), /Could not find/);
    await assert.rejects(runtime.send(new InvokeEndpointCommand({ EndpointName: "here", Body: "{}" })), /Endpoint here of account \d+ not found/);
    assert.deepEqual((await control.send(new ListModelsCommand({}))).Models, []);
    assert.equal((await machine.control.send(new ListModelsCommand({}))).Models!.length, 1);
  });

  it("serve what was made there, under ARNs that say so", async () => {
    const there = await elsewhere("ap-south-1");
    assert.match((await there.describe()).EndpointArn!, /^arn:aws:sagemaker:ap-south-1:/);
    const answer = await there.runtime.send(new InvokeEndpointCommand({ EndpointName: "there", ContentType: "application/json", Body: "{}" }));
    assert.equal(answer.InvokedProductionVariant, "v1");
    await assert.rejects(machine.invoke("there"), /not found/);
  });

  it("answer a call without a signature where the endpoint is", async () => {
    const response = await fetch(`${machine.sagemaker.url}/endpoints/there/invocations`, { method: "POST", headers: { "content-type": "application/json" }, body: "{}" });
    assert.equal(response.status, 200);
    assert.equal((await fetch(`${machine.sagemaker.url}/endpoints/nowhere/invocations`, { method: "POST", body: "{}" })).status, 400);
  });

  it("take an endpoint's name once between them, and say so", async () => {
    const there = await elsewhere("eu-north-1", "once");
    assert.equal((await there.describe()).EndpointStatus, "InService");
    await assert.rejects(machine.serve("once"), /taken in every region at once, and once exists in another/);
  });

  it("keep their secrets to themselves", async () => {
    const [home, there] = [new SecretsManagerClient(configOf("eu-west-3")), new SecretsManagerClient(configOf("ap-south-1"))];
    const { ARN } = await there.send(new CreateSecretCommand({ Name: "token" }));
    await there.send(new PutSecretValueCommand({ SecretId: ARN, SecretString: "t" }));
    assert.match(ARN!, /^arn:aws:secretsmanager:ap-south-1:/);
    assert.equal((await there.send(new GetSecretValueCommand({ SecretId: "token" }))).SecretString, "t");
    await assert.rejects(home.send(new GetSecretValueCommand({ SecretId: ARN })), /can't find the specified secret/);
  });

  /** The same machine as another region sees it, with an endpoint in service. */
  async function elsewhere(region: string, name = "there") {
    const control = new SageMakerClient(configOf(region));
    await control.send(new CreateModelCommand({ ModelName: name, ExecutionRoleArn: ROLE, PrimaryContainer: { Image: "example:1", ModelDataUrl: "s3://example-fixture/v1/model.tar.gz", Environment: machine.environment() } }));
    await control.send(new CreateEndpointConfigCommand({ EndpointConfigName: name, ProductionVariants: [{ VariantName: "v1", ModelName: name, InstanceType: "ml.c5.large", InitialInstanceCount: 1 }] }));
    await control.send(new CreateEndpointCommand({ EndpointName: name, EndpointConfigName: name }));
    const describe = () => control.send(new DescribeEndpointCommand({ EndpointName: name }));
    while ((await describe()).EndpointStatus === "Creating");
    return { describe, runtime: new SageMakerRuntimeClient(configOf(region)) };
  }
});
