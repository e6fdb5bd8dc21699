import { randomUUID } from "node:crypto";
import { ACCOUNT_ID } from "../account";
import { ControlPlaneError } from "../control/errors";

interface Secret {
  readonly arn: string;
  readonly name: string;
  value?: string;
}

/**
 * The part of Secrets Manager that serving needs, in memory and gone with the
 * process: https://docs.aws.amazon.com/secretsmanager/latest/apireference/Welcome.html
 */
export class SecretStore {
  private readonly secrets = new Map<string, Secret>();

  constructor(private readonly region: string) {}

  /** @throws ControlPlaneError as the service would answer. */
  call(operation: string, input: { readonly [field: string]: unknown }): object {
    switch (operation) {
      case "CreateSecret":
        return this.create(String(input.Name));
      case "PutSecretValue":
        return this.put(String(input.SecretId), String(input.SecretString));
      case "GetSecretValue":
        return this.get(String(input.SecretId));
      default:
        throw new ControlPlaneError("UnknownOperationException", `This machine's Secrets Manager has no ${operation}.`);
    }
  }

  /** The value of a secret by its name or ARN; undefined where it has none. */
  value(id: string): string | undefined {
    return this.find(id)?.value;
  }

  private create(name: string): object {
    if (this.secrets.has(name)) throw new ControlPlaneError("ResourceExistsException", `The secret ${name} already exists.`);
    const secret = { name, arn: `arn:aws:secretsmanager:${this.region}:${ACCOUNT_ID}:secret:${name}-${randomUUID().slice(0, 6)}` };
    this.secrets.set(name, secret);
    return { ARN: secret.arn, Name: name };
  }

  private put(id: string, value: string): object {
    const secret = this.known(id);
    secret.value = value;
    return { ARN: secret.arn, Name: secret.name, VersionId: randomUUID() };
  }

  private get(id: string): object {
    const { arn, name, value } = this.known(id);
    if (value === undefined) throw new ControlPlaneError("ResourceNotFoundException", "Secrets Manager can't find the specified secret value for staging label: AWSCURRENT");
    return { ARN: arn, Name: name, SecretString: value, VersionStages: ["AWSCURRENT"] };
  }

  private known(id: string): Secret {
    const secret = this.find(id);
    if (secret === undefined) throw new ControlPlaneError("ResourceNotFoundException", "Secrets Manager can't find the specified secret.");
    return secret;
  }

  private find(id: string): Secret | undefined {
    return this.secrets.get(id) ?? [...this.secrets.values()].find(({ arn }) => arn === id);
  }
}
