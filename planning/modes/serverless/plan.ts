import { serverlessCost } from "../../cost";
import { mayInvoke } from "../../invoke-policy";
import { limits } from "../../limits";
import { metricsPublishedBy } from "../../metrics";
import { variantName } from "../../naming";
import { passedRanges } from "../../schedules/ranges";
import { planEndpoint } from "../endpoint";
import type { ModeContext, ModePlan } from "../mode";
import { planProvisionedScaling, provisionedCost, unpricedProvision } from "./provisioned";
import type { ServerlessServing } from "./schema";

export function planServerless(context: ModeContext<ServerlessServing>): ModePlan {
  const { model, serving, facts } = context;
  const endpoint = planEndpoint({
    model,
    facts,
    serverless: true,
    limits: { timeoutSeconds: serving.timeoutSeconds, maxBodyBytes: limits.serverlessBodyBytes.value },
    capacityOf: () => ({
      serverlessConfig: {
        memorySizeInMb: serving.memoryMiB,
        maxConcurrency: serving.concurrency,
        ...(serving.provisioned === null ? {} : { provisionedConcurrency: serving.provisioned }),
      },
    }),
  });
  return {
    endpointName: endpoint.endpointName,
    resources: [...endpoint.resources, ...planProvisionedScaling(context, endpoint)],
    outputs: endpoint.outputs,
    callers: mayInvoke(facts, endpoint.endpointName),
    cost: [serverlessCost(facts.region, serving.memoryMiB, serving.load), ...provisionedCost(serving, facts)],
    watch: model.traffic.map((share) => ({ variantName: variantName(share.version) })),
    publishes: serving.provisioned === null ? metricsPublishedBy("serverless", "provisioned") : metricsPublishedBy("serverless"),
    issues: [...endpoint.issues, ...passedRanges(serving.scaling?.schedule, "scaling.schedule", facts), ...unpricedProvision(serving, facts)],
  };
}
