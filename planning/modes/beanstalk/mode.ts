import { defineMode } from "../mode";
import { environmentIssues, servedAloneIssues } from "./check";
import { planBeanstalk } from "./plan";
import { beanstalkDefaults, beanstalkSchema, type BeanstalkServing } from "./schema";

/** Ordinary EC2 instances: for bodies and answers that no SageMaker endpoint takes, or as the fallback of one. */
export const beanstalk = defineMode<BeanstalkServing>({
  name: "beanstalk",
  summary: "An Elastic Beanstalk environment on the Docker platform, behind a load balancer.",
  schema: beanstalkSchema,
  defaults: beanstalkDefaults,
  example: [
    "beanstalk:",
    "  instance: m5.2xlarge",
    "  instances: { min: 1, max: 3 }",
    "  volume: 100 GiB",
    "  timeout: 5m",
    "  maxBody: 100 MiB",
    "",
  ].join("\n"),
  excludes: [],
  check: (model, serving) => [...environmentIssues(model, serving), ...servedAloneIssues(model)],
  plan: planBeanstalk,
  summarise: (_model, serving) => summariseEnvironment(serving),
});

/** `beanstalk m5.2xlarge × 1–3 · 100 GiB`, and `public` where it is open to everybody. */
export function summariseEnvironment({ instanceType, instances: { min, max }, volumeGiB, exposure }: BeanstalkServing): string {
  return `beanstalk ${instanceType} × ${min === max ? min : `${min}–${max}`} · ${volumeGiB} GiB${exposure === "public" ? " · public" : ""}`;
}
