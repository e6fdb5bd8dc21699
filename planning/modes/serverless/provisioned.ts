import type { CostLine } from "../../../contract/plan";
import { ref, type PlannedResource } from "../../../contract/resources";
import { cents, plain } from "../../cost";
import { HOURS_PER_MONTH } from "../../limits";
import { logicalName, physicalName, variantName } from "../../naming";
import { planRanges, rangeIssues, rangesOf } from "../../schedules/ranges";
import type { StackFacts } from "../../types";
import type { PlannedEndpoint } from "../endpoint";
import type { ModeContext, ModeIssue } from "../mode";
import { planScalableTarget } from "../scalable-target";
import type { ServerlessServing } from "./schema";

const PRICING = "https://aws.amazon.com/sagemaker/ai/pricing/";
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

/** Containers kept warm, by the price that the stack file states: from the fewest to the most that any range keeps, all month. */
export function provisionedCost({ memoryMiB, provisioned, scaling }: ServerlessServing, { prices }: StackFacts): CostLine[] {
  if (provisioned === null || prices === undefined) return [];
  const ranges = scaling === null ? [{ min: provisioned, max: provisioned }] : [scaling, ...rangesOf(scaling.schedule)];
  const [fewest, most] = [Math.min(...ranges.map(({ min }) => min)), Math.max(...ranges.map(({ max }) => max))];
  const count = fewest === most ? String(fewest) : `${fewest}–${most}`;
  const memoryGB = memoryMiB / 1024;
  const each = prices.provisionedConcurrency * memoryGB * HOURS_PER_MONTH * 3600;
  return [
    {
      item: `kept warm ${memoryMiB} MiB × ${count}`,
      fixedMonthly: cents(each * fewest),
      maximumMonthly: cents(each * most),
      basis: `$${plain(prices.provisionedConcurrency)}/GB-s (slipway:prices) × ${memoryGB} GB × ${HOURS_PER_MONTH} h × ${count}`,
    },
  ];
}

/** No public price of containers kept warm could be found, and a made-up one would pass a budget: the account's own must be stated. */
export const unpricedProvision = ({ provisioned }: ServerlessServing, { prices, stack }: StackFacts): ModeIssue[] =>
  provisioned === null || prices !== undefined
    ? []
    : [
        {
          code: "price-unknown",
          severity: "warning",
          path: "provisioned",
          message: "no price of provisioned concurrency is on record, so the containers kept warm are missing from the cost",
          hint: `write in Pulumi.${stack}.yaml: slipway:prices: { provisionedConcurrency: … }, the US dollars that a GB-second costs you`,
          source: PRICING,
        },
      ];
