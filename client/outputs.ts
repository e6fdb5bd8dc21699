import { readFile } from "node:fs/promises";
import { LOCAL_OUTPUTS_PATH } from "../contract/local";
import type { EndpointOutputs, EnvironmentOutputs, ModelOutputs, StackOutputs } from "../contract/outputs";
import { SlipwayError } from "./error";

/** Milliseconds; the answer is a few kilobytes over loopback. */
const LOCAL_TIMEOUT_MS = 5_000;

/** The outputs of a stack that `npm start` runs at `url`. */
export async function fetchLocalOutputs(url: URL): Promise<StackOutputs> {
  const address = new URL(LOCAL_OUTPUTS_PATH, url);
  const unreadable = (what: string, cause?: unknown): SlipwayError =>
    new SlipwayError("outputs-unreadable", `${address.href} ${what}`, { cause });
  let response: Response;
  let text: string;
  try {
    response = await fetch(address, { signal: AbortSignal.timeout(LOCAL_TIMEOUT_MS), redirect: "error" });
    text = await response.text();
  } catch (error) {
    throw unreadable(`does not answer: ${reason(error)}`, error);
  }
  if (!response.ok) throw unreadable(`answers ${response.status}: is it a local Slipway stack?`);
  return parseOutputs(text, address.href);
}

/** The outputs in a file that `pulumi stack output --json` wrote. */
export async function readOutputsFile(path: string | URL): Promise<StackOutputs> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    throw new SlipwayError("outputs-unreadable", `cannot read ${String(path)}: ${reason(error)}`, { cause: error });
  }
  return parseOutputs(text, String(path));
}

function parseOutputs(text: string, source: string): StackOutputs {
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch (error) {
    throw new SlipwayError("outputs-invalid", `${source} is not JSON: ${reason(error)}`, { cause: error });
  }
  return checkOutputs(value, source);
}

/**
 * Holds a value against the shape of `StackOutputs`, as far as the client relies
 * on it. Fields it does not know are left alone, so that newer outputs of the same
 * version still serve.
 */
export function checkOutputs(value: unknown, source: string): StackOutputs {
  const fail = (what: string): never => {
    throw new SlipwayError("outputs-invalid", `${source}: ${what}`);
  };
  const object = (candidate: unknown, path: string): Record<string, unknown> => {
    if (typeof candidate !== "object" || candidate === null || Array.isArray(candidate)) fail(`${path} is not an object`);
    return candidate as Record<string, unknown>;
  };
  const text = (candidate: unknown, path: string): void => {
    if (typeof candidate !== "string" || candidate === "") fail(`${path} is not a text`);
  };
  const endpoint = (candidate: unknown, path: string): void => {
    const { endpointName, variants } = object(candidate, path) as Partial<EndpointOutputs>;
    text(endpointName, `${path}.endpointName`);
    if (!Array.isArray(variants) || variants.some((variant) => typeof variant !== "string")) {
      fail(`${path}.variants is not a list of names`);
    }
  };

  const environment = (candidate: unknown, path: string): void => {
    const { environmentName, url, tokenSecretArn, version } = object(candidate, path) as Partial<EnvironmentOutputs>;
    for (const [field, value] of Object.entries({ environmentName, tokenSecretArn, version })) text(value, `${path}.${field}`);
    const address = typeof url === "string" && URL.canParse(url) ? new URL(url) : undefined;
    if (address === undefined || !["http:", "https:"].includes(address.protocol)) fail(`${path}.url is not a web address`);
  };

  const outputs = object(value, "the document");
  if (outputs["outputsVersion"] === undefined) fail("outputsVersion is missing: give all outputs of the stack, not `models` alone");
  if (outputs["outputsVersion"] !== 1) fail(`outputsVersion is ${JSON.stringify(outputs["outputsVersion"])}; this client knows 1`);
  text(outputs["stack"], "stack");
  for (const [name, candidate] of Object.entries(object(outputs["models"], "models"))) {
    const path = `models.${name}`;
    const model = object(candidate, path) as Partial<ModelOutputs>;
    text(model.region, `${path}.region`);
    text(model.contractSha256, `${path}.contractSha256`);
    const serving = object(model.serving, `${path}.serving`) as ModelOutputs["serving"];
    if (serving.async !== undefined) {
      for (const field of ["inputUri", "outputUri"] as const) text(serving.async[field], `${path}.serving.async.${field}`);
      const { timeoutSeconds, requestTtlSeconds } = object(serving.async.invocation, `${path}.serving.async.invocation`);
      if (typeof timeoutSeconds !== "number" || typeof requestTtlSeconds !== "number") fail(`${path}.serving.async.invocation does not hold two numbers`);
    }
    if (serving.beanstalk !== undefined) environment(serving.beanstalk, `${path}.serving.beanstalk`);
    if (model.fallback !== undefined) environment(model.fallback, `${path}.fallback`);
    if (serving.multiModel !== undefined) {
      for (const [version, key] of Object.entries(object(serving.multiModel.targets, `${path}.serving.multiModel.targets`))) text(key, `${path}.serving.multiModel.targets.${version}`);
    }
    for (const mode of endpointModes) if (serving[mode] !== undefined) endpoint(serving[mode], `${path}.serving.${mode}`);
  }
  return value as StackOutputs;
}

const endpointModes = ["realtime", "serverless", "async", "multiModel"] as const;
const mainModes = ["realtime", "serverless", "async"] as const;

/** The endpoint that a model's traffic goes to; a model has at most one. */
export function mainEndpointOf(model: ModelOutputs): EndpointOutputs | undefined {
  return mainModes.map((mode) => model.serving[mode]).find((endpoint) => endpoint !== undefined);
}

function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // fetch says "fetch failed" and keeps what happened in the cause.
  return error.cause instanceof Error && error.cause.message !== "" ? error.cause.message : codeOf(error.cause) ?? error.message;
}

function codeOf(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | undefined)?.code;
  return typeof code === "string" ? code : undefined;
}
