import * as pulumi from "@pulumi/pulumi";
import type { MockMonitor } from "@pulumi/pulumi/runtime/mocks";
import type { RegisterResourceOutputsRequest, RegisterResourceRequest } from "@pulumi/pulumi/proto/resource_pb";
import { invoked } from "../../engine/provider/invoked";
import { catalogue, withName, type Place, type Properties, type TypeRule } from "../../engine/provider/catalogue";

export const place: Place = { region: "us-east-1", accountId: "111122223333" };
export const imageUri = `${place.accountId}.dkr.ecr.${place.region}.amazonaws.com/slipway-dev@sha256:${"a".repeat(64)}`;

const madeNetwork = {
  vpcId: "vpc-0cccccccccccccccc",
  // In no order, as AWS gives them.
  privateSubnetIds: ["subnet-0dddddddddddddddd", "subnet-0cccccccccccccccc"],
  publicSubnetIds: ["subnet-0ffffffffffffffff", "subnet-0eeeeeeeeeeeeeeee"],
  routeTables: [{ id: "rtb-0cccccccccccccccc" }, { id: "rtb-0dddddddddddddddd" }],
};

/** A resource as the program registered it with the engine. */
export interface Recorded {
  readonly type: string;
  readonly name: string;
  /** Logical name of the parent; empty for the stack itself. */
  readonly parent: string;
  /** Region of the provider that it was given; empty for the stack's own. */
  readonly region: string;
  readonly inputs: Properties;
  /** Names of the inputs that are secret. */
  readonly secrets: readonly string[];
  /** Logical names, sorted. */
  readonly dependencies: readonly string[];
  readonly protect: boolean;
  readonly retainOnDelete: boolean;
  /** Empty: the provider's own. */
  readonly deleteTimeout: string;
  readonly ignoreChanges: readonly string[];
}

export interface Recording {
  /** Everything but the stack, in the order of registration. */
  readonly resources: readonly Recorded[];
  readonly outputs: Properties;
  /** What each component said of itself when it was whole, by its name. */
  readonly componentOutputs: ReadonlyMap<string, Properties>;
}

/** Runs a program under the Pulumi runtime, with a monitor that records instead of an engine that creates. */
export async function record(program: () => Properties | Promise<Properties>, config: { readonly [key: string]: string } = {}, stack = "dev"): Promise<Recording> {
  await pulumi.runtime.setMocks({ newResource, call }, "slipway", stack);
  pulumi.runtime.setAllConfig({ ...config });
  const { resources, outputs: componentOutputs } = watch(pulumi.runtime.getMonitor() as unknown as MockMonitor);
  let outputs: Properties;
  try {
    outputs = (await pulumi.runtime.runInPulumiStack(async () => program())) as Properties;
  } finally {
    // Waits for what is still on its way to the monitor.
    await pulumi.runtime.disconnect();
  }
  return { resources: resources.map(recorded).filter(({ type }) => type !== "pulumi:pulumi:Stack"), outputs, componentOutputs };
}

/** Where what is made with a provider is, as its reference says. */
export const regionOf = (provider: string | undefined): string => /[:$]pulumi:providers:aws::([a-z0-9-]+)::/.exec(provider ?? "")?.[1] ?? "";

const placeIn = (region: string): Place => (region === "" ? place : { ...place, region });

/** The state that the engine would answer with for a resource of these inputs. */
export function stateOf(type: string, logicalName: string, inputs: Properties, region = ""): Properties {
  if (type === "awsx:ecr:Image") return { ...inputs, imageUri: `${String(inputs.repositoryUrl)}@sha256:${"a".repeat(64)}` };
  if (type === "awsx:ec2:Vpc") return { ...inputs, ...madeNetwork };
  const named = withName(type, logicalName, inputs, "a1b2c3d");
  return { ...named, ...(catalogue as { readonly [type: string]: TypeRule })[type]?.outputs(named, placeIn(region)) };
}

function newResource({ type, name, inputs, provider }: pulumi.runtime.MockResourceArgs): pulumi.runtime.MockResourceResult {
  return { id: `${name}-id`, state: stateOf(type, name, inputs as Properties, regionOf(provider)) };
}

function call({ token, inputs, provider }: pulumi.runtime.MockCallArgs): pulumi.runtime.MockCallResult {
  return invoked(token, inputs as Properties, placeIn(regionOf(provider)));
}

/** The mocks of the SDK hand over type, name and inputs alone; parents, options and dependencies are in the request. */
function watch(monitor: MockMonitor): { readonly resources: RegisterResourceRequest[]; readonly outputs: Map<string, Properties> } {
  const resources: RegisterResourceRequest[] = [];
  const outputs = new Map<string, Properties>();
  const { registerResource, registerResourceOutputs } = monitor;
  monitor.registerResource = (request: RegisterResourceRequest, callback: never) => {
    resources.push(request);
    return registerResource.call(monitor, request, callback);
  };
  monitor.registerResourceOutputs = (request: RegisterResourceOutputsRequest, callback: never) => {
    outputs.set(nameOf(request.getUrn()), (request.getOutputs()?.toJavaScript() ?? {}));
    return registerResourceOutputs.call(monitor, request, callback);
  };
  return { resources, outputs };
}

function recorded(request: RegisterResourceRequest): Recorded {
  const inputs = (request.getObject()?.toJavaScript() ?? {}) as Properties;
  return {
    type: request.getType(),
    name: request.getName(),
    parent: nameOf(request.getParent()),
    // What is a component elsewhere gets its providers by package.
    region: regionOf(request.getProvider()) || regionOf(request.getProvidersMap().get("aws")),
    inputs: Object.fromEntries(Object.entries(inputs).map(([name, value]) => [name, pulumi.runtime.isRpcSecret(value) ? pulumi.runtime.unwrapRpcSecret(value) : value])),
    secrets: Object.keys(inputs).filter((name) => pulumi.runtime.isRpcSecret(inputs[name])),
    dependencies: [...new Set(request.getDependenciesList().map(nameOf))].sort(),
    protect: request.getProtect() ?? false,
    retainOnDelete: request.getRetainondelete() ?? false,
    deleteTimeout: request.getCustomtimeouts()?.getDelete() ?? "",
    ignoreChanges: request.getIgnorechangesList(),
  };
}

function nameOf(urn: string): string {
  return urn === "" ? "" : urn.split("::").slice(3).join("::");
}
