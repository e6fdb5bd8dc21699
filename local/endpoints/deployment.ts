import type { EndpointConfig, ProductionVariant } from "../control/store";

/** What one variant of a fleet is to be, once config and live properties are taken together. Pure. */
export interface DesiredVariant {
  readonly name: string;
  readonly modelName: string;
  readonly weight: number;
  readonly instances: number;
  readonly serverless?: { readonly MemorySizeInMB: number; readonly MaxConcurrency: number };
  readonly startupTimeoutSeconds: number;
}

/** Live properties of a variant that an update may keep. */
export interface LiveVariant {
  readonly name: string;
  readonly weight: number;
  readonly instances: number;
  readonly serverless: boolean;
}

/**
 * How long a container may take to become healthy when the config does not
 * say: SageMaker waits 8 minutes, a serverless container must be there in 3.
 * Sources: https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-inference-code.html
 *          https://docs.aws.amazon.com/sagemaker/latest/dg/serverless-endpoints-invoke.html
 */
const DEFAULT_STARTUP_SECONDS = 480;
const SERVERLESS_STARTUP_SECONDS = 180;

export const desiredVariants = ({ ProductionVariants }: EndpointConfig): DesiredVariant[] => ProductionVariants.map(desiredVariant);

function desiredVariant(variant: ProductionVariant): DesiredVariant {
  return {
    name: variant.VariantName,
    modelName: variant.ModelName!,
    weight: variant.InitialVariantWeight ?? 1,
    // A serverless variant is one process here: the container serves its requests side by side.
    instances: variant.ServerlessConfig ? 1 : (variant.InitialInstanceCount ?? 1),
    ...(variant.ServerlessConfig ? { serverless: variant.ServerlessConfig } : {}),
    startupTimeoutSeconds: startupTimeout(variant),
  };
}

/**
 * The variant that gets copies of requests. Its weight by that of the variant that answers is the share that is copied,
 * which is 1 in AWS's own example: https://docs.aws.amazon.com/sagemaker/latest/dg/model-shadow-deployment.html
 */
export function desiredShadow({ ProductionVariants: [production], ShadowProductionVariants: [shadow] = [] }: EndpointConfig): { readonly variant: DesiredVariant; readonly share: number } | undefined {
  if (shadow === undefined) return undefined;
  const variant = desiredVariant(shadow);
  const weight = production?.InitialVariantWeight ?? 1;
  return { variant, share: weight > 0 ? Math.min(1, variant.weight / weight) : 0 };
}

function startupTimeout(variant: ProductionVariant): number {
  return variant.ContainerStartupHealthCheckTimeoutInSeconds ?? (variant.ServerlessConfig ? SERVERLESS_STARTUP_SECONDS : DEFAULT_STARTUP_SECONDS);
}

/** Keeps the live weights and counts over an update, for the variants that both fleets have. */
export function retainProperties(
  desired: readonly DesiredVariant[],
  live: readonly LiveVariant[],
  excluded: ReadonlySet<string>,
): DesiredVariant[] {
  return desired.map((variant) => {
    const before = live.find(({ name }) => name === variant.name);
    if (!before) return variant;
    return {
      ...variant,
      weight: excluded.has("DesiredWeight") ? variant.weight : before.weight,
      instances: excluded.has("DesiredInstanceCount") || variant.serverless || before.serverless ? variant.instances : before.instances,
    };
  });
}
