import * as pulumi from "@pulumi/pulumi";
import { getCallerIdentityOutput } from "@pulumi/aws/getCallerIdentity";
import { getManagedPrefixListOutput } from "@pulumi/aws/ec2/getManagedPrefixList";
import { getSubnetsOutput } from "@pulumi/aws/ec2/getSubnets";
import { getVpcOutput } from "@pulumi/aws/ec2/getVpc";
import { getSolutionStackOutput } from "@pulumi/aws/elasticbeanstalk/getSolutionStack";
import { getPartitionOutput } from "@pulumi/aws/getPartition";
import { getRegionOutput } from "@pulumi/aws/getRegion";
import type { Fact, PlannedResource, Ref } from "../contract/resources";
import type { Component } from "./component";
import { constructors } from "./constructors";
import { evaluate, type Lookup } from "./markers";
import { RegionalProviders } from "./regions";

/**
 * Turns planned resources into Pulumi resources, each once, each after those it
 * refers to. A plan that contradicts itself is a mistake of ours, not of the
 * person who wrote a descriptor: it throws.
 */
export class StackBuilder {
  private readonly planned = new Map<string, PlannedResource>();
  private readonly created = new Map<string, pulumi.Resource>();
  private readonly underWay = new Set<string>();
  private readonly facts = new Map<string, pulumi.Output<string>>();
  private readonly providers = new RegionalProviders();

  /** @param owners the components by their names: what `parent` of a planned resource points at. */
  constructor(
    resources: readonly PlannedResource[],
    private readonly owners: ReadonlyMap<string, Component>,
  ) {
    for (const resource of resources) {
      if (this.planned.has(resource.name)) throw new Error(`two planned resources are named "${resource.name}"`);
      this.planned.set(resource.name, resource);
    }
  }

  /** Creates every planned resource that does not exist yet. */
  build(): void {
    for (const name of this.planned.keys()) this.resource(name);
  }

  /** What stands behind the markers of a resource in a region; undefined: the stack's own. */
  lookup(region?: string): Lookup {
    return { output: (reference) => this.output(reference), fact: (name) => this.fact(name, region) };
  }

  private output({ $ref, output, ...part }: Ref): pulumi.Output<unknown> {
    const value = (this.resource($ref) as unknown as Record<string, unknown>)[output];
    if (!pulumi.Output.isInstance(value)) throw new Error(`the resource "${$ref}" has no output "${output}"`);
    return Object.keys(part).length === 0 ? value : value.apply((known: unknown) => partOf(known, `${$ref}.${output}`, part));
  }

  private fact(name: Fact["$fact"], region: string | undefined): pulumi.Output<string> {
    const { read, isRegional } = factReaders[name];
    const place = isRegional ? region : undefined;
    const key = `${name} ${place ?? ""}`;
    const known = this.facts.get(key) ?? read({ provider: this.providers.in(place) });
    this.facts.set(key, known);
    return known;
  }

  private resource(name: string): pulumi.Resource {
    return this.created.get(name) ?? this.create(name);
  }

  private create(name: string): pulumi.Resource {
    const planned = this.planned.get(name);
    if (planned === undefined) throw new Error(`nothing in the plan is named "${name}"`);
    if (this.underWay.has(name)) throw new Error(`planned resources refer to each other in a circle: ${[...this.underWay, name].join(" → ")}`);
    this.underWay.add(name);
    const resource = construct(planned.type, name, evaluate(planned.inputs, this.lookup(planned.region)), this.options(planned));
    this.underWay.delete(name);
    this.created.set(name, resource);
    return resource;
  }

  private options({ name, parent, region, autoNamed, dependsOn, protect, retainOnDelete, deleteTimeout, ignoreChanges }: PlannedResource): pulumi.CustomResourceOptions {
    const provider = this.providers.in(region);
    const owner = this.owners.get(parent);
    if (owner === undefined) throw new Error(`the owner "${parent}" of "${name}" is neither a model of the plan nor "shared"`);
    return {
      ...owner.childOptions(name, autoNamed),
      ...(provider === undefined ? {} : { provider }),
      ...(dependsOn === undefined ? {} : { dependsOn: dependsOn.map((other) => this.resource(other)) }),
      ...(protect === undefined ? {} : { protect }),
      ...(retainOnDelete === undefined ? {} : { retainOnDelete }),
      ...(deleteTimeout === undefined ? {} : { customTimeouts: { delete: deleteTimeout } }),
      ...(ignoreChanges === undefined ? {} : { ignoreChanges: [...ignoreChanges] }),
    };
  }
}

/** What a reference asks for of an output. While it is unknown, so is its part. */
function partOf(known: unknown, where: string, { item, after, ids, listed }: Omit<Ref, "$ref" | "output">): unknown {
  // A resource whose class this program does not load arrives as its id.
  if (ids) return (known as readonly (string | { readonly id: unknown })[]).map((resource) => (typeof resource === "string" ? resource : resource.id));
  if (listed) return [...(known as readonly string[])].sort().join(",");
  const value: unknown = item === undefined ? known : (known as readonly unknown[] | undefined)?.[item];
  if (after === undefined) return value;
  const [, rest] = String(value).split(after, 2);
  if (rest === undefined) throw new Error(`${where} is ${JSON.stringify(value)}, and holds no "${after}"`);
  return rest;
}

/** Docker on Amazon Linux 2023: `64bit Amazon Linux 2023 v4.7.0 running Docker`. Old names vanish, so none is written down. */
const DOCKER_PLATFORM = "^64bit Amazon Linux 2023 v4\\.[0-9.]+ running Docker$";

interface FactReader {
  readonly read: (options: pulumi.InvokeOutputOptions) => pulumi.Output<string>;
  /** Whether it is another in each region. */
  readonly isRegional: boolean;
}

const defaultVpcId: FactReader["read"] = (options) => getVpcOutput({ default: true }, options).id;

const factReaders: { readonly [Name in Fact["$fact"]]: FactReader } = {
  accountId: { isRegional: false, read: () => getCallerIdentityOutput().accountId },
  defaultSubnetIds: {
    isRegional: true,
    read: (options) =>
      getSubnetsOutput({ filters: [{ name: "vpc-id", values: [defaultVpcId(options)] }, { name: "default-for-az", values: ["true"] }] }, options).ids.apply((ids) => [...ids].sort().join(",")),
  },
  defaultVpcId: { isRegional: true, read: defaultVpcId },
  dockerPlatform: { isRegional: true, read: (options) => getSolutionStackOutput({ mostRecent: true, nameRegex: DOCKER_PLATFORM }, options).name },
  partition: { isRegional: false, read: () => getPartitionOutput().partition },
  s3PrefixListId: { isRegional: true, read: (options) => getManagedPrefixListOutput({ name: pulumi.interpolate`com.amazonaws.${getRegionOutput({}, options).region}.s3` }, options).id },
};

/** The one place where a planned type meets its class; `constructors.ts` has checked that their inputs fit. */
function construct(type: PlannedResource["type"], name: string, inputs: unknown, options: pulumi.ResourceOptions): pulumi.Resource {
  const Constructor = constructors[type] as new (name: string, inputs: unknown, options: pulumi.ResourceOptions) => pulumi.Resource;
  return new Constructor(name, inputs, options);
}
