import {
  AddTagsCommand,
  CreateEndpointCommand,
  CreateEndpointConfigCommand,
  CreateModelCommand,
  CreateTrainingJobCommand,
  DeleteEndpointCommand,
  DeleteEndpointConfigCommand,
  DeleteModelCommand,
  DescribeEndpointConfigCommand,
  DescribeModelCommand,
  ListEndpointConfigsCommand,
  ListEndpointsCommand,
  ListModelsCommand,
  ListTagsCommand,
  ResourceLimitExceeded,
  SageMakerServiceException,
  UpdateEndpointCommand,
  UpdateEndpointWeightsAndCapacitiesCommand,
  waitUntilEndpointInService,
} from "@aws-sdk/client-sagemaker";
import assert from "node:assert/strict";
import { alive, Machine, ROLE, until } from "./fixtures/machine";

const validation = (message: RegExp) => (error: unknown) => {
  assert.ok(error instanceof SageMakerServiceException, String(error));
  assert.equal(error.name, "ValidationException");
  assert.equal(error.$metadata.httpStatusCode, 400);
  assert.match(error.message, message);
  return true;
};

describe("local control plane, through the AWS SDK", () => {
  let machine: Machine;
  before(async () => (machine = await Machine.start()));
  after(() => machine.close());

  it("creates, describes, lists and deletes a model", async () => {
    await machine.createModel("Shelf-1");
    const model = await machine.control.send(new DescribeModelCommand({ ModelName: "Shelf-1" }));
    assert.equal(model.ModelArn, "arn:aws:sagemaker:eu-west-3:111122223333:model/shelf-1");
    assert.equal(model.ExecutionRoleArn, ROLE);
    assert.ok(model.CreationTime instanceof Date && Math.abs(model.CreationTime.getTime() - Date.now()) < 60_000);
    assert.equal(model.PrimaryContainer?.ModelDataUrl, "s3://example-fixture/v1/model.tar.gz");
    const { Models } = await machine.control.send(new ListModelsCommand({ NameContains: "Shelf" }));
    assert.deepEqual(Models?.map(({ ModelName }) => ModelName), ["Shelf-1"]);
    await machine.control.send(new DeleteModelCommand({ ModelName: "Shelf-1" }));
    await assert.rejects(machine.control.send(new DescribeModelCommand({ ModelName: "Shelf-1" })), validation(/^Could not find model "arn:aws:sagemaker:eu-west-3:111122223333:model\/shelf-1"\.$/));
  });

  it("lists in pages, sorted as asked", async () => {
    for (const name of ["page-c", "page-a", "page-b"]) await machine.createModel(name);
    const query = { NameContains: "page-", SortBy: "Name", SortOrder: "Ascending", MaxResults: 2 } as const;
    const first = await machine.control.send(new ListModelsCommand(query));
    assert.deepEqual(first.Models?.map(({ ModelName }) => ModelName), ["page-a", "page-b"]);
    const second = await machine.control.send(new ListModelsCommand({ ...query, NextToken: first.NextToken }));
    assert.deepEqual(second.Models?.map(({ ModelName }) => ModelName), ["page-c"]);
    assert.equal(second.NextToken, undefined);
  });

  it("refuses what the service refuses, in its words", async () => {
    const { control } = machine;
    await machine.createModel("strict");
    const container = { Image: "example/image:1" };
    await assert.rejects(
      control.send(new CreateModelCommand({ ModelName: "under_score", ExecutionRoleArn: "nobody", PrimaryContainer: container })),
      validation(/^3 validation errors detected: Value 'under_score' at 'modelName' failed to satisfy constraint: Member must satisfy regular expression pattern.*'executionRoleArn'/),
    );
    await assert.rejects(control.send(new CreateModelCommand({ ModelName: undefined, ExecutionRoleArn: ROLE, PrimaryContainer: container })), validation(/Value null at 'modelName' .*must not be null/));
    await assert.rejects(control.send(new CreateModelCommand({ ModelName: "strict", ExecutionRoleArn: ROLE, PrimaryContainer: container })), validation(/^Cannot create already existing model "arn:/));
    await assert.rejects(control.send(new CreateModelCommand({ ModelName: "two", ExecutionRoleArn: ROLE, PrimaryContainer: container, Containers: [container] })), validation(/either PrimaryContainer or Containers/));
    await assert.rejects(machine.createConfig("c", { VariantName: "v", ModelName: "absent" }), validation(/^Could not find model "arn:/));
    await assert.rejects(machine.createConfig("c", { VariantName: "v", ModelName: "strict", ServerlessConfig: { MemorySizeInMB: 1536, MaxConcurrency: 1 } }), validation(/1024, 2048, 3072/));
    await assert.rejects(machine.createConfig("c", { VariantName: "v", ModelName: "strict", InitialVariantWeight: -1 }), validation(/productionVariants\.1\.member\.initialVariantWeight.*greater than or equal to 0/));
    await assert.rejects(machine.createConfig("c", { VariantName: "v", ModelName: "strict", InitialVariantWeight: 0 }), validation(/weight above 0/));
    await assert.rejects(machine.createConfig("c", { VariantName: "v", ModelName: "strict" }, { VariantName: "v", ModelName: "strict" }), validation(/unique/));
    await assert.rejects(control.send(new CreateEndpointConfigCommand({ EndpointConfigName: "c", ProductionVariants: [] })), validation(/length greater than or equal to 1/));
    await assert.rejects(control.send(new CreateEndpointCommand({ EndpointName: "e", EndpointConfigName: "absent" })), validation(/^Could not find endpoint configuration "arn:/));
    await assert.rejects(machine.describe("absent"), validation(/^Could not find endpoint "arn:aws:sagemaker:eu-west-3:111122223333:endpoint\/absent"\.$/));
    await assert.rejects(control.send(new CreateTrainingJobCommand({ TrainingJobName: "t", RoleArn: ROLE, AlgorithmSpecification: { TrainingInputMode: "File" }, OutputDataConfig: { S3OutputPath: "s3://example/o" }, ResourceConfig: { VolumeSizeInGB: 1 }, StoppingCondition: {} })), {
      name: "UnknownOperationException",
    });
  });

  it("refuses more instances than the machine runs, as a quota", async () => {
    await machine.createModel("many");
    await machine.createConfig("many", { VariantName: "v1", ModelName: "many", InitialInstanceCount: 40 });
    await assert.rejects(machine.createEndpoint("many", "many"), (error) => error instanceof ResourceLimitExceeded && /40 were asked for/.test(error.message));
  });

  it("tags models, configs and endpoints", async () => {
    await machine.createModel("tagged");
    const ResourceArn = "arn:aws:sagemaker:eu-west-3:111122223333:model/tagged";
    await machine.control.send(new AddTagsCommand({ ResourceArn, Tags: [{ Key: "slipway:model", Value: "velib" }] }));
    const { Tags } = await machine.control.send(new ListTagsCommand({ ResourceArn }));
    assert.deepEqual(Tags, [{ Key: "slipway:model", Value: "velib" }]);
  });

  it("brings an endpoint into service, and the SDK's own waiter sees it", async () => {
    await machine.createModel("slow", machine.environment({}, { FIXTURE: "slow" }));
    await machine.createConfig("slow", { VariantName: "v1", ModelName: "slow" });
    await machine.createEndpoint("slow", "slow");
    const creating = await machine.describe("slow");
    assert.equal(creating.EndpointStatus, "Creating");
    await assert.rejects(machine.createEndpoint("slow", "slow"), validation(/^Cannot create already existing endpoint "arn:/));
    await assert.rejects(machine.control.send(new DeleteEndpointCommand({ EndpointName: "slow" })), validation(/^Cannot update in-progress endpoint "arn:/));
    await waitUntilEndpointInService({ client: machine.control, maxWaitTime: 20, minDelay: 1, maxDelay: 1 }, { EndpointName: "slow" });
    const { EndpointStatus, ProductionVariants, EndpointConfigName } = await machine.describe("slow");
    assert.equal(EndpointStatus, "InService");
    assert.equal(EndpointConfigName, "slow");
    assert.deepEqual(ProductionVariants, [{ VariantName: "v1", CurrentWeight: 1, DesiredWeight: 1, CurrentInstanceCount: 1, DesiredInstanceCount: 1 }]);
    const { Endpoints } = await machine.control.send(new ListEndpointsCommand({ StatusEquals: "InService", NameContains: "slow" }));
    assert.deepEqual(Endpoints?.map(({ EndpointName }) => EndpointName), ["slow"]);
    const configs = await machine.control.send(new ListEndpointConfigsCommand({ NameContains: "slow" }));
    assert.equal(configs.EndpointConfigs?.length, 1);
  });

  it("fails an endpoint whose container ends, with its last words", async () => {
    await machine.createModel("exits", machine.environment({}, { FIXTURE: "exit" }));
    await machine.createConfig("exits", { VariantName: "v1", ModelName: "exits" });
    await machine.createEndpoint("exits", "exits");
    const { EndpointStatus, FailureReason } = await machine.settled("exits");
    assert.equal(EndpointStatus, "Failed");
    assert.match(FailureReason!, /production variant v1 did not pass the ping health check: its container ended with exit code 3; it last said: Error: the weights/);
    await assert.rejects(machine.control.send(new UpdateEndpointCommand({ EndpointName: "exits", EndpointConfigName: "exits" })), validation(/its status is Failed/));
    await machine.control.send(new DeleteEndpointCommand({ EndpointName: "exits" }));
    await until(() => machine.describe("exits").then(() => false, () => true));
  });

  it("says in plain words what this machine cannot serve", async () => {
    const cases: [string, Record<string, string>, RegExp][] = [
      ["no-runtime", machine.environment({ runtime: "clip-recommend" }), /^not served on this machine: the container does not have the clip-recommend runtime yet$/],
      ["no-artifact", machine.environment({ artifact: { uri: "s3://example-far/away.tar.gz", sha256: "f".repeat(64) } }), /the artifact s3:\/\/example-far\/away\.tar\.gz \(sha256 ffffffffffff…\) is not here/],
      ["own-image", { COLOUR: "blue" }, /it brings its own container 111122223333\.dkr/],
    ];
    for (const [name, environment, reason] of cases) {
      await machine.createModel(name, environment);
      await machine.createConfig(name, { VariantName: "v1", ModelName: name });
      await machine.createEndpoint(name, name);
      const { EndpointStatus, FailureReason } = await machine.settled(name);
      assert.equal(EndpointStatus, "OutOfService");
      assert.match(FailureReason!, reason);
      await assert.rejects(machine.invoke(name), { name: "ServiceUnavailable" });
    }
  });

  it("changes weights and counts in place", async () => {
    await machine.serve("scaled");
    const { json: before } = await machine.invoke("scaled");
    const change = (DesiredWeightsAndCapacities: { VariantName: string; DesiredWeight?: number; DesiredInstanceCount?: number }[]) =>
      machine.control.send(new UpdateEndpointWeightsAndCapacitiesCommand({ EndpointName: "scaled", DesiredWeightsAndCapacities }));
    await change([{ VariantName: "v1", DesiredInstanceCount: 2, DesiredWeight: 3 }]);
    const { ProductionVariants } = await machine.settled("scaled");
    assert.deepEqual(ProductionVariants?.[0], { VariantName: "v1", CurrentWeight: 3, DesiredWeight: 3, CurrentInstanceCount: 2, DesiredInstanceCount: 2 });
    await change([{ VariantName: "v1", DesiredInstanceCount: 1 }]);
    assert.equal((await machine.settled("scaled")).ProductionVariants?.[0]?.CurrentInstanceCount, 1);
    assert.equal((await machine.invoke("scaled")).json.pid, before.pid);
    await assert.rejects(change([{ VariantName: "v9", DesiredWeight: 1 }]), validation(/Could not find variant "v9"/));
  });

  it("deletes an endpoint while it serves: the request in flight is answered, the process ends", async () => {
    await machine.serve("leaving");
    const { json } = await machine.invoke("leaving");
    const inFlight = machine.invoke("leaving", { sleepMs: 500 });
    await until(() => machine.sagemaker.context.endpoints.get("leaving")!.fleet!.variants[0]!.outstanding === 1);
    await machine.control.send(new DeleteEndpointCommand({ EndpointName: "leaving" }));
    assert.equal((await machine.describe("leaving")).EndpointStatus, "Deleting");
    await assert.rejects(machine.invoke("leaving"), { name: "ValidationError", message: "Endpoint leaving of account 111122223333 not found." });
    assert.equal((await inFlight).json.pid, json.pid);
    await until(() => machine.describe("leaving").then(() => false, () => true));
    assert.ok(!alive(json.pid));
  });

  it("keeps a live endpoint on a config that was deleted", async () => {
    await machine.serve("orphan");
    await machine.control.send(new DeleteEndpointConfigCommand({ EndpointConfigName: "orphan" }));
    await assert.rejects(machine.control.send(new DescribeEndpointConfigCommand({ EndpointConfigName: "orphan" })), validation(/^Could not find endpoint configuration/));
    assert.equal((await machine.invoke("orphan")).$metadata.httpStatusCode, 200);
  });
});
