import { hostingInstanceIssues } from "../instance-issues";
import { defineMode } from "../mode";
import { isBurstable } from "../../instances";
import { asyncDefaults, asyncSchema, type AsyncServing } from "./schema";

/** A queue in front of instances. May be declared and is checked; no plan exists for it yet. */
export const asynchronous = defineMode<AsyncServing>({
  name: "async",
  summary: "A queue in front of instances, for requests that take minutes; may scale to zero.",
  schema: asyncSchema,
  defaults: asyncDefaults,
  example: ["async:", "  instance: ml.c5.large", "  concurrency: 4", "  timeout: 15m", "  scaling: { min: 0, max: 4, backlogPerInstance: 5 }", ""].join("\n"),
  excludes: ["multiModel", "realtime", "serverless"],
  check: (_model, serving) => {
    const { min, max } = serving.scaling;
    const range =
      min > max
        ? [
            {
              code: "scaling-range",
              path: "scaling.min",
              message: `scaling goes from ${min} down to ${max}`,
              hint: `write: scaling: { min: ${max}, max: ${min} }`,
            },
          ]
        : [];
    const burstable =
      min !== max && isBurstable(serving.instanceType)
        ? [
            {
              code: "instance-not-scalable",
              path: "scaling",
              message: `${serving.instanceType} is a burstable type, which cannot be scaled automatically`,
              hint: "take scaling out, or write: instance: ml.m5.large",
              source: "https://docs.aws.amazon.com/sagemaker/latest/dg/endpoint-auto-scaling-prerequisites.html",
            },
          ]
        : [];
    return [...hostingInstanceIssues(serving.instanceType, "instance"), ...range, ...burstable];
  },
  summarise: (_model, serving) => `async ${serving.instanceType} × ${serving.scaling.min}–${serving.scaling.max} · concurrency ${serving.concurrency}`,
});
