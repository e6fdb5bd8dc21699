import * as pulumi from "@pulumi/pulumi";
import { getCallerIdentityOutput } from "@pulumi/aws/getCallerIdentity";
import { getSubnetsOutput } from "@pulumi/aws/ec2/getSubnets";
import { getVpcOutput } from "@pulumi/aws/ec2/getVpc";
import { getSolutionStackOutput } from "@pulumi/aws/elasticbeanstalk/getSolutionStack";
import { getPartitionOutput } from "@pulumi/aws/getPartition";
import type { Fact, PlannedResource, Ref } from "../contract/resources";
import type { Component } from "./component";
import { constructors } from "./constructors";
import { evaluate, type Lookup } from "./markers";

/**
 * Turns planned resources into Pulumi resources, each once, each after those it
 * refers to. A plan that contradicts itself is a mistake of ours, not of the
 * person who wrote a descriptor: it throws.
 */
export class StackBuilder implements Lookup {
  private readonly planned = new Map<string, PlannedResource>();
  private readonly created = new Map<string, pulumi.Resource>();
  private readonly underWay = new Set<string>();
  private readonly facts = new Map<Fact["$fact"], pulumi.Output<string>>();

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

  output({ $ref, output, item, after }: Ref): pulumi.Output<unknown> {
    const value = (this.resource($ref) as unknown as Record<string, unknown>)[output];
    if (!pulumi.Output.isInstance(value)) throw new Error(`the resource "${$ref}" has no output "${output}"`);
    if (item === undefined && after === undefined) return value;
    return value.apply((known: unknown) => partOf(known, `${$ref}.${output}`, item, after));
  }

  fact(name: Fact["$fact"]): pulumi.Output<string> {
    const known = this.facts.get(name) ?? readFact[name]();
    this.facts.set(name, known);
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
    const resource = construct(planned.type, name, evaluate(planned.inputs, this), this.options(planned));
    this.underWay.delete(name);
    this.created.set(name, resource);
    return resource;
  }

  private options({ name, parent, autoNamed, dependsOn, retainOnDelete, ignoreChanges }: PlannedResource): pulumi.ResourceOptions {
    const owner = this.owners.get(parent);
    if (owner === undefined) throw new Error(`the owner "${parent}" of "${name}" is neither a model of the plan nor "shared"`);
    return {
      ...owner.childOptions(name, autoNamed),
      ...(dependsOn === undefined ? {} : { dependsOn: dependsOn.map((other) => this.resource(other)) }),
      ...(retainOnDelete === undefined ? {} : { retainOnDelete }),
      ...(ignoreChanges === undefined ? {} : { ignoreChanges: [...ignoreChanges] }),
    };
  }
}

/** One item of a list, and of it what stands after a text. */
function partOf(known: unknown, where: string, item: number | undefined, after: string | undefined): unknown {
  const value: unknown = item === undefined ? known : (known as readonly unknown[] | undefined)?.[item];
  if (after === undefined) return value;
  const [, rest] = String(value).split(after, 2);
  if (rest === undefined) throw new Error(`${where} is ${JSON.stringify(value)}, and holds no "${after}"`);
  return rest;
}

/** Docker on Amazon Linux 2023: `64bit Amazon Linux 2023 v4.7.0 running Docker`. Old names vanish, so none is written down. */
const DOCKER_PLATFORM = "^64bit Amazon Linux 2023 v4\\.[0-9.]+ running Docker$";

const defaultVpcId = (): pulumi.Output<string> => getVpcOutput({ default: true }).id;

const readFact: { readonly [Name in Fact["$fact"]]: () => pulumi.Output<string> } = {
  accountId: () => getCallerIdentityOutput().accountId,
  defaultSubnetIds: () =>
    getSubnetsOutput({ filters: [{ name: "vpc-id", values: [defaultVpcId()] }, { name: "default-for-az", values: ["true"] }] }).ids.apply((ids) => [...ids].sort().join(",")),
  defaultVpcId,
  dockerPlatform: () => getSolutionStackOutput({ mostRecent: true, nameRegex: DOCKER_PLATFORM }).name,
  partition: () => getPartitionOutput().partition,
};

/** The one place where a planned type meets its class; `constructors.ts` has checked that their inputs fit. */
function construct(type: PlannedResource["type"], name: string, inputs: unknown, options: pulumi.ResourceOptions): pulumi.Resource {
  const Constructor = constructors[type] as new (name: string, inputs: unknown, options: pulumi.ResourceOptions) => pulumi.Resource;
  return new Constructor(name, inputs, options);
}
