import type { EnvironmentOutputs } from "../contract/outputs";
import { SlipwayError } from "./error";
import type { Tokens } from "./token";
import type { Call, RawAnswer, Transport } from "./transport";

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

  const post = async (call: Call, signal: AbortSignal): Promise<RawAnswer> => {
    const token = await tokens.get(tokenSecretArn, region);
    const { status, text, isJson, requestId } = await exchange(`${url}/invocations`, call, token, signal);
    const ids = requestId === null ? {} : { requestId };
    if (status < 300) return { body: new TextEncoder().encode(text), variant: version, ...ids };
    // The container's own words travel as SageMaker would carry them; anything else is the load balancer's.
    if (isJson) throw Object.assign(new Error(`the environment answered ${status}`), { name: "ModelError", OriginalStatusCode: status, OriginalMessage: text });
    throw Object.assign(new Error(`the load balancer of the environment answered ${status}`), { name: "", $metadata: { httpStatusCode: status } });
  };

  return {
    target: environmentName,
    servedBy,
    send: async (call, signal) => {
      const before = await tokens.get(tokenSecretArn, region);
      try {
        return await post(call, signal);
      } catch (error) {
        if ((error as { OriginalStatusCode?: unknown }).OriginalStatusCode !== 401) throw error;
        // A token that was changed in its secret is read once more; the same one again is refused for good.
        tokens.forget(tokenSecretArn);
        if ((await tokens.get(tokenSecretArn, region)) === before) throw error;
        return post(call, signal);
      }
    },
  };
}

async function exchange(url: string, call: Call, token: string, signal: AbortSignal): Promise<{ status: number; text: string; isJson: boolean; requestId: string | null }> {
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json", accept: "application/json", authorization: `Bearer ${token}` },
      body: new Uint8Array(call.body),
      signal,
      // The token goes to the address of the outputs and to no other.
      redirect: "error",
    });
    const { status, headers } = response;
    return { status, text: await response.text(), isJson: /\bjson\b/i.test(headers.get("content-type") ?? ""), requestId: headers.get("x-request-id") };
  } catch (error) {
    if (signal.aborted) throw error;
    const { cause } = error as { cause?: unknown };
    throw new SlipwayError("connection-failed", `${url} does not answer: ${cause instanceof Error ? cause.message || cause.name : String(error)}`, { model: call.model, cause: error });
  }
}
