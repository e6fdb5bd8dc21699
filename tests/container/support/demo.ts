import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as tar from "tar";
import { parse } from "yaml";
import type { Json, JsonSchema } from "../../../contract/json";
import type { RuntimeName } from "../../../contract/runtimes";
import { root, type Running, start, temporaryFolder } from "./container";

const demos = {
  "omnisearch-clip": { runtime: "clip-embed", folder: "omnisearch-clip" },
  "scin-search": { runtime: "image-search", folder: "scin-search" },
  "stygig-clip": { runtime: "clip-recommend", folder: "stygig-clip/v4" },
} as const satisfies { readonly [model: string]: { readonly runtime: RuntimeName; readonly folder: string } };

export type DemoName = keyof typeof demos;

export interface Contract {
  readonly request: JsonSchema;
  readonly response: JsonSchema;
  readonly examples: readonly { readonly name: string; readonly request: { readonly [field: string]: Json }; readonly response: Json }[];
}

export const contractOf = (name: DemoName): Contract => parse(readFileSync(join(root, `registry/contracts/${name}.yaml`), "utf8")) as Contract;

export const sample = (file: string): Buffer => readFileSync(join(root, "registry/demo/samples", file));

/** A demo artifact, unpacked as SageMaker lays it out. */
export async function unpackDemo(name: DemoName): Promise<string> {
  const folder = temporaryFolder();
  await tar.extract({ file: join(root, "registry/demo", demos[name].folder, "model.tar.gz"), cwd: folder });
  return folder;
}

export interface DemoOptions {
  readonly settings?: { readonly [name: string]: Json };
  readonly maxBodyBytes?: number;
  readonly environment?: Record<string, string>;
  readonly folder?: string;
}

/** The real container with a demo artifact, ready; ended after the suite. */
export async function startDemo(name: DemoName, { settings = {}, maxBodyBytes = 6 * 2 ** 20, environment = {}, folder }: DemoOptions = {}): Promise<Running> {
  const running = await start({
    modelDirectory: folder ?? (await unpackDemo(name)),
    environment,
    spec: {
      model: name,
      version: "v4",
      runtime: demos[name].runtime,
      settings: { threads: 1, ...settings },
      request: contractOf(name).request,
      limits: { timeoutSeconds: 20, maxBodyBytes },
    },
  });
  await running.ready();
  return running;
}

export interface RawReply {
  readonly status: number;
  readonly type: string | null;
  readonly bytes: Buffer;
  readonly body: Record<string, Json> & { readonly error?: { readonly code: string; readonly message: string; readonly path?: string } };
}

/** A body as it is, under a content type. */
export async function send(running: { url: string }, body: Uint8Array | string | FormData, type?: string, headers: Record<string, string> = {}, path = "/invocations"): Promise<RawReply> {
  const response = await fetch(`${running.url}${path}`, { method: "POST", body, headers: { ...(type === undefined ? {} : { "content-type": type }), ...headers } });
  const bytes = Buffer.from(await response.arrayBuffer());
  const contentType = response.headers.get("content-type");
  return { status: response.status, type: contentType, bytes, body: contentType?.startsWith("application/json") ? (JSON.parse(bytes.toString("utf8")) as RawReply["body"]) : {} };
}

export const cosine = (a: readonly number[], b: readonly number[]): number => {
  const dot = (x: readonly number[], y: readonly number[]): number => x.reduce((sum, value, at) => sum + value * y[at]!, 0);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
};
