import * as grpc from "@grpc/grpc-js";
import aws from "@pulumi/aws/package.json";
import awsx from "@pulumi/awsx/package.json";
import dockerBuild from "@pulumi/docker-build/package.json";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { ResourceProviderService, type IResourceProviderServer } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as messages from "@pulumi/pulumi/proto/provider_pb";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { withName, type Properties } from "./catalogue";
import type { Cloud } from "./cloud";
import { construct } from "./construct";
import { invoked } from "./invoked";
import { propertiesOf, structOf } from "./wire";

/**
 * The packages whose plugins are stood in for, which are programs of hundreds of
 * megabytes that act on a real account. A plugin has the version of its SDK.
 */
const packages = { aws, awsx, "docker-build": dockerBuild };
type PackageName = keyof typeof packages;

export interface Providers {
  /** For the CLI's environment: the engine attaches to what listens there in place of starting a plugin. */
  readonly environment: { readonly PULUMI_DEBUG_PROVIDERS: string };
  close(): void;
}

/** Serves one account as the Pulumi providers of every package that the program needs. */
export async function serveProviders(cloud: Cloud): Promise<Providers> {
  const servers = await Promise.all((Object.keys(packages) as PackageName[]).map((name) => serve(name, cloud)));
  return {
    environment: { PULUMI_DEBUG_PROVIDERS: servers.map(({ name, port }) => `${name}:${port}`).join(",") },
    close: () => servers.forEach(({ server }) => server.forceShutdown()),
  };
}

async function serve(name: PackageName, cloud: Cloud): Promise<{ readonly name: PackageName; readonly port: number; readonly server: grpc.Server }> {
  const server = new grpc.Server();
  server.addService(ResourceProviderService, handlers(name, cloud) as unknown as grpc.UntypedServiceImplementation);
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) => (error ? reject(error) : resolve(bound)));
  });
  return { name, port, server };
}

function handlers(name: PackageName, cloud: Cloud): Partial<IResourceProviderServer> {
  const regions = new Map<string, string>();
  const regionOf = (connection: string): string => regions.get(connection) ?? cloud.place.region;
  return {
    attach: answer(() => new Empty()),
    getPluginInfo: answer(() => {
      const response = new PluginInfo();
      response.setVersion(packages[name].version);
      return response;
    }),
    checkConfig: answer((request: messages.CheckRequest) => checked(propertiesOf(request.getNews()))),
    diffConfig: answer(() => new messages.DiffResponse()),
    // The engine opens one connection for each provider of the program: that is how they are told apart.
    configure: answer((request: messages.ConfigureRequest, connection) => {
      const region = propertiesOf(request.getArgs()).region ?? request.getVariablesMap().get("aws:config:region");
      regions.set(connection, typeof region === "string" ? region : cloud.place.region);
      const response = new messages.ConfigureResponse();
      response.setSupportspreview(true);
      // What constructs components must take secrets; `propertiesOf` opens them.
      response.setAcceptsecrets(true);
      return response;
    }),

    check: answer((request: messages.CheckRequest) => {
      const type = typeOf(request.getUrn());
      const suffix = Buffer.from(request.getRandomseed_asU8()).toString("hex");
      const inputs = withName(type, request.getName(), propertiesOf(request.getNews()), suffix, propertiesOf(request.getOlds()));
      return checked(inputs, cloud.missing(type, inputs));
    }),
    diff: answer((request: messages.DiffRequest, connection) => {
      const [inputs, news, state] = [request.getOldInputs(), request.getNews(), request.getOlds()].map(propertiesOf) as [Properties, Properties, Properties];
      const { changed, replacing } = cloud.difference(typeOf(request.getUrn()), inputs, news, state, regionOf(connection));
      const response = new messages.DiffResponse();
      const { DIFF_NONE, DIFF_SOME } = messages.DiffResponse.DiffChanges;
      response.setChanges(changed.length === 0 ? DIFF_NONE : DIFF_SOME);
      response.setDiffsList([...changed]);
      response.setReplacesList([...replacing]);
      return response;
    }),
    create: answer((request: messages.CreateRequest, connection) => {
      const { id, state } = cloud.create(typeOf(request.getUrn()), propertiesOf(request.getProperties()), request.getPreview(), regionOf(connection));
      const response = new messages.CreateResponse();
      response.setId(id);
      response.setProperties(structOf(state));
      return response;
    }),
    read: answer((request: messages.ReadRequest, connection) => {
      const found = cloud.read(typeOf(request.getUrn()), request.getId(), regionOf(connection));
      const response = new messages.ReadResponse();
      if (found === undefined) return response;
      response.setId(request.getId());
      response.setInputs(structOf(found.inputs));
      response.setProperties(structOf(found.state));
      return response;
    }),
    update: answer((request: messages.UpdateRequest, connection) => {
      const response = new messages.UpdateResponse();
      response.setProperties(structOf(cloud.update(typeOf(request.getUrn()), request.getId(), propertiesOf(request.getNews()), request.getPreview(), regionOf(connection))));
      return response;
    }),
    delete: answer((request: messages.DeleteRequest, connection) => {
      cloud.delete(typeOf(request.getUrn()), request.getId(), regionOf(connection));
      return new Empty();
    }),

    invoke: answer((request: messages.InvokeRequest, connection) => {
      const response = new messages.InvokeResponse();
      response.setReturn(structOf(invoked(request.getTok(), (request.getArgs()?.toJavaScript() ?? {}), { ...cloud.place, region: regionOf(connection) })));
      return response;
    }),
    construct: answer(construct),
  };
}

function checked(inputs: Properties, missing: readonly string[] = []): messages.CheckResponse {
  const response = new messages.CheckResponse();
  response.setInputs(structOf(inputs));
  response.setFailuresList(
    missing.map((property) => {
      const failure = new messages.CheckFailure();
      failure.setProperty(property);
      failure.setReason(`Missing required argument: "${property}"`);
      return failure;
    }),
  );
  return response;
}

/** `urn:pulumi:dev::slipway::slipway:index:ServedModel$aws:iam/role:Role::name` → `aws:iam/role:Role`. */
function typeOf(urn: string): string {
  return urn.split("::")[2]!.split("$").at(-1)!;
}

function answer<Request, Response>(respond: (request: Request, connection: string) => Response | Promise<Response>): grpc.handleUnaryCall<Request, Response> {
  return (call, callback) => {
    void (async () => respond(call.request, call.getPeer()))().then(
      (response) => callback(null, response),
      (error: Error) => callback({ code: grpc.status.UNKNOWN, details: error.message }),
    );
  };
}
