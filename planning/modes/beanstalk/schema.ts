import type { JsonSchema } from "../../../contract/json";
import { duration, object } from "../schema";

/** `serving.beanstalk` (and `fallback.beanstalk`) as resolved. */
export type BeanstalkServing = {
  readonly instanceType: string;
  readonly instances: { readonly min: number; readonly max: number };
  readonly volumeGiB: number;
  readonly exposure: "internal" | "public";
  readonly timeoutSeconds: number;
  readonly maxBodyMiB: number;
};

const OPTIONS = "https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/command-options-general.html";

export const beanstalkDefaults = {
  instances: { min: 1, max: 1 },
  volumeGiB: 30,
  exposure: "internal",
  timeoutSeconds: 60,
  maxBodyMiB: 6,
} as const satisfies Partial<BeanstalkServing>;

export const beanstalkSchema: JsonSchema = object(
  "An Elastic Beanstalk environment on the Docker platform: ordinary EC2 instances behind a load balancer.",
  {
    instance: {
      type: "string",
      pattern: "^(?!ml\\.)[a-z0-9-]+\\.[a-z0-9-]+$",
      description: "EC2 instance type (no ml. in front).",
      examples: ["m5.2xlarge", "c5.2xlarge"],
      "x-field": "instanceType",
      "x-source": OPTIONS,
    },
    instances: object("How many instances the group holds.", {
      min: { type: "integer", minimum: 1, maximum: 10_000, description: "Fewest instances.", "x-source": OPTIONS },
      max: { type: "integer", minimum: 1, maximum: 10_000, description: "Most instances.", "x-source": OPTIONS },
    }),
    volume: {
      type: "string",
      description: "Root volume (gp3).",
      "x-quantity": { kind: "size", unit: "GiB", minimum: 10, maximum: 16_384 },
      "x-field": "volumeGiB",
      "x-source": OPTIONS,
    },
    exposure: { enum: ["internal", "public"], description: "Who reaches the load balancer: the VPC, or everybody." },
    timeout: duration("timeoutSeconds", { description: "A request that takes longer is answered 504.", minimum: 1, maximum: 3600, source: OPTIONS }),
    maxBody: {
      type: "string",
      description: "A larger request is answered 413.",
      "x-quantity": { kind: "size", unit: "MiB", minimum: 1, maximum: 1024 },
      "x-field": "maxBodyMiB",
    },
  },
  ["instance"],
);
