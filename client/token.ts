import type { SecretsManagerClientConfig } from "@aws-sdk/client-secrets-manager";
import { SlipwayError } from "./error";

/** Where the token of an environment comes from, by the ARN of its secret. */
export type TokenProvider = (secretArn: string, region: string) => Promise<string>;

export interface SecretsSettings {
  /** Address of the Secrets Manager API; AWS's own where none is given. */
  readonly url?: string;
  /** The caller's own settings for the SDK: credentials, proxies, TLS. */
  readonly aws?: Pick<SecretsManagerClientConfig, "credentials" | "requestHandler">;
}

/** What a local stack accepts in place of credentials. */
const LOCAL_CREDENTIALS = { accessKeyId: "local", secretAccessKey: "local" };

/**
 * Reads tokens from AWS Secrets Manager. The caller needs
 * `secretsmanager:GetSecretValue` on the secret; the SDK is loaded at the first
 * call that needs a token, which for a fallback may be never.
 */
export function secretsManager({ url, aws }: SecretsSettings): TokenProvider {
  return async (secretArn, region) => {
    const { GetSecretValueCommand, SecretsManagerClient } = await import("@aws-sdk/client-secrets-manager");
    const client = new SecretsManagerClient({ region, ...(url === undefined ? {} : { endpoint: url, credentials: LOCAL_CREDENTIALS }), ...aws });
    try {
      const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: secretArn }));
      return SecretString ?? "";
    } finally {
      client.destroy();
    }
  };
}

/** Tokens, each read once until it is refused: then it has been changed. */
export class Tokens {
  private readonly known = new Map<string, Promise<string>>();

  constructor(private readonly provider: TokenProvider) {}

  /** @throws SlipwayError `token-unavailable` */
  async get(secretArn: string, region: string): Promise<string> {
    const reading = this.known.get(secretArn) ?? this.read(secretArn, region);
    this.known.set(secretArn, reading);
    return reading;
  }

  /** Reads it anew the next time. */
  forget(secretArn: string): void {
    this.known.delete(secretArn);
  }

  private async read(secretArn: string, region: string): Promise<string> {
    try {
      const token = await this.provider(secretArn, region);
      if (typeof token === "string" && token !== "") return token;
      throw new Error("the secret is empty");
    } catch (error) {
      this.known.delete(secretArn);
      throw new SlipwayError("token-unavailable", `the token in ${secretArn} cannot be read: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
    }
  }
}
