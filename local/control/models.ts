import type { ControlContext } from "./context";
import { alreadyExists, notFound, validationException } from "./errors";
import { listPage, type ListInput } from "./list";
import type { Model, Tag } from "./store";

/** Bytes over all containers of a model (https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ContainerDefinition.html). */
const MAX_ENVIRONMENT_BYTES = 32 * 1024;

export function createModel(context: ControlContext, input: Omit<Model, "ModelArn" | "CreationTime"> & { readonly Tags?: readonly Tag[] }) {
  const { Tags, ...model } = input;
  const arn = context.arn("model", model.ModelName);
  if (!model.PrimaryContainer === !model.Containers?.length) {
    throw validationException("Provide either PrimaryContainer or Containers, and not both.");
  }
  if (model.ExecutionRoleArn === undefined) throw validationException("ExecutionRoleArn is required.");
  const containers = model.Containers ?? [model.PrimaryContainer!];
  if (containers.some(({ Image }) => Image === undefined)) throw validationException("Every container must have an Image.");
  if (containers.some(({ Mode, ModelDataUrl = "" }) => Mode === "MultiModel" && !/^s3:\/\/[^/]+\/(.*\/)?$/.test(ModelDataUrl))) {
    throw validationException("A container in MultiModel mode must have a ModelDataUrl that is an S3 prefix ending in a slash.");
  }
  // One would do for the shape, and no instance starts with it: https://docs.aws.amazon.com/sagemaker/latest/dg/host-vpc.html
  if (model.VpcConfig !== undefined && new Set(model.VpcConfig.Subnets).size < 2) throw validationException("VpcConfig must have at least two subnets, in two Availability Zones.");
  const bytes = containers
    .flatMap(({ Environment }) => Object.entries(Environment ?? {}))
    .reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + Buffer.byteLength(value), 0);
  if (bytes > MAX_ENVIRONMENT_BYTES) throw validationException(`The environment of all containers must be at most ${MAX_ENVIRONMENT_BYTES} bytes, and is ${bytes}.`);
  if (context.store.models.has(model.ModelName)) throw alreadyExists("model", arn);
  context.store.models.set(model.ModelName, { ...model, ModelArn: arn, CreationTime: context.nowSeconds() });
  context.store.tag(arn, Tags);
  return { ModelArn: arn };
}

export function describeModel(context: ControlContext, { ModelName }: { readonly ModelName: string }) {
  return { EnableNetworkIsolation: false, ...find(context, ModelName) };
}

export function deleteModel(context: ControlContext, { ModelName }: { readonly ModelName: string }) {
  const { ModelArn } = find(context, ModelName);
  context.store.models.delete(ModelName);
  context.store.tags.delete(ModelArn);
}

export function listModels(context: ControlContext, input: ListInput) {
  const models = [...context.store.models.values()].map((model) => ({ name: model.ModelName, createdAt: model.CreationTime, model }));
  const { items, nextToken } = listPage(models, input);
  return { Models: items.map(({ model: { ModelName, ModelArn, CreationTime } }) => ({ ModelName, ModelArn, CreationTime })), NextToken: nextToken };
}

function find(context: ControlContext, name: string): Model {
  const model = context.store.models.get(name);
  if (!model) throw notFound("model", context.arn("model", name));
  return model;
}
