import { hasLocalStorage } from "../../contract/instance-storage";
import type { ControlContext } from "./context";
import { alreadyExists, notFound, validationException } from "./errors";
import { listPage, type ListInput } from "./list";
import type { AsyncInferenceConfig, DataCaptureConfig, EndpointConfig, ProductionVariant, Tag } from "./store";

/** MiB that a serverless variant may ask for: the service model only says 1024–6144 (https://docs.aws.amazon.com/sagemaker/latest/dg/serverless-endpoints.html). */
const SERVERLESS_STEP_MIB = 1024;

interface CreateInput {
  readonly EndpointConfigName: string;
  readonly ProductionVariants: readonly ProductionVariant[];
  readonly ShadowProductionVariants?: readonly ProductionVariant[];
  readonly DataCaptureConfig?: DataCaptureConfig;
  readonly KmsKeyId?: string;
  readonly AsyncInferenceConfig?: AsyncInferenceConfig;
  readonly Tags?: readonly Tag[];
}

export function createEndpointConfig(context: ControlContext, input: CreateInput) {
  const { Tags, ...config } = input;
  const arn = context.arn("endpoint-config", config.EndpointConfigName);
  for (const variant of [...config.ProductionVariants, ...(config.ShadowProductionVariants ?? [])]) checkVariant(context, variant);
  checkTogether(config.ProductionVariants);
  checkKey(config);
  checkQueue(config);
  checkShadow(config);
  if (context.store.endpointConfigs.has(config.EndpointConfigName)) throw alreadyExists("endpoint-config", arn);
  const variants = config.ProductionVariants.map((variant) => ({ ...variant, InitialVariantWeight: variant.InitialVariantWeight ?? 1 }));
  context.store.endpointConfigs.set(config.EndpointConfigName, {
    ...config,
    ProductionVariants: variants,
    EndpointConfigArn: arn,
    CreationTime: context.nowSeconds(),
  });
  context.store.tag(arn, Tags);
  return { EndpointConfigArn: arn };
}

export function describeEndpointConfig(context: ControlContext, { EndpointConfigName }: { readonly EndpointConfigName: string }) {
  return { EnableNetworkIsolation: false, ...findEndpointConfig(context, EndpointConfigName) };
}

/** As the service does, a config in use may be deleted: the endpoint keeps running on it. */
export function deleteEndpointConfig(context: ControlContext, { EndpointConfigName }: { readonly EndpointConfigName: string }) {
  const { EndpointConfigArn } = findEndpointConfig(context, EndpointConfigName);
  context.store.endpointConfigs.delete(EndpointConfigName);
  context.store.tags.delete(EndpointConfigArn);
}

export function listEndpointConfigs(context: ControlContext, input: ListInput) {
  const configs = [...context.store.endpointConfigs.values()].map((config) => ({ name: config.EndpointConfigName, createdAt: config.CreationTime, config }));
  const { items, nextToken } = listPage(configs, input);
  return {
    EndpointConfigs: items.map(({ config: { EndpointConfigName, EndpointConfigArn, CreationTime } }) => ({ EndpointConfigName, EndpointConfigArn, CreationTime })),
    NextToken: nextToken,
  };
}

export function findEndpointConfig(context: ControlContext, name: string): EndpointConfig {
  const config = context.store.endpointConfigs.get(name);
  if (!config) throw notFound("endpoint-config", context.arn("endpoint-config", name));
  return config;
}

