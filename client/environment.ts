import type { EnvironmentOutputs } from "../contract/outputs";
import { SlipwayError } from "./error";
import type { Tokens } from "./token";
import { LINES_TYPE, type Call, type Transport } from "./transport";

export interface EnvironmentSettings {
  readonly environment: EnvironmentOutputs;
  readonly region: string;
  readonly tokens: Tokens;
  readonly servedBy: "environment" | "fallback";
}

/** An Elastic Beanstalk environment as a way to get an answer: HTTP, with its token. */
export function environmentTransport(settings: EnvironmentSettings): Transport {
  const { environment, region, tokens, servedBy } = settings;
  const { url, environmentName, tokenSecretArn, version } = environment;

  const post = async (call: Call, accept: string, signal: AbortSignal): Promise<Response> => {
    const token = await tokens.get(tokenSecretArn, region);
    const response = await exchange(`${url}/invocations`, call, { accept, token }, signal);
    const { status, headers } = response;
    if (status < 300) return response;
    // The container's own words travel as SageMaker would carry them; anything else is the load balancer's.
    const text = await response.text();
    if (/\bjson\b/i.test(headers.get("content-type") ?? "")) throw Object.assign(new Error(`the environment answered ${status}`), { name: "ModelError", OriginalStatusCode: status, OriginalMessage: text });
    throw Object.assign(new Error(`the load balancer of the environment answered ${status}`), { name: "", $metadata: { httpStatusCode: status } });
  };

  /** A token that was changed in its secret is read once more; the same one again is refused for good. */
  const ask = async (call: Call, accept: string, signal: AbortSignal): Promise<Response> => {
    const before = await tokens.get(tokenSecretArn, region);
    try {
      return await post(call, accept, signal);
    } catch (error) {
      if ((error as { OriginalStatusCode?: unknown }).OriginalStatusCode !== 401) throw error;
      tokens.forget(tokenSecretArn);
      if ((await tokens.get(tokenSecretArn, region)) === before) throw error;
      return post(call, accept, signal);
    }
  };
  const about = ({ headers }: Response) => {
    const requestId = headers.get("x-request-id");
    return { variant: version, ...(requestId === null ? {} : { requestId }) };
  };

  return {
    target: environmentName,
    servedBy,
    send: async (call, signal) => {
      const response = await ask(call, "application/json", signal);
      return { ...about(response), body: new Uint8Array(await reached(url, call, signal, () => response.arrayBuffer())) };
    },
    stream: async (call, signal) => {
      // Only an answer to HEAD, or a status without a body, has none (https://fetch.spec.whatwg.org/#concept-body).
      const response = await ask(call, LINES_TYPE, signal);
      return { ...about(response), pieces: response.body! };
    },
  };
}

const exchange = (url: string, call: Call, { accept, token }: { readonly accept: string; readonly token: string }, signal: AbortSignal): Promise<Response> =>
  reached(url, call, signal, () =>
    fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json", accept, authorization: `Bearer ${token}` },
      body: new Uint8Array(call.body),
      signal,
      // The token goes to the address of the outputs and to no other.
      redirect: "error",
    }),
  );

async function reached<Result>(url: string, call: Call, signal: AbortSignal, step: () => Promise<Result>): Promise<Result> {
  try {
    return await step();
  } catch (error) {
    if (signal.aborted) throw error;
    const { cause } = error as { cause?: unknown };
    throw new SlipwayError("connection-failed", `${url} does not answer: ${cause instanceof Error ? cause.message || cause.name : String(error)}`, { model: call.model, cause: error });
  }
}
