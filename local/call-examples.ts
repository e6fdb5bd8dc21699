import { InvokeEndpointCommand } from "@aws-sdk/client-sagemaker-runtime";
import Ajv from "ajv";
import addFormats from "ajv-formats";
import type { Json, JsonSchema } from "../contract/json";
import { callQueue, queueOf } from "./async/call";
import { callEnvironment } from "./beanstalk/call";
import { RegionalClients } from "./engine/loopback";
import type { RunningStack } from "./stack";
import { modelTargets } from "./view/targets";

/** What became of one model in `--once`. */
export interface CallResult {
  readonly model: string;
  readonly endpointName: string;
  readonly example: string;
  readonly answer?: Json;
  readonly variant?: string;
  /** Address of the Elastic Beanstalk environment that was called in place of an endpoint. */
  readonly environment?: string;
  readonly milliseconds?: number;
  /** Why it does not count as an answer; undefined where all is well. */
  readonly problem?: string;
}

/** Calls every endpoint in service with every golden example, through the AWS SDK, and holds the answers against contract and example. */
export async function callExamples(running: RunningStack): Promise<CallResult[]> {
  const { sagemaker, plan, models } = running;
  const regional = new RegionalClients(sagemaker.url);
  const results: CallResult[] = [];
  try {
    for (const { name, region, serving } of plan.models) {
      const clients = regional.in(region);
      const contract = models.find((model) => model.name === name)!.contract;
      for (const { endpointName } of serving) {
        if (endpointName === undefined || sagemaker.regions.get(endpointName)?.status !== "InService") continue;
        for (const example of contract.examples) {
          const about = { model: name, endpointName, example: example.name };
          const started = performance.now();
          try {
            const queue = queueOf(running, name);
            if (queue !== undefined) {
              const answer = await callQueue(clients, queue, example.request);
              results.push({ ...about, answer, environment: "through its queue", milliseconds: performance.now() - started, problem: disagreement(answer, example.response, contract.response) });
              continue;
            }
            const several = modelTargets(plan, name);
            const Body = Buffer.from(JSON.stringify(example.request));
            for (const [version, TargetModel] of Object.entries(several?.targets ?? { "": undefined })) {
              const began = performance.now();
              const output = await clients.runtime.send(new InvokeEndpointCommand({ EndpointName: endpointName, ContentType: "application/json", Accept: "application/json", Body, TargetModel }));
              const answer = JSON.parse(Buffer.from(output.Body).toString("utf8")) as Json;
              // The golden answers are those of the version that has the traffic; the others share its contract.
              const golden = several === undefined || version === several.main ? example.response : {};
              const problem = disagreement(answer, golden, contract.response);
              results.push({ ...about, answer, variant: several === undefined ? output.InvokedProductionVariant : version, milliseconds: performance.now() - began, problem });
            }
          } catch (error) {
            results.push({ ...about, problem: (error as Error).message });
          }
        }
      }
    }
  } finally {
    regional.destroy();
  }
  return [...results, ...(await callEnvironments(running))];
}

/** The same for every environment that is up: modes and fallbacks. */
async function callEnvironments({ sagemaker, plan, models }: RunningStack): Promise<CallResult[]> {
  const regional = new RegionalClients(sagemaker.url);
  const results: CallResult[] = [];
  try {
    for (const { name, region, serving, fallback } of plan.models) {
      const contract = models.find((model) => model.name === name)!.contract;
      for (const { environmentName = "" } of [...serving, ...(fallback === undefined ? [] : [fallback])]) {
        const environment = sagemaker.environments.state(environmentName);
        if (environment?.status !== "Ready") continue;
        for (const example of contract.examples) {
          const about = { model: name, endpointName: environmentName, example: example.name, environment: environment.url };
          const started = performance.now();
          try {
            const answer = await callEnvironment(environment, regional.in(region).secrets, example.request);
            results.push({ ...about, answer, milliseconds: performance.now() - started, problem: disagreement(answer, example.response, contract.response) });
          } catch (error) {
            results.push({ ...about, problem: (error as Error).message });
          }
        }
      }
    }
  } finally {
    regional.destroy();
  }
  return results;
}

/** Why an answer is not what the contract promises; undefined where it is. */
export function disagreement(answer: Json, expected: Json, schema: JsonSchema): string | undefined {
  const ajv = addFormats(new Ajv({ strict: false, allErrors: true }));
  if (!ajv.validate(schema, answer)) return `the answer is not what the contract's response says: ${ajv.errorsText(ajv.errors, { dataVar: "response" })}`;
  const path = missing(answer, expected, "response");
  return path === undefined ? undefined : `${path}, unlike the golden example`;
}

/** The first place where `expected` is not part of `actual`. */
function missing(actual: Json | undefined, expected: Json, path: string): string | undefined {
  if (expected !== null && typeof expected === "object" && !Array.isArray(expected)) {
    if (actual === null || typeof actual !== "object" || Array.isArray(actual)) return `${path} is ${JSON.stringify(actual)}`;
    for (const [key, value] of Object.entries(expected)) {
      const found = missing((actual as { readonly [key: string]: Json })[key], value, `${path}.${key}`);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  return JSON.stringify(actual) === JSON.stringify(expected) ? undefined : `${path} is ${JSON.stringify(actual)} and not ${JSON.stringify(expected)}`;
}
