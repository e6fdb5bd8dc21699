import * as grpc from "@grpc/grpc-js";
import { ResourceMonitorClient } from "@pulumi/pulumi/proto/resource_grpc_pb";
import { RegisterResourceOutputsRequest, RegisterResourceRequest, type RegisterResourceResponse } from "@pulumi/pulumi/proto/resource_pb";
import { ConstructResponse, type ConstructRequest } from "@pulumi/pulumi/proto/provider_pb";
import type { Properties } from "./catalogue";
import { imageOf } from "./image";
import { propertiesOf, structOf } from "./wire";
import { vpcOf } from "./vpc";

/** A component that is being made on behalf of a program, and what stands below it. */
export interface Construction {
  /** Logical name of the component. */
  readonly name: string;
  readonly inputs: Properties;
  /** Registers a resource. @param parent URN; the component where it is not given. */
  register(type: string, name: string, inputs: Properties, parent?: string): Promise<Built>;
}

export interface Built {
  readonly urn: string;
  /** Empty in a preview. */
  readonly id: string;
  readonly state: Properties;
}

/** What a component says of itself: its outputs, and of each the resources that it comes from. */
export interface Constructed {
  readonly state: Properties;
  readonly comesFrom: { readonly [output: string]: readonly Built[] };
}

const components: { readonly [type: string]: (construction: Construction) => Promise<Constructed> } = { "awsx:ecr:Image": imageOf, "awsx:ec2:Vpc": vpcOf };

/** Makes one of awsx's components, as its provider would: with the engine, on behalf of the program. */
export async function construct(request: ConstructRequest): Promise<ConstructResponse> {
  const make = components[request.getType()];
  if (make === undefined) throw new Error(`the stand-in provider cannot construct "${request.getType()}"`);
  const monitor = new ResourceMonitorClient(request.getMonitorendpoint(), grpc.credentials.createInsecure());
  try {
    const component = new RegisterResourceRequest();
    component.setType(request.getType());
    component.setName(request.getName());
    component.setParent(request.getParent());
    component.setRetainondelete(request.getRetainondelete() ?? false);
    const urn = (await registered(monitor, component)).getUrn();
    const { state, comesFrom } = await make({
      name: request.getName(),
      inputs: propertiesOf(request.getInputs()),
      register: async (type, name, inputs, parent = urn) => {
        const child = new RegisterResourceRequest();
        child.setType(type);
        child.setName(name);
        child.setParent(parent);
        child.setCustom(true);
        child.setObject(structOf(inputs));
        const built = await registered(monitor, child);
        return { urn: built.getUrn(), id: built.getId(), state: propertiesOf(built.getObject()) };
      },
    });
    await registerOutputs(monitor, urn, state);

    const response = new ConstructResponse();
    response.setUrn(urn);
    response.setState(structOf(state));
    for (const [output, resources] of Object.entries(comesFrom)) {
      const dependencies = new ConstructResponse.PropertyDependencies();
      dependencies.setUrnsList(resources.map((built) => built.urn));
      response.getStatedependenciesMap().set(output, dependencies);
    }
    return response;
  } finally {
    monitor.close();
  }
}

function registered(monitor: ResourceMonitorClient, request: RegisterResourceRequest): Promise<RegisterResourceResponse> {
  return new Promise((resolve, reject) => {
    monitor.registerResource(request, (error, response) => (error ? reject(error) : resolve(response)));
  });
}

function registerOutputs(monitor: ResourceMonitorClient, urn: string, outputs: Properties): Promise<void> {
  const request = new RegisterResourceOutputsRequest();
  request.setUrn(urn);
  request.setOutputs(structOf(outputs));
  return new Promise((resolve, reject) => {
    monitor.registerResourceOutputs(request, (error) => (error ? reject(error) : resolve()));
  });
}
