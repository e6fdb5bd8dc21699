import { isDeepStrictEqual } from "node:util";
import { catalogue, type Place, type Properties, type TypeRule } from "./catalogue";
import { holdsUnknown, UNKNOWN } from "./wire";

/** One change made to the account, in the order they were made. */
export interface Change {
  readonly action: "create" | "update" | "delete";
  readonly type: string;
  readonly id: string;
  readonly region: string;
}

interface Kept {
  readonly type: string;
  readonly id: string;
  readonly region: string;
  readonly inputs: Properties;
}

/** What an account, or the world, has once of a name, whatever the region; an image names the registry that it is in. */
const isGlobal = (type: string): boolean => /^(aws:iam\/|aws:s3\/|aws:cloudwatch\/dashboard:|docker-build:)/.test(type);

/**
 * What the AWS provider writes in the state of whatever lives in a region, and makes anew where it changes:
 * https://registry.terraform.io/providers/hashicorp/aws/latest/docs/guides/enhanced-region-support
 */
const placeOf = (type: string, region: string): Properties => (/^aws:(?!iam\/|cloudwatch\/dashboard:)/.test(type) ? { region } : {});

const keyOf = (type: string, id: string, region: string): string => `${type} ${isGlobal(type) ? "" : region} ${id}`;

export interface Difference {
  readonly changed: readonly string[];
  readonly replacing: readonly string[];
}

/** An AWS account in memory: it keeps resources, numbers them, and refuses what AWS would refuse. */
export class Cloud {
  readonly changes: Change[] = [];
  private readonly resources = new Map<string, Kept>();

  /** @param place the account, and the stack's own region. */
  constructor(readonly place: Place) {}

  /** The inputs of every resource of a type, by id. */
  list(type: string, region?: string): Map<string, Properties> {
    return new Map([...this.resources.values()].filter((kept) => kept.type === type && (region === undefined || kept.region === region)).map(({ id, inputs }) => [id, inputs]));
  }

  /** Everything that is there. */
  all(): { readonly type: string; readonly id: string; readonly region: string }[] {
    return [...this.resources.values()].map(({ type, id, region }) => ({ type, id, region }));
  }

  /** Required inputs that are not there. */
  missing(type: string, inputs: Properties): string[] {
    return ruleOf(type).required.filter((path) => !present(inputs, path.split(".")));
  }

  /** @param state what the engine remembers of it, which says the region that it is in. */
  difference(type: string, olds: Properties, news: Properties, state: Properties, region: string): Difference {
    const moved = !isDeepStrictEqual(placeOf(type, region), placeOf(type, String(state.region)));
    const changed = [...new Set([...Object.keys(olds), ...Object.keys(news)])].filter((name) => !isDeepStrictEqual(olds[name], news[name])).sort();
    const { replacedBy } = ruleOf(type);
    const replacing = changed.filter((name) => (replacedBy === "all" ? name !== "tags" : replacedBy.includes(name)));
    return moved ? { changed: [...changed, "region"], replacing: [...replacing, "region"] } : { changed, replacing };
  }

  create(type: string, inputs: Properties, preview: boolean, region: string): { readonly id: string; readonly state: Properties } {
    const { id: idOf, outputs } = ruleOf(type);
    const id = idOf(inputs);
    const made = outputs(inputs, { ...this.place, region });
    const state = { ...inputs, ...placeOf(type, region), ...(holdsUnknown(inputs) || preview ? unknown(made) : made) };
    if (preview) return { id: "", state };
    if (this.kept(type, id, region) !== undefined) throw new Error(`Cannot create already existing ${type} "${id}"`);
    this.demandNeighbours(type, inputs, region);
    this.resources.set(keyOf(type, id, region), { type, id, region, inputs });
    this.changes.push({ action: "create", type, id, region });
    return { id, state };
  }

  read(type: string, id: string, region: string): { readonly inputs: Properties; readonly state: Properties } | undefined {
    const kept = this.kept(type, id, region);
    return kept === undefined ? undefined : { inputs: kept.inputs, state: { ...kept.inputs, ...placeOf(type, region), ...ruleOf(type).outputs(kept.inputs, { ...this.place, region }) } };
  }

