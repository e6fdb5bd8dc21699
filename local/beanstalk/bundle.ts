import { strFromU8, unzipSync } from "fflate";

/** What a bundle says, as an instance reads it. */
export interface Bundle {
  readonly image: string;
  readonly artifact: { readonly uri: string; readonly sha256: string };
  readonly tokenSecretArn: string;
  /** The serve spec as text; undefined for an image of the owner's own. */
  readonly spec: string | undefined;
  /** Folder on the instance → where the container sees it. */
  readonly volumes: readonly { readonly host: string; readonly container: string }[];
  /** What nginx is told. */
  readonly maxBodyBytes: number;
  readonly timeoutMs: number;
}

/** @throws Error with what is wrong; a bundle is ours from end to end, so that is a mistake of ours. */
export function readBundle(zip: Uint8Array): Bundle {
  const files = unzipSync(zip);
  const text = (path: string): string => {
    const bytes = files[path];
    if (bytes === undefined) throw new Error(`the bundle has no ${path}`);
    return strFromU8(bytes);
  };
  const run = JSON.parse(text("Dockerrun.aws.json")) as {
    readonly AWSEBDockerrunVersion: string;
    readonly Image: { readonly Name: string };
    readonly Volumes: readonly { readonly HostDirectory: string; readonly ContainerDirectory: string }[];
  };
  if (run.AWSEBDockerrunVersion !== "1") throw new Error(`Dockerrun.aws.json is of version ${run.AWSEBDockerrunVersion}`);
  const host = JSON.parse(text("slipway/host.json")) as Pick<Bundle, "artifact" | "tokenSecretArn">;
  const nginx = text(".platform/nginx/conf.d/slipway.conf");
  const directive = (pattern: RegExp): number => {
    const found = pattern.exec(nginx)?.[1];
    if (found === undefined) throw new Error(`slipway.conf says nothing of ${pattern.source}`);
    return Number(found);
  };
  return {
    image: run.Image.Name,
    artifact: host.artifact,
    tokenSecretArn: host.tokenSecretArn,
    spec: files["slipway/spec.json"] === undefined ? undefined : text("slipway/spec.json"),
    volumes: run.Volumes.map(({ HostDirectory, ContainerDirectory }) => ({ host: HostDirectory, container: ContainerDirectory })),
    maxBodyBytes: directive(/^client_max_body_size (\d+)m;$/m) * 1024 * 1024,
    timeoutMs: directive(/^proxy_read_timeout (\d+)s;$/m) * 1000,
  };
}
