import * as pulumi from "@pulumi/pulumi";
import { isDeepStrictEqual } from "node:util";
import type { StackPlan } from "../../../contract/plan";
import type { Properties } from "../../engine/provider/catalogue";
import { zipped } from "../../../components/archive";
import { PASSWORD, PLATFORM, prefixListIn, subnetsIn, vpcIn } from "../../engine/provider/invoked";
import { place, stateOf, type Recorded } from "./record";

/** What the deployment would say of itself in a region. */
const factsOf = (region: string) => ({ accountId: place.accountId, partition: "aws", defaultVpcId: vpcIn(region), defaultSubnetIds: subnetsIn(region).join(","), dockerPlatform: PLATFORM, s3PrefixListId: prefixListIn(region) });

/**
 * What a plan must become, worked out from the plan alone: this is a second
 * reading of the markers, written apart from components/, to hold it against.
 */
export function expected(plan: StackPlan): Recorded[] {
  const planned = [...plan.shared, ...plan.models.flatMap(({ resources }) => resources)];
  const byName = new Map(planned.map((resource) => [resource.name, resource]));

  const valueIn = (region: string) => (value: unknown): unknown => {
    const valueOf = valueIn(region);
    if (Array.isArray(value)) return value.map(valueOf);
    if (typeof value !== "object" || value === null) return value;
    const marker = value as { $ref?: string; output?: string; item?: number; after?: string; ids?: true; listed?: true; $join?: unknown[]; $json?: unknown; $fact?: keyof ReturnType<typeof factsOf>; $archive?: unknown; $generated?: { length: number } };
    if (marker.$ref !== undefined) {
      const target = byName.get(marker.$ref)!;
      const output = marker.output === "id" ? `${target.name}-id` : stateOf(target.type, target.name, valueIn(target.region ?? place.region)(target.inputs) as Properties, target.region)[marker.output!];
      if (marker.ids === true) return (output as { id: string }[]).map(({ id }) => id);
      if (marker.listed === true) return (output as string[]).toSorted().join(",");
      const item = marker.item === undefined ? output : (output as unknown[])[marker.item];
      return marker.after === undefined ? item : (item as string).slice((item as string).indexOf(marker.after) + marker.after.length);
    }
    if (marker.$join !== undefined) return marker.$join.map(valueOf).join("");
    if (marker.$json !== undefined) return JSON.stringify(sorted(valueOf(marker.$json)));
    if (marker.$fact !== undefined) return factsOf(region)[marker.$fact];
    if (marker.$archive !== undefined) return zipped(valueOf(marker.$archive) as { readonly [path: string]: string });
    if (marker.$generated !== undefined) return PASSWORD.repeat(marker.$generated.length);
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, valueOf(member)]));
  };

  return [
    component("slipway:index:SharedResources", "shared"),
    // What an explicit provider says by itself, beside its region.
    ...[...new Set(planned.flatMap(({ region }) => region ?? []))].map((region) => ({
      ...component("pulumi:providers:aws", region),
      inputs: { region, skipCredentialsValidation: "false", skipRegionValidation: "true" },
    })),
    ...plan.models.map(({ name }) => component("slipway:index:ServedModel", name)),
    ...planned.map((resource) => ({
      type: resource.type,
      name: resource.name,
      parent: resource.parent,
      region: resource.region ?? "",
      inputs: uploaded(valueIn(resource.region ?? place.region)(resource.inputs) as Properties),
      // The SDK makes the value of every parameter a secret, whatever it holds.
      secrets: resource.type === "aws:ssm/parameter:Parameter" ? ["value"] : resource.type === "aws:secretsmanager/secretVersion:SecretVersion" ? ["secretString"] : [],
      dependencies: [...new Set([...(resource.dependsOn ?? []), ...mentioned(resource.inputs)])].sort(),
      protect: resource.protect ?? false,
      retainOnDelete: resource.retainOnDelete ?? false,
      deleteTimeout: resource.deleteTimeout ?? "",
      ignoreChanges: resource.ignoreChanges ?? [],
    })),
  ];

  function component(type: string, name: string): Recorded {
    return { type, name, parent: `slipway-${plan.stack}`, region: "", inputs: {}, secrets: [], dependencies: [], protect: false, retainOnDelete: false, deleteTimeout: "", ignoreChanges: [] };
  }
}

/** Everything in which two lists of resources are not the same, whatever their order: `name: what`. */
export function differences(actual: readonly Recorded[], wanted: readonly Recorded[]): string[] {
  const named = (list: readonly Recorded[]): Map<string, Recorded> => new Map(list.map((resource) => [`${resource.type} ${resource.name}`, resource]));
  const [is, should] = [named(actual), named(wanted)];
  return [
    ...(actual.length === is.size ? [] : ["a resource is registered twice"]),
    ...[...should.keys()].filter((key) => !is.has(key)).map((key) => `${key}: missing`),
    ...[...is.keys()].filter((key) => !should.has(key)).map((key) => `${key}: not in the plan`),
    ...[...is].flatMap(([key, resource]) => {
      const other = should.get(key);
      if (other === undefined) return [];
      return (Object.keys(other) as (keyof Recorded)[])
        .filter((part) => !isDeepStrictEqual(resource[part], other[part]))
        .map((part) => `${key}: ${part} is ${JSON.stringify(resource[part])}, not ${JSON.stringify(other[part])}`);
    }),
  ];
}

/** A file of the repository goes to the engine as an asset, by its path. */
function uploaded({ file, ...inputs }: Properties): Properties {
  return file === undefined ? inputs : { ...inputs, source: { [pulumi.runtime.specialSigKey]: pulumi.runtime.specialAssetSig, __pulumiAsset: true, path: file } };
}

/** Names in every `$ref` of planned data. */
function mentioned(value: unknown): string[] {
  return [...JSON.stringify(value).matchAll(/"\$ref":"([^"]+)"/g)].map(([, name]) => name!);
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, member]) => [key, sorted(member)]));
}
