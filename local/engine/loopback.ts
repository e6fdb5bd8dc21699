import { S3Client } from "@aws-sdk/client-s3";
import { SchedulerClient } from "@aws-sdk/client-scheduler";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { SageMakerClient } from "@aws-sdk/client-sagemaker";
import { SageMakerRuntimeClient } from "@aws-sdk/client-sagemaker-runtime";
import { devNull } from "node:os";

/**
 * Makes this process one that cannot reach AWS by accident: no variable of AWS
 * is left, no profile is read, no metadata service is asked.
 */
export function forgetAws(environment: NodeJS.ProcessEnv): void {
  for (const name of Object.keys(environment)) if (/^AWS_/i.test(name)) delete environment[name];
  environment.AWS_CONFIG_FILE = devNull;
  environment.AWS_SHARED_CREDENTIALS_FILE = devNull;
  environment.AWS_EC2_METADATA_DISABLED = "true";
  // Says that the SDK will want Node 22 in 2027; package.json has the supported versions.
  environment.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = "true";
}

/** The SDK's configuration for the SageMaker of this machine. Throws for an address that is not loopback. */
export function loopbackConfig(url: string, region: string) {
  if (new URL(url).hostname !== "127.0.0.1") throw new Error(`${url} is not on this machine: the local stack never talks to AWS`);
  return { endpoint: url, region, credentials: { accessKeyId: "local", secretAccessKey: "local" }, maxAttempts: 1 };
}

export interface LoopbackClients {
  readonly control: SageMakerClient;
  readonly runtime: SageMakerRuntimeClient;
  readonly s3: S3Client;
  readonly secrets: SecretsManagerClient;
  readonly schedules: SchedulerClient;
}

/** Clients for each region, made when they are first asked for. */
export class RegionalClients {
  private readonly clients = new Map<string, LoopbackClients>();

  constructor(private readonly url: string) {}

  in(region: string): LoopbackClients {
    const clients = this.clients.get(region) ?? loopbackClients(this.url, region);
    this.clients.set(region, clients);
    return clients;
  }

  destroy(): void {
    for (const clients of this.clients.values()) for (const client of Object.values(clients)) (client as SageMakerClient).destroy();
  }
}

export function loopbackClients(url: string, region: string): LoopbackClients {
  const control = new SageMakerClient(loopbackConfig(url, region));
  const runtime = new SageMakerRuntimeClient(loopbackConfig(url, region));
  const s3 = new S3Client({ ...loopbackConfig(url, region), forcePathStyle: true });
  const secrets = new SecretsManagerClient(loopbackConfig(url, region));
  const schedules = new SchedulerClient(loopbackConfig(url, region));
  for (const client of [control, runtime, s3, secrets, schedules]) {
    // The last word before the wire: whatever an endpoint rule made of the address, it is still this machine.
    (client as SageMakerClient).middlewareStack.add(
      (next) => (args) => {
        const { hostname } = args.request as { readonly hostname: string };
        if (hostname !== "127.0.0.1") throw new Error(`refused to call ${hostname}: the local stack never talks to AWS`);
        return next(args);
      },
      { step: "finalizeRequest", priority: "low", name: "stayOnThisMachine" },
    );
  }
  return { control, runtime, s3, secrets, schedules };
}
