import { CreateEndpointConfigCommand, CreateModelCommand, DescribeEndpointConfigCommand, DescribeModelCommand, SageMakerServiceException, type CreateModelCommandInput } from "@aws-sdk/client-sagemaker";
import assert from "node:assert/strict";
import { Machine, ROLE } from "./fixtures/machine";

const KEY = "arn:aws:kms:eu-west-3:111122223333:key/01234567-89ab-cdef-0123-456789abcdef";
const subnets = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"];
const groups = ["sg-0123456789abcdef0"];
const many = (count: number, kind: string): string[] => Array.from({ length: count }, (_, index) => `${kind}-${String(index).padStart(17, "0")}`);

const refused = (message: RegExp) => (error: unknown) => {
  assert.ok(error instanceof SageMakerServiceException, String(error));
  assert.equal(error.name, "ValidationException");
  assert.match(error.message, message);
  return true;
};

describe("networks and keys on the local SageMaker, through the AWS SDK", () => {
  let machine: Machine;
  before(async () => (machine = await Machine.start()));
  after(() => machine.close());

  const create = (ModelName: string, fields: Partial<CreateModelCommandInput>) =>
    machine.control.send(new CreateModelCommand({ ModelName, ExecutionRoleArn: ROLE, PrimaryContainer: { Image: "example/image:1" }, ...fields }));
  const inVpc = (Subnets: string[], SecurityGroupIds = groups) => ({ VpcConfig: { Subnets, SecurityGroupIds } });

  it("keeps where a model is, and that it is isolated", async () => {
    await create("placed", { ...inVpc(subnets), EnableNetworkIsolation: true });
    const model = await machine.control.send(new DescribeModelCommand({ ModelName: "placed" }));
    assert.deepEqual(model.VpcConfig, { Subnets: subnets, SecurityGroupIds: groups });
    assert.equal(model.EnableNetworkIsolation, true);
  });

  it("takes 2 to 16 subnets and 1 to 5 security groups", async () => {
    await create("widest", inVpc(many(16, "subnet"), many(5, "sg")));
    await assert.rejects(create("narrow", inVpc(subnets.slice(0, 1))), refused(/at least two subnets/));
    await assert.rejects(create("twice", inVpc([subnets[0]!, subnets[0]!])), refused(/at least two subnets/));
    await assert.rejects(create("wide", inVpc(many(17, "subnet"))), refused(/'vpcConfig\.subnets' failed .* less than or equal to 16/));
    await assert.rejects(create("open", inVpc(subnets, [])), refused(/'vpcConfig\.securityGroupIds' failed .* greater than or equal to 1/));
    await assert.rejects(create("guarded", inVpc(subnets, many(6, "sg"))), refused(/'vpcConfig\.securityGroupIds' failed .* less than or equal to 5/));
    await assert.rejects(create("odd", inVpc(["subnet 1", "subnet-2"])), refused(/regular expression/));
  });

  it("serves no model serverless that is in a VPC or isolated", async () => {
    await create("inside", inVpc(subnets));
    await create("isolated", { EnableNetworkIsolation: true });
    const serverless = (ModelName: string) => machine.createConfig(`${ModelName}-serverless`, { VariantName: "v1", ModelName, ServerlessConfig: { MemorySizeInMB: 2048, MaxConcurrency: 1 } });
    await assert.rejects(serverless("inside"), refused(/VPC configuration is not supported for serverless/));
    await assert.rejects(serverless("isolated"), refused(/network isolation.*not supported for serverless/));
  });

  it("takes a key for the disks of a config, but where they are built in", async () => {
    await machine.createModel("kept");
    const config = (EndpointConfigName: string, InstanceType: "ml.g5.xlarge" | "ml.m5.large", KmsKeyId: string) =>
      machine.control.send(new CreateEndpointConfigCommand({ EndpointConfigName, KmsKeyId, ProductionVariants: [{ VariantName: "v1", ModelName: "kept", InstanceType, InitialInstanceCount: 1 }] }));
    await config("encrypted", "ml.m5.large", KEY);
    assert.equal((await machine.control.send(new DescribeEndpointConfigCommand({ EndpointConfigName: "encrypted" }))).KmsKeyId, KEY);
    await assert.rejects(config("built-in", "ml.g5.xlarge", KEY), refused(/KmsKeyId must not be given with ml\.g5\.xlarge/));
    await assert.rejects(config("odd-key", "ml.m5.large", "a key"), refused(/kmsKeyId.*regular expression/));
  });
});
