import type { Json } from "../../contract/json";
import { hasLocalStorage } from "../../contract/instance-storage";
import type { EndpointOutputs } from "../../contract/outputs";
import { ref, type AsyncInferenceConfig, type DataCaptureConfig, type Planned, type PlannedResource, type ProductionVariant } from "../../contract/resources";
import { EVERY_VERSION, SPEC_VARIABLE_PREFIX, encodeServeSpec, type ServeSpec } from "../../contract/serve-spec";
import { artifactOf } from "../artifact-objects";
import { dataUri } from "../data-bucket";
import { keyArn, type KeyUse } from "../key";
import { limits } from "../limits";
import { contentHash, logicalName, physicalName, variantName } from "../naming";
import { placeContent } from "../places";
import { modelPlacement } from "../network/placement";
import { deploymentConfig, planRollbackAlarms, rollbackAlarmNames } from "../rollout/alarms";
import { computesOnGpu, GPU_MACHINE_IMAGE, imageOf } from "../images";
import { runtimes } from "../runtimes";
import { tagsOf } from "../shared";
import type { ResolvedModel, ResolvedRollout, StackFacts, TrafficShare } from "../types";
import type { ModeIssue } from "./mode";

/** What every SageMaker endpoint is made of, whichever mode it serves in. */
export interface EndpointRequest {
  readonly model: ResolvedModel;
  readonly facts: StackFacts;
  readonly limits: ServeSpec["limits"];
  /** What a variant runs on: instances, or memory. */
  readonly capacityOf: (share: TrafficShare) => Omit<ProductionVariant, "variantName" | "modelName" | "initialVariantWeight">;
  /** One model over a prefix of artifacts and one variant, in place of those of each version in the traffic. */
  readonly everyVersion?: EveryVersion;
  /** A queue in front of the variants. */
  readonly asyncInference?: Planned<AsyncInferenceConfig>;
  /** A version that gets copies of requests; its weight is its share of them, by the weight of the one that answers. */
  readonly shadow?: TrafficShare;
  /** Copies of requests and answers in the data bucket. */
  readonly capture?: Planned<DataCaptureConfig>;
  /** Its containers are SageMaker's to place: they take neither a VPC nor isolation from networks. */
  readonly serverless?: true;
  /** How it moves to another config, for the kinds of endpoint that SageMaker guards while they move. */
  readonly rollout?: ResolvedRollout;
}

export interface EveryVersion {
  /** Below the stack's data bucket. */
  readonly prefix: string;
  /** Whether a version stays in memory for the next request. */
  readonly cache: boolean;
  /** What the container is told beside the spec. */
  readonly environment: { readonly [name: string]: string };
}

/** The one variant of an endpoint that serves every version. */
export const EVERY_VERSION_VARIANT = "all";

export interface PlannedEndpoint {
  readonly endpointName: string;
  /** Logical name of the endpoint. */
  readonly endpoint: string;
  readonly resources: readonly PlannedResource[];
  readonly outputs: Planned<EndpointOutputs>;
  /** Names of the alarms that take a rollout back; none where it has no rollout. */
  readonly rollbackAlarms: readonly string[];
  /** What the model's role does with the stack's key. */
  readonly keyUses: readonly KeyUse[];
  readonly issues: readonly ModeIssue[];
}

/** Logical names of what each model has once, whatever its modes. */
export const modelNames = (model: string): { readonly role: string; readonly rolePolicy: string } => ({
  role: logicalName(model, "execution-role"),
  rolePolicy: logicalName(model, "execution-policy"),
});

/** What sets the endpoint of every version apart from the one that the traffic goes to: a model may have both. */
const partOf = ({ everyVersion }: Pick<EndpointRequest, "everyVersion">): readonly string[] => (everyVersion === undefined ? [] : ["versions"]);

/**
 * Model per version, endpoint config, endpoint. The first two cannot be changed
 * once made, so their names end in a hash of what they hold: another content is
 * another resource beside the old one, and nothing is replaced under a live
 * endpoint (https://github.com/hashicorp/terraform-provider-aws/pull/48993).
 * They stay in AWS for a rollback, so Pulumi's own suffix keeps content that
 * comes back apart from what was kept.
 */
