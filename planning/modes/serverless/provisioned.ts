import { ref, type PlannedResource } from "../../../contract/resources";
import { logicalName, physicalName, variantName } from "../../naming";
import { planRanges, rangeIssues, rangesOf } from "../../schedules/ranges";
import type { PlannedEndpoint } from "../endpoint";
import type { ModeContext, ModeIssue } from "../mode";
import { planScalableTarget } from "../scalable-target";
import type { ServerlessServing } from "./schema";

const CONFIG = "https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ProductionVariantServerlessConfig.html";
const AUTOSCALE = "https://docs.aws.amazon.com/sagemaker/latest/dg/serverless-endpoints-autoscale.html";

/** Containers kept warm must be among those that may answer at once, and a range needs a count to start from. */
export function provisionedIssues({ concurrency, provisioned, scaling }: ServerlessServing): ModeIssue[] {
  const issues: ModeIssue[] = [];
  if (provisioned !== null && provisioned > concurrency) {
    issues.push({
      code: "serverless-provisioned",
      path: "provisioned",
      message: `provisioned is ${provisioned}, and only ${concurrency} requests are answered at once`,
      hint: `write: provisioned: ${concurrency}, or raise concurrency`,
      source: CONFIG,
    });
  }
  if (scaling === null) return issues;
  if (provisioned === null) {
    issues.push({
      code: "serverless-scaling",
      path: "scaling",
      message: "scaling keeps containers warm by load, and none is provisioned; containers on demand come and go by themselves",
      hint: `write: provisioned: ${scaling.min}, or take scaling out`,
      source: AUTOSCALE,
    });
  } else if (scaling.min > scaling.max || provisioned < scaling.min || provisioned > scaling.max) {
    issues.push({
      code: "scaling-range",
      path: "scaling",
      message: `scaling goes from ${scaling.min} to ${scaling.max}, starting with ${provisioned} (provisioned)`,
      hint: "order the numbers: min, provisioned, max",
    });
  }
  if (scaling.max > concurrency) {
    issues.push({
      code: "serverless-provisioned",
      path: "scaling.max",
      message: `scaling.max is ${scaling.max}, and only ${concurrency} requests are answered at once`,
      hint: `write: max: ${concurrency}, or raise concurrency`,
      source: CONFIG,
    });
  }
  const tooMany = rangesOf(scaling.schedule).find(({ max }) => max > concurrency);
  if (tooMany !== undefined) {
    issues.push({
      code: "serverless-provisioned",
      path: `scaling.schedule.${tooMany.name}.max`,
      message: `max of ${tooMany.name} is ${tooMany.max}, and only ${concurrency} requests are answered at once`,
      hint: `write: max: ${concurrency}, or raise concurrency`,
      source: CONFIG,
    });
  }
  return [...issues, ...rangeIssues(scaling.schedule, "scaling.schedule", scaling)];
}

/** Scaling of the containers kept warm, on their utilisation as a fraction. Containers on demand need none. */
export function planProvisionedScaling({ model, serving, facts }: ModeContext<ServerlessServing>, endpoint: PlannedEndpoint): PlannedResource[] {
  const { scaling } = serving;
  if (scaling === null) return [];
  const scaled = { serviceNamespace: "sagemaker", scalableDimension: "sagemaker:variant:DesiredProvisionedConcurrency" } as const;
  return model.traffic.flatMap(({ version }): PlannedResource[] => {
    const target = logicalName(model.name, "provisioned", version);
    return [
      planScalableTarget({ name: target, model, facts, endpoint, variant: variantName(version), dimension: scaled.scalableDimension, min: scaling.min, max: scaling.max }),
      {
        type: "aws:appautoscaling/policy:Policy",
        name: logicalName(model.name, "provisioned", version, "utilization"),
        parent: model.name,
        inputs: {
          name: physicalName("aws:appautoscaling/policy:Policy", [model.name, facts.stack, version, "provisioned"]),
          policyType: "TargetTrackingScaling",
          ...scaled,
          resourceId: ref(target, "resourceId"),
          targetTrackingScalingPolicyConfiguration: {
            targetValue: scaling.utilizationPercent / 100,
            // AWS's own default for both: https://docs.aws.amazon.com/sagemaker/latest/dg/endpoint-auto-scaling-prerequisites.html
            scaleInCooldown: 300,
            scaleOutCooldown: 300,
            predefinedMetricSpecification: { predefinedMetricType: "SageMakerVariantProvisionedConcurrencyUtilization" },
          },
        },
      },
      ...planRanges({ model, facts, target, version, dimension: scaled.scalableDimension, schedule: scaling.schedule }),
    ];
  });
}

/** No price of containers kept warm could be read from a source, and a made-up one would pass a budget. */
export const unpricedProvision = ({ provisioned }: ServerlessServing): ModeIssue[] =>
  provisioned === null
    ? []
    : [
        {
          code: "price-unknown",
          severity: "warning",
          path: "provisioned",
          message: "no price of provisioned concurrency is on record, so the containers kept warm are missing from the cost",
          hint: "add a dated row to planning/prices.ts",
        },
      ];
