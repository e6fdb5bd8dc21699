import * as grpc from "@grpc/grpc-js";
import { ResourceMonitorClient } from "@pulumi/pulumi/proto/resource_grpc_pb";
import { RegisterResourceOutputsRequest, RegisterResourceRequest, type RegisterResourceResponse } from "@pulumi/pulumi/proto/resource_pb";
import { ConstructResponse, type ConstructRequest } from "@pulumi/pulumi/proto/provider_pb";
import type { Properties } from "./catalogue";
import { holdsUnknown, propertiesOf, structOf, UNKNOWN } from "./wire";

/**
 * `awsx:ecr:Image` as awsx 3.9 makes it: a component with one docker-build
 * image below it, and the digest-pinned URI as its output.
 */
export async function constructImage(request: ConstructRequest): Promise<ConstructResponse> {
  if (request.getType() !== "awsx:ecr:Image") throw new Error(`the stand-in provider cannot construct "${request.getType()}"`);
  const monitor = new ResourceMonitorClient(request.getMonitorendpoint(), grpc.credentials.createInsecure());
  try {
    const inputs = propertiesOf(request.getInputs());
    const component = new RegisterResourceRequest();
    component.setType(request.getType());
    component.setName(request.getName());
    component.setParent(request.getParent());
    component.setRetainondelete(request.getRetainondelete() ?? false);
    const urn = (await register(monitor, component)).getUrn();

    const image = new RegisterResourceRequest();
    image.setType("docker-build:index:Image");
    image.setName(String(inputs.imageTag));
    image.setParent(urn);
    image.setCustom(true);
    image.setObject(structOf(buildInputs(inputs)));
    const built = await register(monitor, image);

    const { digest } = propertiesOf(built.getObject());
    const state = { imageUri: holdsUnknown([digest, inputs.repositoryUrl]) || digest === undefined ? UNKNOWN : `${String(inputs.repositoryUrl)}@${String(digest)}` };
    await registerOutputs(monitor, urn, state);

    const response = new ConstructResponse();
    response.setUrn(urn);
    response.setState(structOf(state));
    const imageUriComesFrom = new ConstructResponse.PropertyDependencies();
    imageUriComesFrom.setUrnsList([built.getUrn()]);
    response.getStatedependenciesMap().set("imageUri", imageUriComesFrom);
    return response;
  } finally {
    monitor.close();
  }
}

function buildInputs({ repositoryUrl, imageTag, context, dockerfile, platform }: Properties): Properties {
  return {
    tags: [repositoryUrl === UNKNOWN ? UNKNOWN : `${String(repositoryUrl)}:${String(imageTag)}`],
    context: { location: context },
    dockerfile: { location: dockerfile },
    platforms: [platform],
    push: true,
  };
}

function register(monitor: ResourceMonitorClient, request: RegisterResourceRequest): Promise<RegisterResourceResponse> {
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