export function planEndpoint(request: EndpointRequest): PlannedEndpoint {
  const { model, facts } = request;
  const part = partOf(request);
  const endpointName = physicalName("aws:sagemaker/endpoint:Endpoint", [model.name, facts.stack, ...part]);
  const shares = request.everyVersion === undefined ? model.traffic : [{ version: EVERY_VERSION_VARIANT, weight: 1 }];
  const models = shares.map((share) => planModelOf(request, share));
  const variantOf = ({ share, resource }: PlannedModel) => ({
    // Always set: the provider makes up a random name otherwise, and alarms, scaling and callers lose the variant.
    variantName: variantName(share.version),
    modelName: resource.name,
    initialVariantWeight: share.weight,
    ...request.capacityOf(share),
    ...(computesOnGpu(model, request.capacityOf(share).instanceType) ? { inferenceAmiVersion: GPU_MACHINE_IMAGE } : {}),
  });
  const variants = models.map(variantOf);
  const shadow = request.shadow === undefined ? undefined : planModelOf(request, request.shadow);

  // One key for all disks of a config, and no disk of it may be built in. A serverless one keeps none.
  const encrypted = request.serverless !== true && ![...variants, ...(shadow === undefined ? [] : [variantOf(shadow)])].some(({ instanceType }) => instanceType !== undefined && hasLocalStorage(instanceType));

  const besides = {
    ...(encrypted ? { kmsKeyArn: keyArn(facts) } : {}),
    ...(request.asyncInference === undefined ? {} : { asyncInferenceConfig: request.asyncInference }),
    ...(request.capture === undefined ? {} : { dataCaptureConfig: request.capture }),
    ...(shadow === undefined ? {} : { shadowProductionVariants: [variantOf(shadow)] }),
  };
  const hash = contentHash(Object.keys(besides).length === 0 ? variants : ({ variants, ...besides } as unknown as Json));
  const config = physicalName("aws:sagemaker/endpointConfiguration:EndpointConfiguration", [model.name, facts.stack], hash);
  const endpoint = logicalName(model.name, ...part, "endpoint");
  const guarded = { model, facts, part, endpointName, config, variantNames: variants.map(({ variantName }) => variantName) };
  return {
    endpointName,
    endpoint,
    resources: [
      ...models.map(({ resource }) => resource),
      ...(shadow === undefined ? [] : [shadow.resource]),
      {
        type: "aws:sagemaker/endpointConfiguration:EndpointConfiguration",
        name: config,
        parent: model.name,
        inputs: {
          productionVariants: variants.map((variant, index) => ({ ...variant, modelName: ref(models[index]!.resource.name, "name") })),
          ...besides,
          ...(shadow === undefined ? {} : { shadowProductionVariants: [{ ...variantOf(shadow), modelName: ref(shadow.resource.name, "name") }] }),
          tags: tagsOf(facts, model),
        },
        autoNamed: true,
        retainOnDelete: true,
      },
      // Before the endpoint, which names them: they watch what it is about to move to.
      ...(request.rollout === undefined ? [] : planRollbackAlarms(guarded)),
      {
        type: "aws:sagemaker/endpoint:Endpoint",
        name: endpoint,
        parent: model.name,
        inputs: {
          name: endpointName,
          endpointConfigName: ref(config, "name"),
          ...(request.rollout === undefined ? {} : { deploymentConfig: deploymentConfig(model, request.rollout, part) }),
          tags: tagsOf(facts, model),
        },
        // SageMaker cleans up with the role's rights, so the policy outlives the endpoint:
        // https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DeleteEndpoint.html
        dependsOn: [modelNames(model.name).rolePolicy],
      },
    ],
    outputs: {
      endpointName: ref(endpoint, "name"),
      endpointConfigName: ref(config, "name"),
      variants: variants.map((variant) => variant.variantName),
    },
    rollbackAlarms: request.rollout === undefined ? [] : rollbackAlarmNames(model.name, facts.stack, part),
    keyUses: encrypted ? ["volumes"] : [],
    issues: [...[...models, ...(shadow === undefined ? [] : [shadow])].flatMap(({ issues }) => issues)],
  };
}

/** A version as SageMaker knows it. */
export interface PlannedModel {
  readonly share: TrafficShare;
  readonly resource: PlannedResource;
  readonly issues: readonly ModeIssue[];
}

/**
 * The SageMaker model of one version.
 * @param purpose part of its name where the same version is also served in another way, with other limits.
 */
