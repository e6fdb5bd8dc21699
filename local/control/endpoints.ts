import type { Endpoint, WeightAndCapacity } from "../endpoints/endpoint";
import { inProgress } from "../endpoints/status";
import type { DeploymentConfig } from "../endpoints/rollout";
import type { ControlContext } from "./context";
import { effectiveDeployment } from "./deployments";
import { findEndpointConfig } from "./endpoint-configs";
import { alreadyExists, ControlPlaneError, notFound, validationException } from "./errors";
import { listPage, type ListInput } from "./list";
import type { EndpointConfig, Tag } from "./store";

/** Containers that one endpoint may have here; stands for the account's quota on AWS. */
export const MAX_INSTANCES = 8;

interface Named {
  readonly EndpointName: string;
}

interface CreateInput extends Named {
  readonly EndpointConfigName: string;
  /** Kept for updates that ask for it; creating moves no traffic. */
  readonly DeploymentConfig?: DeploymentConfig;
  readonly Tags?: readonly Tag[];
}

export function createEndpoint(context: ControlContext, input: CreateInput) {
  const arn = context.arn("endpoint", input.EndpointName);
  const config = findEndpointConfig(context, input.EndpointConfigName);
  checkInstances(config);
  if (context.endpoints.has(input.EndpointName)) throw alreadyExists("endpoint", arn);
  if (context.isTakenElsewhere(input.EndpointName)) throw validationException(`On this machine an endpoint's name is taken in every region at once, and ${input.EndpointName} exists in another.`);
  context.createEndpoint(input.EndpointName, config).lastDeployment = input.DeploymentConfig;
  context.store.tag(arn, input.Tags);
  return { EndpointArn: arn };
}

export function describeEndpoint(context: ControlContext, { EndpointName }: Named) {
  const endpoint = findEndpoint(context, EndpointName);
  return {
    EndpointName,
    EndpointArn: context.arn("endpoint", EndpointName),
    EndpointConfigName: endpoint.config.EndpointConfigName,
    ProductionVariants: summaries(endpoint),
    EndpointStatus: endpoint.status,
    FailureReason: endpoint.failureReason,
    LastDeploymentConfig: endpoint.lastDeployment,
    CreationTime: endpoint.createdAtMs / 1000,
    LastModifiedTime: endpoint.modifiedAtMs / 1000,
    ...(endpoint.pendingConfig && endpoint.status === "Updating" ? { PendingDeploymentSummary: { EndpointConfigName: endpoint.pendingConfig.EndpointConfigName } } : {}),
  };
}

interface UpdateInput extends Named {
  readonly EndpointConfigName: string;
  readonly RetainAllVariantProperties?: boolean;
  readonly DeploymentConfig?: DeploymentConfig;
  readonly RetainDeploymentConfig?: boolean;
  readonly ExcludeRetainedVariantProperties?: readonly { readonly VariantPropertyType: string }[];
}

export function updateEndpoint(context: ControlContext, input: UpdateInput) {
  const endpoint = findEndpoint(context, input.EndpointName);
  const config = findEndpointConfig(context, input.EndpointConfigName);
  checkInstances(config);
  checkAllowed(context, endpoint, "update");
  if ((config.AsyncInferenceConfig === undefined) !== (endpoint.config.AsyncInferenceConfig === undefined)) {
    throw validationException("An endpoint cannot be given a queue, or lose the one it has: create a new endpoint.");
  }
  if (serverless(config) !== serverless(endpoint.config)) {
    throw validationException("An endpoint cannot be updated from instances to serverless or back on this machine: create a new endpoint.");
  }
  const deployment = input.RetainDeploymentConfig ? endpoint.lastDeployment : input.DeploymentConfig;
  endpoint.update(config, {
    deployment: effectiveDeployment(context, deployment, endpoint.config, config),
    retain: input.RetainAllVariantProperties ?? false,
    excluded: new Set(input.ExcludeRetainedVariantProperties?.map(({ VariantPropertyType }) => VariantPropertyType)),
  });
  return { EndpointArn: context.arn("endpoint", input.EndpointName) };
}

