import { serverlessCost } from "../../cost";
import { limits } from "../../limits";
import { metricsPublishedBy } from "../../metrics";
import { variantName } from "../../naming";
import { planEndpoint } from "../endpoint";
import type { ModeContext, ModePlan } from "../mode";
import type { ServerlessServing } from "./schema";

export function planServerless({ model, serving, facts }: ModeContext<ServerlessServing>): ModePlan {
  const endpoint = planEndpoint({
    model,
    facts,
    limits: { timeoutSeconds: serving.timeoutSeconds, maxBodyBytes: limits.serverlessBodyBytes.value },
    capacityOf: () => ({ serverlessConfig: { memorySizeInMb: serving.memoryMiB, maxConcurrency: serving.concurrency } }),
  });
  return {
    endpointName: endpoint.endpointName,
    resources: endpoint.resources,
    outputs: endpoint.outputs,
    cost: [serverlessCost(facts.region, serving.memoryMiB, serving.load)],
    watch: model.traffic.map((share) => ({ variantName: variantName(share.version) })),
    publishes: metricsPublishedBy("serverless"),
    issues: endpoint.issues,
  };
}
