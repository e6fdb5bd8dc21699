import type { BeanstalkServing } from "../modes/beanstalk/schema";
import type { ModeName } from "../../contract/runtimes";
import type { ResolvedModel } from "../types";

/** What a network is for: it decides which subnets, groups and endpoints are made. */
export interface NetworkUses {
  /** Whether a model has its network interfaces in it. */
  readonly models: boolean;
  /** The load balancers of its environments, by who reaches them: the ports that they listen at. */
  readonly balancers: { readonly [Exposure in BeanstalkServing["exposure"]]: readonly number[] };
}

/** Modes whose containers take a VPC. Serverless ones take none: https://docs.aws.amazon.com/sagemaker/latest/dg/serverless-endpoints.html */
const modesInside: readonly ModeName[] = ["async", "batch", "multiModel", "realtime"];
export const takesNetwork = (mode: ModeName): boolean => modesInside.includes(mode);

export const environmentsOf = ({ serving, fallback }: ResolvedModel): readonly BeanstalkServing[] =>
  [serving.beanstalk, fallback?.beanstalk].flatMap((settings) => (settings === undefined ? [] : [settings as BeanstalkServing]));

/** @param models those that are served in the region. */
export function usesOf(models: readonly ResolvedModel[]): NetworkUses {
  const environments = models.flatMap(environmentsOf);
  const ports = (exposure: BeanstalkServing["exposure"]): number[] =>
    [...new Set(environments.filter((each) => each.exposure === exposure).map(({ certificate }) => (certificate === null ? 80 : 443)))].sort((a, b) => a - b);
  return { models: models.some(({ serving }) => modesInside.some((mode) => serving[mode] !== undefined)), balancers: { internal: ports("internal"), public: ports("public") } };
}

export const hasEnvironments = ({ balancers }: NetworkUses): boolean => balancers.internal.length + balancers.public.length > 0;
export const isUsed = (uses: NetworkUses): boolean => uses.models || hasEnvironments(uses);