export function updateWeightsAndCapacities(context: ControlContext, input: Named & { readonly DesiredWeightsAndCapacities: readonly WeightAndCapacity[] }) {
  const endpoint = findEndpoint(context, input.EndpointName);
  for (const { VariantName, DesiredInstanceCount } of input.DesiredWeightsAndCapacities) {
    const variant = endpoint.config.ProductionVariants.find((one) => one.VariantName === VariantName);
    if (!variant) throw validationException(`Could not find variant "${VariantName}" of endpoint "${input.EndpointName}".`);
    if (DesiredInstanceCount !== undefined && variant.ServerlessConfig) throw validationException(`Variant "${VariantName}" is serverless: it has no instance count.`);
    if ((DesiredInstanceCount ?? 0) > MAX_INSTANCES) throw tooManyInstances(DesiredInstanceCount!);
  }
  checkAllowed(context, endpoint, "update");
  endpoint.updateWeightsAndCapacities(input.DesiredWeightsAndCapacities);
  return { EndpointArn: context.arn("endpoint", input.EndpointName) };
}

export function deleteEndpoint(context: ControlContext, { EndpointName }: Named) {
  const endpoint = findEndpoint(context, EndpointName);
  checkAllowed(context, endpoint, "delete");
  context.deleteEndpoint(endpoint);
}

export function listEndpoints(context: ControlContext, input: ListInput) {
  const endpoints = [...context.endpoints.values()].map(({ name, status, createdAtMs, modifiedAtMs }) => ({
    name,
    status,
    createdAt: createdAtMs / 1000,
    modifiedAt: modifiedAtMs / 1000,
  }));
  const { items, nextToken } = listPage(endpoints, input);
  return {
    Endpoints: items.map(({ name, status, createdAt, modifiedAt }) => ({
      EndpointName: name,
      EndpointArn: context.arn("endpoint", name),
      CreationTime: createdAt,
      LastModifiedTime: modifiedAt,
      EndpointStatus: status,
    })),
    NextToken: nextToken,
  };
}

function findEndpoint(context: ControlContext, name: string): Endpoint {
  const endpoint = context.endpoints.get(name);
  if (!endpoint) throw notFound("endpoint", context.arn("endpoint", name));
  return endpoint;
}

function checkAllowed(context: ControlContext, endpoint: Endpoint, event: "update" | "delete"): void {
  const arn = context.arn("endpoint", endpoint.name);
  if (inProgress(endpoint.status)) throw validationException(`Cannot update in-progress endpoint "${arn}".`);
  if (!endpoint.allows(event)) throw validationException(`Cannot ${event} endpoint "${arn}": its status is ${endpoint.status}.`);
}

function checkInstances(config: EndpointConfig): void {
  const count = config.ProductionVariants.reduce((sum, { InitialInstanceCount }) => sum + (InitialInstanceCount ?? 1), 0);
  if (count > MAX_INSTANCES) throw tooManyInstances(count);
}

function tooManyInstances(count: number): ControlPlaneError {
  return new ControlPlaneError(
    "ResourceLimitExceeded",
    `This machine runs at most ${MAX_INSTANCES} instances for one endpoint, and ${count} were asked for.`,
  );
}

const serverless = (config: EndpointConfig): boolean => config.ProductionVariants.some(({ ServerlessConfig }) => ServerlessConfig !== undefined);

function summaries(endpoint: Endpoint) {
  return endpoint.config.ProductionVariants.map((planned) => {
    const variant = endpoint.fleet?.variant(planned.VariantName);
    const weight = variant?.weight ?? planned.InitialVariantWeight ?? 1;
    return {
      VariantName: planned.VariantName,
      CurrentWeight: weight,
      DesiredWeight: weight,
      ...(planned.ServerlessConfig
        ? { CurrentServerlessConfig: planned.ServerlessConfig, DesiredServerlessConfig: planned.ServerlessConfig, CurrentInstanceCount: 0, DesiredInstanceCount: 0 }
        : {
            CurrentInstanceCount: variant?.containers.filter(({ healthy }) => healthy).length ?? 0,
            DesiredInstanceCount: variant?.containers.length ?? planned.InitialInstanceCount,
          }),
    };
  });
}
