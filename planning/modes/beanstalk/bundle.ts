import { jsonDocument, ref, type Marker } from "../../../contract/resources";
import { downloadHook, pruneHook } from "./hooks";
import { nginxConfiguration } from "./nginx";

/** Folder on the instance that the hooks write, and where the container sees it. Read-only inside. */
export const HOST_SERVE_FOLDER = "/opt/slipway/serve";
export const SERVE_FOLDER = "/opt/ml/slipway";
export const SPEC_FILE = `${SERVE_FOLDER}/spec.json`;
export const TOKEN_FILE = `${SERVE_FOLDER}/token`;
/** Where SageMaker puts a model; the image looks nowhere else. */
export const MODEL_FOLDER = "/opt/ml/model";
/** One folder for each artifact, named by its sha256: a new one never touches what still serves. */
export const hostModelFolder = (sha256: string): string => `/opt/slipway/models/${sha256}`;

/** SageMaker's port, which the image listens at. */
const CONTAINER_PORT = "8080";

export interface BundleRequest {
  /** Digest-pinned. */
  readonly image: string | Marker;
  readonly artifact: { readonly uri: string | Marker; readonly sha256: string };
  /** The serve spec as text; undefined for an image of the owner's own. */
  readonly spec: string | undefined;
  /** Logical name of the secret that holds the token. */
  readonly tokenSecret: string;
  readonly region: string;
  readonly timeoutSeconds: number;
  readonly maxBodyMiB: number;
}

/**
 * What Elastic Beanstalk deploys, as files by their path in the archive.
 *
 * `Dockerrun.aws.json` of version 1, and no compose file: compose switches the
 * platform's nginx off, and with it the request metrics of enhanced health
 * (https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/create_deploy_docker.container.console.html).
 * The instance fetches artifact and token before the container starts, so the
 * container needs no AWS credentials and gets none: the metadata service keeps
 * its hop limit of 1, which ends at the instance.
 */
export function bundleFiles(request: BundleRequest): { readonly [path: string]: string | Marker } {
  const { image, artifact, spec, tokenSecret, region, timeoutSeconds, maxBodyMiB } = request;
  return {
    ".platform/hooks/postdeploy/10_slipway.sh": pruneHook,
    ".platform/hooks/prebuild/10_slipway.sh": downloadHook,
    ".platform/nginx/conf.d/slipway.conf": nginxConfiguration({ timeoutSeconds, maxBodyMiB }),
    "Dockerrun.aws.json": jsonDocument({
      AWSEBDockerrunVersion: "1",
      Image: { Name: image, Update: "true" },
      Ports: [{ ContainerPort: CONTAINER_PORT }],
      Volumes: [
        { HostDirectory: hostModelFolder(artifact.sha256), ContainerDirectory: MODEL_FOLDER },
        { HostDirectory: HOST_SERVE_FOLDER, ContainerDirectory: SERVE_FOLDER },
      ],
      // Appended to the image's entry point, as SageMaker does.
      Command: "serve",
    }),
    "slipway/host.json": jsonDocument({ artifact: { sha256: artifact.sha256, uri: artifact.uri }, region, tokenSecretArn: ref(tokenSecret, "arn") }),
    ...(spec === undefined ? {} : { "slipway/spec.json": spec }),
  };
}
