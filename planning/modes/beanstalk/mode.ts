import { defineMode } from "../mode";
import { beanstalkDefaults, beanstalkSchema, type BeanstalkServing } from "./schema";

/** Elastic Beanstalk. May be declared, as a mode or as a fallback, and is checked; no plan exists for it yet. */
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
  check: (_model, serving) => {
    const { min, max } = serving.instances;
    return min <= max
      ? []
      : [
          {
            code: "scaling-range",
            path: "instances.min",
            message: `instances goes from ${min} down to ${max}`,
            hint: `write: instances: { min: ${max}, max: ${min} }`,
          },
        ];
  },
  summarise: (_model, serving) =>
    `beanstalk ${serving.instanceType} × ${serving.instances.min}–${serving.instances.max} · ${serving.volumeGiB} GiB`,
});
