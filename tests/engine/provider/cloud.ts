import { isDeepStrictEqual } from "node:util";
import { catalogue, type Place, type Properties, type TypeRule } from "./catalogue";
import { holdsUnknown, UNKNOWN } from "./wire";

/** One change made to the account, in the order they were made. */
export interface Change {
  readonly action: "create" | "update" | "delete";
  readonly type: string;
  readonly id: string;
}

export interface Difference {
  readonly changed: readonly string[];
  readonly replacing: readonly string[];
}

/** An AWS account in memory: it keeps resources, numbers them, and refuses what AWS would refuse. */
export class Cloud {
  readonly changes: Change[] = [];
  private readonly resources = new Map<string, Properties>();

  constructor(readonly place: Place) {}

  /** The inputs of every resource of a type, by id. */
  list(type: string): Map<string, Properties> {
    const prefix = `${type} `;
    return new Map([...this.resources].filter(([key]) => key.startsWith(prefix)).map(([key, inputs]) => [key.slice(prefix.length), inputs]));
  }

  /** Everything that is there. */
  all(): { readonly type: string; readonly id: string }[] {
    return [...this.resources.keys()].map((key) => ({ type: key.slice(0, key.indexOf(" ")), id: key.slice(key.indexOf(" ") + 1) }));
  }

  /** Required inputs that are not there. */
  missing(type: string, inputs: Properties): string[] {
    return ruleOf(type).required.filter((path) => !present(inputs, path.split(".")));
  }

  difference(type: string, olds: Properties, news: Properties): Difference {
    const changed = [...new Set([...Object.keys(olds), ...Object.keys(news)])].filter((name) => !isDeepStrictEqual(olds[name], news[name])).sort();
    const { replacedBy } = ruleOf(type);
    return { changed, replacing: changed.filter((name) => (replacedBy === "all" ? name !== "tags" : replacedBy.includes(name))) };
  }

  create(type: string, inputs: Properties, preview: boolean): { readonly id: string; readonly state: Properties } {
    const { id: idOf, outputs } = ruleOf(type);
    const id = idOf(inputs);
    const state = { ...inputs, ...(holdsUnknown(inputs) || preview ? unknown(outputs(inputs, this.place)) : outputs(inputs, this.place)) };
    if (preview) return { id: "", state };
    if (this.resources.has(`${type} ${id}`)) throw new Error(`Cannot create already existing ${type} "${id}"`);
    this.demandNeighbours(type, inputs);
    this.resources.set(`${type} ${id}`, inputs);
    this.changes.push({ action: "create", type, id });
    return { id, state };
  }

  read(type: string, id: string): { readonly inputs: Properties; readonly state: Properties } | undefined {
    const inputs = this.resources.get(`${type} ${id}`);
    return inputs === undefined ? undefined : { inputs, state: { ...inputs, ...ruleOf(type).outputs(inputs, this.place) } };
  }

  update(type: string, id: string, inputs: Properties, preview: boolean): Properties {
    if (!preview) {
      if (!this.resources.has(`${type} ${id}`)) throw new Error(`Could not find ${type} "${id}"`);
      this.demandNeighbours(type, inputs);
      this.resources.set(`${type} ${id}`, inputs);
      this.changes.push({ action: "update", type, id });
    }
    return { ...inputs, ...ruleOf(type).outputs(inputs, this.place) };
  }

  delete(type: string, id: string): void {
    this.refuseWhileUsed(type, id);
    this.resources.delete(`${type} ${id}`);
    if (type === "aws:ecr/repository:Repository") this.imagesIn(id).forEach((tag) => this.resources.delete(`docker-build:index:Image ${tag}`));
    this.changes.push({ action: "delete", type, id });
  }

  private has(type: keyof typeof catalogue, id: unknown): boolean {
    return this.resources.has(`${type} ${String(id)}`);
  }

  private demandNeighbours(type: string, inputs: Properties): void {
    if (type === "aws:sagemaker/model:Model") {
      const role = String(inputs.executionRoleArn).split("/").at(-1);
      if (!this.has("aws:iam/role:Role", role)) throw new Error(`ValidationException: could not assume role ${String(inputs.executionRoleArn)}`);
    }
    if (type === "aws:sagemaker/endpointConfiguration:EndpointConfiguration") {
      for (const { modelName } of inputs.productionVariants as { modelName: string }[]) {
        if (!this.has("aws:sagemaker/model:Model", modelName)) throw new Error(`ValidationException: Could not find model "${modelName}"`);
      }
    }
    if (type === "aws:sagemaker/endpoint:Endpoint" && !this.has("aws:sagemaker/endpointConfiguration:EndpointConfiguration", inputs.endpointConfigName)) {
      throw new Error(`ValidationException: Could not find endpoint configuration "${String(inputs.endpointConfigName)}"`);
    }
    if (type === "aws:appautoscaling/target:Target") {
      const [, endpoint] = String(inputs.resourceId).split("/");
      if (!this.has("aws:sagemaker/endpoint:Endpoint", endpoint)) throw new Error(`ValidationException: no endpoint "${endpoint}" to scale`);
    }
  }

  private refuseWhileUsed(type: string, id: string): void {
    if (type === "aws:sagemaker/endpointConfiguration:EndpointConfiguration") {
      const user = [...this.list("aws:sagemaker/endpoint:Endpoint")].find(([, endpoint]) => endpoint.endpointConfigName === id);
      // SageMaker itself lets it happen, and the endpoint cannot be updated any more.
      if (user !== undefined) throw new Error(`the endpoint configuration "${id}" is in use by the endpoint "${user[0]}"`);
    }
    if (type === "aws:ecr/repository:Repository" && this.read(type, id)?.inputs.forceDelete !== true) {
      const [image] = this.imagesIn(id);
      if (image !== undefined) throw new Error(`RepositoryNotEmptyException: the repository "${id}" holds ${image}`);
    }
  }

  private imagesIn(repository: string): string[] {
    return [...this.list("docker-build:index:Image").keys()].filter((tag) => tag.includes(`/${repository}:`));
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
