import { GetSecretValueCommand, type SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import type { Json } from "../../contract/json";
import type { EnvironmentState } from "./environments";

/** Calls an environment as an application does: with the token from its secret. @throws Error that quotes what was answered. */
export async function callEnvironment({ url, tokenSecretArn }: EnvironmentState, secrets: SecretsManagerClient, request: Json): Promise<Json> {
  const { SecretString: token } = await secrets.send(new GetSecretValueCommand({ SecretId: tokenSecretArn }));
  const response = await fetch(`${url}/invocations`, {
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/json", authorization: `Bearer ${token}` },
    body: JSON.stringify(request),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${response.status}: ${text.slice(0, 500)}`);
  return JSON.parse(text) as Json;
}
