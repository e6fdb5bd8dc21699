import * as pulumi from "@pulumi/pulumi";
import { randomBytes, randomInt } from "node:crypto";
import { ACCOUNT_ID } from "../account";
import { hasEffect, takeEffect, type EffectClients } from "./effects";
import { collectLog, type LogLine } from "./log";
import { madeUpState, type Inputs, type KeptResource } from "./resources";

export interface ProgramRun {
  /** Loads the Pulumi program; what it exports are the stack's outputs. */
  readonly program: () => Promise<object> | object;
  readonly project: string;
  readonly stack: string;
  readonly region: string;
  /** `config:` of `Pulumi.<stack>.yaml`; what is not text is handed over as JSON, as the CLI does. */
  readonly config: { readonly [key: string]: unknown };
  /** Through which the effects in a region are taken. */
  readonly clients: (region: string) => EffectClients;
}

export interface ProgramResult {
  readonly outputs: { readonly [name: string]: unknown };
  readonly resources: readonly KeptResource[];
  /** What the program logged. */
  readonly log: readonly LogLine[];
}

/**
 * Runs a Pulumi program with this process as its engine: every resource is
 * registered in the order in which the program's outputs allow. What has an
 * effect on this machine takes it through the AWS SDK; the rest is kept, with
 * made-up ids. One program at a time: Pulumi's runtime is global.
 */
export async function runProgram({ program, project, stack, region, config, clients }: ProgramRun): Promise<ProgramResult> {
  const resources: KeptResource[] = [];
  const failure = new FirstFailure();

  const create = async ({ type, name, inputs, custom, provider }: pulumi.runtime.MockResourceArgs): Promise<pulumi.runtime.MockResourceResult> => {
    const given = named(type, name, await withFile(withoutSecrets(inputs) as Inputs));
    if (type === AWS_PROVIDER) return { id: String(given.region), state: given };
    const place = regionOf(provider, region);
    const made = await takeEffect(clients(place), type, given);
    const state: Inputs = { ...given, ...madeUpState(type, name, given, place), ...made };
    const id = custom === false ? undefined : String(state.id ?? given.name ?? name);
    resources.push({ type, name, region: place, id, inputs: given, state });
    return { id, state };
  };

  await pulumi.runtime.setMocks(
    {
      newResource: (args) => create(args).catch((error: Error) => failure.report(new Error(`${args.type} ${args.name}: ${error.message}`, { cause: error }))),
      call: ({ token, inputs, provider }) => invokeResult(token, inputs as Inputs, regionOf(provider, region)),
    },
    project,
    stack,
    false,
  );
  pulumi.runtime.setAllConfig(Object.fromEntries(Object.entries(config).map(([key, value]) => [key, typeof value === "string" ? value : JSON.stringify(value)])));

  // A resource that fails rejects outputs that nobody else awaits, some of them long after the first
  // failure, which is the one to tell: the listener is only taken away where all went well.
  const swallow = (reason: unknown) => void failure.report(reason).catch(() => undefined);
  process.on("unhandledRejection", swallow);
  const { result: outputs, log } = await collectLog(async () => {
    const known = await Promise.race([failure.happened, pulumi.runtime.runInPulumiStack(async () => exported(await program())).then(plain)]);
    await Promise.race([failure.happened, pulumi.runtime.disconnect()]);
    return known;
  });
  process.off("unhandledRejection", swallow);
  return { outputs, resources, log };
}

const AWS_PROVIDER = "pulumi:providers:aws";

/** Where a resource is made: a provider of one region was given the region as its id, and is referred to as `<urn>::<id>`. The default one has no reference. */
const regionOf = (provider: string | undefined, home: string): string => (provider?.includes(`${AWS_PROVIDER}::`) === true ? provider.slice(provider.lastIndexOf(":") + 1) : home);

/** A name that the program leaves to its provider: the logical one and seven hex digits, as the provider makes it. */
function named(type: string, logicalName: string, inputs: Inputs): Inputs {
  if (!hasEffect(type) || inputs.name !== undefined || inputs.bucket !== undefined || inputs.secretId !== undefined) return inputs;
  return { ...inputs, name: `${logicalName}-${randomBytes(4).toString("hex").slice(1)}` };
}

class FirstFailure {
  private reject!: (error: unknown) => void;
  readonly happened = new Promise<never>((_resolve, reject) => (this.reject = reject));

  constructor() {
    this.happened.catch(() => undefined);
  }

  report(error: unknown): Promise<never> {
    this.reject(error);
    return Promise.reject(error);
  }
}

/** A secret travels as an object with this mark; on this machine it is the value inside. */
function withoutSecrets(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(withoutSecrets);
  if (pulumi.asset.Asset.isInstance(value)) return value;
  const object = value as Inputs;
  if (object[pulumi.runtime.specialSigKey] === pulumi.runtime.specialSecretSig) return withoutSecrets(object.value);
  return Object.fromEntries(Object.entries(object).map(([key, held]) => [key, withoutSecrets(held)]));
}

/** A file to upload travels as an asset; here it is its path again, as the plan has it. */
async function withFile({ source, ...inputs }: Inputs): Promise<Inputs> {
  if (source === undefined) return inputs;
  return source instanceof pulumi.asset.FileAsset ? { ...inputs, file: await source.path } : { ...inputs, source };
}

/** A module's own exports, without the interop mark. */
function exported(module: object): object {
  return Object.fromEntries(Object.entries(module).filter(([name]) => name !== "default" && name !== "__esModule"));
}

/** Stack outputs as plain JSON: `runInPulumiStack` leaves outputs inside. */
async function plain(outputs: unknown): Promise<{ readonly [name: string]: unknown }> {
  const known = await new Promise((resolve) => pulumi.output(outputs as pulumi.Inputs).apply(resolve));
  return known as { readonly [name: string]: unknown };
}

const CHARACTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const randomText = (length: number): string => Array.from({ length }, () => CHARACTERS[randomInt(CHARACTERS.length)]).join("");

/** What the program may ask of the account. */
function invokeResult(token: string, inputs: Inputs, region: string): Inputs {
  switch (token) {
    case "aws:index/getCallerIdentity:getCallerIdentity":
      return { accountId: ACCOUNT_ID, id: ACCOUNT_ID, userId: "local", arn: `arn:aws:iam::${ACCOUNT_ID}:user/local` };
    case "aws:index/getPartition:getPartition":
      return { partition: "aws", id: "aws", dnsSuffix: "amazonaws.com", reverseDnsPrefix: "com.amazonaws" };
    case "aws:index/getRegion:getRegion":
      return { name: region, region, id: region };
    case "aws:ec2/getManagedPrefixList:getManagedPrefixList":
      return { id: "pl-0local", name: inputs.name };
    case "aws:ec2/getVpc:getVpc":
      return { id: "vpc-0local", default: true };
    case "aws:ec2/getSubnets:getSubnets":
      return { id: region, ids: ["subnet-0local-a", "subnet-0local-b"] };
    case "aws:elasticbeanstalk/getSolutionStack:getSolutionStack":
      return { id: "local", name: "64bit Amazon Linux 2023 v4.0.0 running Docker" };
    case "aws:secretsmanager/getRandomPassword:getRandomPassword":
      return { id: "local", randomPassword: randomText(Number(inputs.passwordLength)) };
    default:
      throw new Error(`the program asked for ${token}, which has no answer on this machine`);
  }
}