export function planModelOf(request: Pick<EndpointRequest, "everyVersion" | "model" | "facts" | "limits" | "serverless"> & Partial<Pick<EndpointRequest, "capacityOf">>, share: TrafficShare, purpose?: string): PlannedModel {
  const { model, facts } = request;
  const { everyVersion } = request;
  const { artifact, sha256 } = (everyVersion === undefined ? model.versions[share.version] : undefined) ?? { artifact: EVERY_VERSION, sha256: EVERY_VERSION };
  const environment = environmentOf(request, share, { uri: artifact, sha256 });
  const instanceType = request.capacityOf?.(share).instanceType;
  const placement = request.serverless ? undefined : modelPlacement(facts);
  const isolated = request.serverless !== true && everyVersion === undefined && model.runtime !== null && !runtimes[model.runtime].reachesS3;
  const hash = contentHash({
    artifact,
    sha256,
    environment,
    // The digest is known only once the image is pushed; the hash of its sources stands for it.
    image: model.container?.image ?? facts.imageSourceSha256,
    ...placeContent(facts),
    ...(computesOnGpu(model, instanceType) ? { target: "gpu" } : {}),
    ...(everyVersion === undefined ? {} : { prefix: everyVersion.prefix, cache: everyVersion.cache }),
    ...(placement === undefined ? {} : { network: placement.content }),
    ...(isolated ? { isolated } : {}),
  });
  const { role, rolePolicy } = modelNames(model.name);
  return {
    share,
    resource: {
      type: "aws:sagemaker/model:Model",
      name: physicalName("aws:sagemaker/model:Model", [model.name, facts.stack, share.version, ...(purpose === undefined ? [] : [purpose])], hash),
      parent: model.name,
      inputs: {
        executionRoleArn: ref(role, "arn"),
        primaryContainer: {
          image: imageOf(model, instanceType),
          modelDataUrl: everyVersion === undefined ? artifactOf(model, share.version).uri : dataUri(everyVersion.prefix),
          environment,
          ...(everyVersion === undefined ? {} : { mode: "MultiModel", multiModelConfig: { modelCacheSetting: everyVersion.cache ? "Enabled" : "Disabled" } }),
        },
        ...(placement === undefined ? {} : { vpcConfig: placement.vpcConfig }),
        // It computes on what it was given, and calls nobody: https://docs.aws.amazon.com/sagemaker/latest/dg/mkt-algo-model-internet-free.html
        ...(isolated ? { enableNetworkIsolation: true } : {}),
        tags: tagsOf(facts, model),
      },
      // SageMaker tries the role when the model is made.
      dependsOn: [rolePolicy, ...(placement?.dependsOn ?? [])],
      autoNamed: true,
      retainOnDelete: true,
      // A build of the same sources may get another digest; the name already carries the sources.
      ignoreChanges: ["primaryContainer.image"],
    },
    issues: environmentIssues(environment, share.version),
  };
}

/** The serve spec as environment variables; an image of the owner's own gets none. */
function environmentOf(request: Pick<EndpointRequest, "everyVersion" | "model" | "limits">, share: TrafficShare, artifact: ServeSpec["artifact"]): { readonly [name: string]: string } {
  const { model, everyVersion } = request;
  if (model.runtime === null) return {};
  const spec = encodeServeSpec({
    specVersion: 1,
    model: model.name,
    version: everyVersion === undefined ? share.version : EVERY_VERSION,
    runtime: model.runtime,
    settings: model.settings,
    artifact,
    request: model.contract.request,
    contractSha256: model.contract.sha256,
    limits: request.limits,
  });
  return { ...spec, ...everyVersion?.environment };
}

function environmentIssues(environment: { readonly [name: string]: string }, version: string): ModeIssue[] {
  const limit = limits.environmentBytes;
  const bytes = Object.entries(environment).reduce((sum, [name, value]) => sum + name.length + value.length, 0);
  if (bytes <= limit.value) return [];
  return [
    {
      code: "environment-too-large",
      path: "/contract",
      message: `the serve spec of ${version} takes ${bytes} bytes of environment (${SPEC_VARIABLE_PREFIX}…), and a SageMaker model takes ${limit.value}`,
      hint: "shorten the descriptions in the contract's request schema, or share parts of it with $ref",
      source: limit.source,
    },
  ];
}
