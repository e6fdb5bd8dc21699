import { randomUUID } from "node:crypto";
import { ACCOUNT_ID } from "../account";
import { ControlPlaneError } from "../control/errors";

interface Secret {
  readonly arn: string;
  readonly name: string;
  readonly region: string;
  value?: string;
}

/**
 * The part of Secrets Manager that serving needs, in memory and gone with the
 * process: https://docs.aws.amazon.com/secretsmanager/latest/apireference/Welcome.html
 */
export class SecretStore {
  private readonly secrets: Secret[] = [];

  /**
   * @param region where the call was sent: the secrets of others are not seen.
   * @throws ControlPlaneError as the service would answer.
   */
  call(operation: string, input: { readonly [field: string]: unknown }, region: string): object {
    switch (operation) {
      case "CreateSecret":
        return this.create(String(input.Name), region);
      case "PutSecretValue":
        return this.put(String(input.SecretId), String(input.SecretString), region);
      case "GetSecretValue":
        return this.get(String(input.SecretId), region);
      default:
        throw new ControlPlaneError("UnknownOperationException", `This machine's Secrets Manager has no ${operation}.`);
    }
  }

  /** The value of a secret by its ARN, or by the name of one; undefined where it has none. */
  value(id: string): string | undefined {
    return this.secrets.find(({ arn, name }) => id === arn || id === name)?.value;
  }

  private create(name: string, region: string): object {
    if (this.find(name, region) !== undefined) throw new ControlPlaneError("ResourceExistsException", `The secret ${name} already exists.`);
    const secret = { name, region, arn: `arn:aws:secretsmanager:${region}:${ACCOUNT_ID}:secret:${name}-${randomUUID().slice(0, 6)}` };
    this.secrets.push(secret);
    return { ARN: secret.arn, Name: name };
  }

  private put(id: string, value: string, region: string): object {
    const secret = this.known(id, region);
    secret.value = value;
    return { ARN: secret.arn, Name: secret.name, VersionId: randomUUID() };
  }

  private get(id: string, region: string): object {
    const { arn, name, value } = this.known(id, region);
    if (value === undefined) throw new ControlPlaneError("ResourceNotFoundException", "Secrets Manager can't find the specified secret value for staging label: AWSCURRENT");
    return { ARN: arn, Name: name, SecretString: value, VersionStages: ["AWSCURRENT"] };
  }

  private known(id: string, region: string): Secret {
    const secret = this.find(id, region);
    if (secret === undefined) throw new ControlPlaneError("ResourceNotFoundException", "Secrets Manager can't find the specified secret.");
    return secret;
  }

  private find(id: string, region: string): Secret | undefined {
    return this.secrets.find((secret) => secret.region === region && (secret.name === id || secret.arn === id));
  }
}