function checkVariant(context: ControlContext, variant: ProductionVariant): void {
  const { VariantName, ModelName, ServerlessConfig } = variant;
  if (ModelName === undefined) throw validationException(`ModelName is required for production variant ${VariantName}; inference components do not run on this machine.`);
  const model = context.store.models.get(ModelName);
  if (model === undefined) throw notFound("model", context.arn("model", ModelName));
  if (ServerlessConfig) {
    // https://docs.aws.amazon.com/sagemaker/latest/dg/serverless-endpoints.html
    if (model.VpcConfig !== undefined) throw validationException(`Production variant ${VariantName} has a ServerlessConfig, and its model ${ModelName} a VpcConfig: VPC configuration is not supported for serverless endpoints.`);
    if (model.EnableNetworkIsolation === true) throw validationException(`Production variant ${VariantName} has a ServerlessConfig: network isolation, which its model ${ModelName} asks for, is not supported for serverless endpoints.`);
    if (variant.InstanceType !== undefined || variant.InitialInstanceCount !== undefined) {
      throw validationException(`Production variant ${VariantName} has a ServerlessConfig: InstanceType and InitialInstanceCount must not be given.`);
    }
    if (ServerlessConfig.MemorySizeInMB % SERVERLESS_STEP_MIB !== 0) {
      throw validationException(`MemorySizeInMB of production variant ${VariantName} must be one of 1024, 2048, 3072, 4096, 5120, 6144, and is ${ServerlessConfig.MemorySizeInMB}.`);
    }
    if ((ServerlessConfig.ProvisionedConcurrency ?? 0) > ServerlessConfig.MaxConcurrency) {
      throw validationException(`ProvisionedConcurrency of production variant ${VariantName} must not be above its MaxConcurrency, which is ${ServerlessConfig.MaxConcurrency}.`);
    }
  } else if (variant.InstanceType === undefined || variant.InitialInstanceCount === undefined) {
    throw validationException(`Production variant ${VariantName} must have InstanceType and InitialInstanceCount, or a ServerlessConfig.`);
  }
}

/** https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateEndpointConfig.html */
function checkKey({ KmsKeyId, ProductionVariants, ShadowProductionVariants = [] }: CreateInput): void {
  if (KmsKeyId === undefined) return;
  const type = [...ProductionVariants, ...ShadowProductionVariants].map(({ InstanceType = "" }) => InstanceType).find(hasLocalStorage);
  if (type !== undefined) throw validationException(`KmsKeyId must not be given with ${type}: its local storage is encrypted by hardware.`);
}

/** A queue needs a place for its answers, and instances behind it. */
function checkQueue({ AsyncInferenceConfig: queue, ProductionVariants: variants }: CreateInput): void {
  if (queue === undefined) return;
  if (queue.OutputConfig.S3OutputPath === undefined) throw validationException("AsyncInferenceConfig needs an S3OutputPath for its answers.");
  if (variants.some(({ ServerlessConfig }) => ServerlessConfig)) throw validationException("AsyncInferenceConfig is not for serverless variants.");
}

/** https://docs.aws.amazon.com/sagemaker/latest/dg/shadow-tests-exclusions.html */
function checkShadow({ ProductionVariants, ShadowProductionVariants: shadows = [], DataCaptureConfig: capture, ...rest }: CreateInput): void {
  const serverless = [...ProductionVariants, ...shadows].some(({ ServerlessConfig }) => ServerlessConfig);
  if (capture && serverless) throw validationException("DataCaptureConfig is not supported for serverless endpoints.");
  if (shadows.length === 0) return;
  if (shadows.length > 1 || ProductionVariants.length > 1) throw validationException("With shadow variants an endpoint config has exactly one production variant and one shadow variant.");
  if (serverless || "AsyncInferenceConfig" in rest) throw validationException("Shadow variants are not supported for serverless and asynchronous endpoints.");
  if (shadows[0]!.VariantName === ProductionVariants[0]!.VariantName) throw validationException(`Variant names must be unique: ${shadows[0]!.VariantName} is there twice.`);
}

function checkTogether(variants: readonly ProductionVariant[]): void {
  const names = variants.map(({ VariantName }) => VariantName);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw validationException(`Production variant names must be unique: ${twice} is there twice.`);
  if (variants.length > 1 && variants.some(({ ServerlessConfig }) => ServerlessConfig)) {
    throw validationException("A serverless endpoint has exactly one production variant.");
  }
  if (variants.every(({ InitialVariantWeight }) => InitialVariantWeight === 0)) {
    throw validationException("At least one production variant must have a weight above 0.");
  }
}
