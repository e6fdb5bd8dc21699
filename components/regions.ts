import * as pulumi from "@pulumi/pulumi";
import { Provider, type ProviderArgs } from "@pulumi/aws/provider";

/** Settings of the `aws` package that are text; the others are JSON in a stack's configuration. */
const textSettings: ReadonlySet<string> = new Set<keyof ProviderArgs>([
  "accessKey",
  "customCaBundle",
  "ec2MetadataServiceEndpoint",
  "ec2MetadataServiceEndpointMode",
  "httpProxy",
  "httpsProxy",
  "noProxy",
  "profile",
  "retryMode",
  "s3UsEast1RegionalEndpoint",
  "secretKey",
  "stsRegion",
  "tagPolicyCompliance",
  "token",
]);

/**
 * One provider for each region beside the stack's own, made when the first
 * resource asks for it. The stack's own region keeps the default provider, so
 * that nothing of a stack in one region is different for there being others.
 */
export class RegionalProviders {
  private readonly providers = new Map<string, Provider>();

  /** @param region undefined for the stack's own, which needs none. */
  in(region: string | undefined): Provider | undefined {
    if (region === undefined) return undefined;
    const provider = this.providers.get(region) ?? new Provider(region, { ...stackSettings(), region });
    this.providers.set(region, provider);
    return provider;
  }
}

/**
 * What `Pulumi.<stack>.yaml` says to the default provider beside its region
 * (`aws:profile`, `aws:assumeRoles`, …): an explicit provider reads none of it
 * by itself, and would act with other credentials.
 */
function stackSettings(): ProviderArgs {
  const config = new pulumi.Config("aws");
  const names = Object.keys(pulumi.runtime.allConfig()).flatMap((key) => (key.startsWith("aws:") ? [key.slice("aws:".length)] : []));
  const known = names.filter((name) => name !== "region").sort();
  return Object.fromEntries(known.map((name) => [name, textSettings.has(name) ? config.get(name) : config.getObject(name)]));
}
