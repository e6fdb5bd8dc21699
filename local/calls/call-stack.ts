import type { ServingPlan } from "../../contract/plan";
import { backlogScaling } from "../async/scaling-of";
import { RegionalClients } from "../engine/loopback";
import type { RunningStack } from "../stack";
import { modelTargets } from "../view/targets";
import { callBatch } from "./batch-run";
import { callers, howLong, type Caller } from "./caller";
import { callWithoutEndpoint } from "./failover";
import { callFromZero } from "./from-zero";
import { disagreement, told, type CallResult } from "./result";
import { callByWeight } from "./traffic-split";

/**
 * Calls every model of the stack in every mode that this machine serves, as an
 * application would, and holds the answers against contract and golden
 * examples. Endpoints that have a fallback are gone afterwards.
 */
export async function callStack(running: RunningStack): Promise<CallResult[]> {
  const { plan, sagemaker, resources } = running;
  const all = await callers(running);
  const regional = new RegionalClients(sagemaker.url);
  const isServed = ({ endpointName = "", environmentName = "" }: Pick<ServingPlan, "endpointName" | "environmentName">): boolean =>
    sagemaker.regions.get(endpointName)?.status === "InService" || sagemaker.environments.state(environmentName)?.status === "Ready";
  const results: CallResult[] = [];
  try {
    for (const { name, region, serving, fallback } of plan.models) {
      const caller = all.get(name);
      if (caller === undefined) continue;
      const { control } = regional.in(region);
      for (const one of serving) {
        // A job is served where the model's other ways are: what they lack is its artifact.
        if (one.mode === "batch" ? serving.every((other) => other.mode === "batch" || isServed(other)) : isServed(one)) {
          for await (const result of callMode(running, caller, one)) results.push(result);
        }
        if (one.mode === "async" && isServed(one) && backlogScaling(resources).some(({ endpointName, minimum, wakes }) => endpointName === one.endpointName && minimum === 0 && wakes)) {
          results.push(await callFromZero(caller, control, one.endpointName!));
        }
      }
      const main = serving.find((one) => one.endpointName !== undefined && one.mode !== "multiModel" && isServed(one));
      if (fallback !== undefined && isServed(fallback) && main !== undefined) {
        results.push(await callWithoutEndpoint(caller, control, main.endpointName!));
      }
    }
  } finally {
    regional.destroy();
  }
  return results;
}

/** What one mode of a model is asked. */
async function* callMode({ plan, sagemaker }: RunningStack, caller: Caller, { mode }: ServingPlan): AsyncGenerator<CallResult> {
  const { model } = caller;
  if (mode === "batch") {
    yield await callBatch(model, sagemaker.url);
    return;
  }
  const several = mode === "multiModel" ? modelTargets(plan, model.name) : undefined;
  for (const example of model.contract.examples) {
    for (const target of several === undefined ? [undefined] : Object.keys(several.targets)) {
      yield await told({ model: model.name, way: mode, what: example.name }, async () => {
        const { response, variant, servedBy, durationMs } = await caller.answer(example.request, target === undefined ? {} : { target });
        // The golden answers are those of the version that has the traffic; the others share its contract.
        const golden = target === undefined || target === several?.main ? example.response : {};
        const who = mode === "async" ? "through its queue" : mode === "beanstalk" ? "with its token" : target === undefined ? `variant ${variant}` : `version ${target}`;
        return { answer: response, how: howLong(who, durationMs), problem: servedBy === "fallback" ? "its endpoint did not answer, and its fallback did" : disagreement(response, golden, model.contract.response) };
      });
    }
  }
  if (mode === "realtime" && model.traffic.length > 1) yield await callByWeight(caller, mode);
}
