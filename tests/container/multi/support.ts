import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { heldBytes } from "../../../container/src/core/models/memory";
import type { Json } from "../../../contract/json";
import { EVERY_VERSION } from "../../../contract/serve-spec";
import { copyArtifact, readManifest, writeManifest } from "../support/artifacts";
import { extractDemo, type Running, start, temporaryFolder } from "../support/container";

export interface Api {
  readonly running: Running;
  load(name: string, url: string): Promise<ApiReply>;
  unload(name: string): Promise<ApiReply>;
  invoke(name: string, request: unknown, headers?: Record<string, string>): Promise<ApiReply>;
  get(path: string): Promise<ApiReply>;
  names(): Promise<string[]>;
}

export interface ApiReply {
  readonly status: number;
  readonly body: { readonly [field: string]: Json } & { readonly error?: { readonly code: string; readonly message: string } };
}

/** The real container as SageMaker starts it under `Mode: MultiModel`. */
export async function startMany(environment: Record<string, string> = {}): Promise<Api> {
  const running = await start({ modelDirectory: "/nowhere", spec: { version: EVERY_VERSION, artifact: { uri: EVERY_VERSION, sha256: EVERY_VERSION }, settings: { threads: 1 } }, environment: { SAGEMAKER_MULTI_MODEL: "true", ...environment } });
  const ask = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<ApiReply> => {
    const response = await fetch(`${running.url}${path}`, { method, headers: { "content-type": "application/json", ...headers }, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    const text = await response.text();
    return { status: response.status, body: (text === "" ? {} : JSON.parse(text)) as ApiReply["body"] };
  };
  const of = (name: string): string => `/models/${encodeURIComponent(name)}`;
  return {
    running,
    load: (name, url) => ask("POST", "/models", { model_name: name, url }),
    unload: (name) => ask("DELETE", of(name)),
    invoke: (name, request, headers) => ask("POST", `${of(name)}/invoke`, request, headers),
    get: (path) => ask("GET", path),
    names: async () => ((await ask("GET", "/models")).body.models as { modelName: string }[]).map(({ modelName }) => modelName),
  };
}

/** The demo artifact, unpacked as SageMaker unpacks it, under the name of a version. */
export async function versions(...names: readonly string[]): Promise<{ readonly [version: string]: string }> {
  const folder = temporaryFolder();
  const made = names.map(async (version): Promise<[string, string]> => {
    const target = join(folder, version, "model");
    mkdirSync(target, { recursive: true });
    await extractDemo(target);
    writeManifest(target, { ...readManifest(target), version });
    return [version, target];
  });
  return Object.fromEntries(await Promise.all(made));
}

/** The processes that a container has started, by the system's own books. */
export const childrenOf = (pid: number): number[] =>
  readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry))
    .filter((entry) => {
      try {
        return new RegExp(`^PPid:\\s+${pid}$`, "m").test(readFileSync(`/proc/${entry}/status`, "utf8"));
      } catch {
        return false;
      }
    })
    .map(Number);

/** What a container and all its models hold. Bytes. */
export const heldByAll = (pid: number): number => [pid, ...childrenOf(pid)].reduce((sum, each) => sum + (heldBytes(each) ?? 0), 0);

export const copyOf = (url: string): string => copyArtifact(url, temporaryFolder());