  update(type: string, id: string, inputs: Properties, preview: boolean, region: string): Properties {
    if (!preview) {
      if (this.kept(type, id, region) === undefined) throw new Error(`Could not find ${type} "${id}" in ${region}`);
      this.demandNeighbours(type, inputs, region);
      this.resources.set(keyOf(type, id, region), { type, id, region, inputs });
      this.changes.push({ action: "update", type, id, region });
    }
    return { ...inputs, ...placeOf(type, region), ...ruleOf(type).outputs(inputs, { ...this.place, region }) };
  }

  delete(type: string, id: string, region: string): void {
    this.refuseWhileUsed(type, id, region);
    if (!this.resources.delete(keyOf(type, id, region))) throw new Error(`Could not find ${type} "${id}" in ${region}`);
    if (type === "aws:ecr/repository:Repository") this.imagesIn(id, region).forEach((tag) => this.resources.delete(keyOf("docker-build:index:Image", tag, region)));
    this.changes.push({ action: "delete", type, id, region });
  }

  private kept(type: string, id: string, region: string): Kept | undefined {
    return this.resources.get(keyOf(type, id, region));
  }

  private has(type: keyof typeof catalogue, id: unknown, region: string): boolean {
    return this.kept(type, String(id), region) !== undefined;
  }

  private demandNeighbours(type: string, inputs: Properties, region: string): void {
    if (type === "aws:sagemaker/model:Model") {
      const role = String(inputs.executionRoleArn).split("/").at(-1);
      const { image } = inputs.primaryContainer as { readonly image: string };
      if (!image.includes(`.ecr.${region}.`)) throw new Error(`ValidationException: the image "${image}" is not in ${region}`);
      if (!this.has("aws:iam/role:Role", role, region)) throw new Error(`ValidationException: could not assume role ${String(inputs.executionRoleArn)}`);
    }
    if (type === "aws:sagemaker/endpointConfiguration:EndpointConfiguration") {
      for (const { modelName } of inputs.productionVariants as { modelName: string }[]) {
        if (!this.has("aws:sagemaker/model:Model", modelName, region)) throw new Error(`ValidationException: Could not find model "${modelName}"`);
      }
    }
    if (type === "aws:sagemaker/endpoint:Endpoint" && !this.has("aws:sagemaker/endpointConfiguration:EndpointConfiguration", inputs.endpointConfigName, region)) {
      throw new Error(`ValidationException: Could not find endpoint configuration "${String(inputs.endpointConfigName)}"`);
    }
    if (type === "aws:appautoscaling/target:Target") {
      const [, endpoint] = String(inputs.resourceId).split("/");
      if (!this.has("aws:sagemaker/endpoint:Endpoint", endpoint, region)) throw new Error(`ValidationException: no endpoint "${endpoint}" to scale`);
    }
  }

  private refuseWhileUsed(type: string, id: string, region: string): void {
    if (type === "aws:sagemaker/endpointConfiguration:EndpointConfiguration") {
      const user = [...this.list("aws:sagemaker/endpoint:Endpoint", region)].find(([, endpoint]) => endpoint.endpointConfigName === id);
      // SageMaker itself lets it happen, and the endpoint cannot be updated any more.
      if (user !== undefined) throw new Error(`the endpoint configuration "${id}" is in use by the endpoint "${user[0]}"`);
    }
    if (type === "aws:ecr/repository:Repository" && this.kept(type, id, region)?.inputs.forceDelete !== true) {
      const [image] = this.imagesIn(id, region);
      if (image !== undefined) throw new Error(`RepositoryNotEmptyException: the repository "${id}" holds ${image}`);
    }
  }

  private imagesIn(repository: string, region: string): string[] {
    return [...this.list("docker-build:index:Image").keys()].filter((tag) => tag.includes(`.ecr.${region}.`) && tag.includes(`/${repository}:`));
  }
}

/** The rule of a type. A type that is not in the catalogue is a mistake of the test, not of the program. */
function ruleOf(type: string): TypeRule {
  const rule = (catalogue as { readonly [type: string]: TypeRule })[type];
  if (rule === undefined) throw new Error(`the stand-in provider does not know the type "${type}"`);
  return rule;
}

function present(value: unknown, path: readonly string[]): boolean {
  const [head, ...rest] = path;
  if (head === undefined) return value !== undefined && value !== null;
  if (Array.isArray(value)) return value.length > 0 && value.every((item) => present(item, path));
  if (value === UNKNOWN) return true;
  return typeof value === "object" && value !== null && present((value as Properties)[head], rest);
}

function unknown(outputs: Properties): Properties {
  return Object.fromEntries(Object.keys(outputs).map((name) => [name, UNKNOWN]));
}
