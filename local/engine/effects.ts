import { CreateEndpointCommand, CreateEndpointConfigCommand, CreateModelCommand, DescribeEndpointCommand, type ProductionVariant, type SageMakerClient } from "@aws-sdk/client-sagemaker";
import { setTimeout as sleep } from "node:timers/promises";
import type { ProductionVariant as PlannedVariant, ResourceInputs } from "../../contract/resources";

type EffectfulType = "aws:sagemaker/model:Model" | "aws:sagemaker/endpointConfiguration:EndpointConfiguration" | "aws:sagemaker/endpoint:Endpoint";
type Effect<Type extends EffectfulType> = (control: SageMakerClient, inputs: ResourceInputs[Type] & { readonly name: string }) => Promise<{ readonly arn: string }>;

/** The resources that come to life on this machine, each by the call that the AWS provider would make. */
const effects: { readonly [Type in EffectfulType]: Effect<Type> } = {
  "aws:sagemaker/model:Model": async (control, { name, executionRoleArn, primaryContainer, tags }) => {
    const { image, modelDataUrl, environment } = primaryContainer;
    const { ModelArn } = await control.send(
      new CreateModelCommand({
        ModelName: name,
        ExecutionRoleArn: executionRoleArn,
        PrimaryContainer: { Image: image, ModelDataUrl: modelDataUrl, Environment: environment },
        Tags: tagList(tags),
      }),
    );
    return { arn: ModelArn! };
  },

  "aws:sagemaker/endpointConfiguration:EndpointConfiguration": async (control, { name, kmsKeyArn, productionVariants, tags }) => {
    const { EndpointConfigArn } = await control.send(
      new CreateEndpointConfigCommand({
        EndpointConfigName: name,
        ProductionVariants: productionVariants.map(productionVariant),
        ...(kmsKeyArn === undefined ? {} : { KmsKeyId: kmsKeyArn }),
        Tags: tagList(tags),
      }),
    );
    return { arn: EndpointConfigArn! };
  },

  "aws:sagemaker/endpoint:Endpoint": async (control, { name, endpointConfigName, tags }) => {
    const { EndpointArn } = await control.send(new CreateEndpointCommand({ EndpointName: name, EndpointConfigName: endpointConfigName, Tags: tagList(tags) }));
    // As the provider does, the resource is there when the endpoint is no longer being created. One
    // that this machine cannot serve is no failure of the program: table and page say why.
    while ((await control.send(new DescribeEndpointCommand({ EndpointName: name }))).EndpointStatus === "Creating") await sleep(50);
    return { arn: EndpointArn! };
  },
};

/** Whether a resource of this type comes to life on this machine, under the name it is given. */
export const hasEffect = (type: string): boolean => Object.hasOwn(effects, type);

/** Makes a resource real; undefined where its type has no effect on this machine. */
export function takeEffect(control: SageMakerClient, type: string, inputs: unknown): Promise<{ readonly arn: string }> | undefined {
  if (!hasEffect(type)) return undefined;
  // The type chooses the effect, and with it the inputs: `components/` has checked that they fit.
  return (effects[type as EffectfulType] as (control: SageMakerClient, inputs: unknown) => Promise<{ readonly arn: string }>)(control, inputs);
}

function productionVariant(variant: PlannedVariant): ProductionVariant {
  return {
    VariantName: variant.variantName,
    ModelName: variant.modelName,
    InitialVariantWeight: variant.initialVariantWeight,
    InstanceType: variant.instanceType as ProductionVariant["InstanceType"],
    InitialInstanceCount: variant.initialInstanceCount,
    ContainerStartupHealthCheckTimeoutInSeconds: variant.containerStartupHealthCheckTimeoutInSeconds,
    ModelDataDownloadTimeoutInSeconds: variant.modelDataDownloadTimeoutInSeconds,
    ...(variant.serverlessConfig
      ? { ServerlessConfig: { MemorySizeInMB: variant.serverlessConfig.memorySizeInMb, MaxConcurrency: variant.serverlessConfig.maxConcurrency } }
      : {}),
  };
}

const tagList = (tags: { readonly [key: string]: string } = {}) => Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
