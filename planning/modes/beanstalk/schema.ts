import type { JsonSchema } from "../../../contract/json";
import { duration, object, percent } from "../schema";

/** `serving.beanstalk` (and `fallback.beanstalk`) as resolved. */
export type BeanstalkServing = {
  readonly instanceType: string;
  readonly instances: { readonly min: number; readonly max: number };
  readonly scaling: {
    /** Average processor use of the group, 0–100, above which an instance is added. */
    readonly cpuPercent: number;
    readonly cooldownSeconds: number;
  };
  readonly volumeGiB: number;
  /** Null: the 3000 that every gp3 volume has. */
  readonly iops: number | null;
  /** MiB a second; null: the 125 that every gp3 volume has. */
  readonly throughputMiB: number | null;
  readonly exposure: "internal" | "public";
  /** ARN in AWS Certificate Manager; null: plain HTTP inside the VPC. */
  readonly certificate: string | null;
  /** The name in the certificate, which leads to the load balancer; null without one. */
  readonly hostname: string | null;
  readonly timeoutSeconds: number;
  readonly maxBodyMiB: number;
  readonly healthPath: string;
};

export const OPTIONS = "https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/command-options-general.html";
const VOLUMES = "https://docs.aws.amazon.com/ebs/latest/userguide/general-purpose.html";

export const beanstalkDefaults = {
  instanceType: "m5.2xlarge",
  instances: { min: 1, max: 1 },
  // Scaling in at 30 % less leaves no load at which a group would go out and in by turns.
  scaling: { cpuPercent: 70, cooldownSeconds: 300 },
  // Image, unpacked model and the versions beside it while one is replaced.
  volumeGiB: 100,
  iops: null,
  throughputMiB: null,
  exposure: "internal",
  certificate: null,
  hostname: null,
  timeoutSeconds: 60,
  maxBodyMiB: 6,
  // What every SageMaker container answers: https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-inference-code.html
  healthPath: "/ping",
} as const satisfies BeanstalkServing;

export const beanstalkSchema: JsonSchema = object("An Elastic Beanstalk environment on the Docker platform: ordinary EC2 instances behind a load balancer.", {
  instance: {
    type: "string",
    pattern: "^(?!ml\\.)[a-z0-9-]+\\.[a-z0-9-]+$",
    "x-expects": "an EC2 instance type, without the ml. of SageMaker",
    description: "EC2 instance type.",
    examples: ["m5.2xlarge", "c5.2xlarge"],
    "x-field": "instanceType",
    "x-source": OPTIONS,
  },
  instances: object("How many instances the group holds.", {
    min: { type: "integer", minimum: 1, maximum: 10_000, description: "Fewest instances.", "x-source": OPTIONS },
    max: { type: "integer", minimum: 1, maximum: 10_000, description: "Most instances.", "x-source": OPTIONS },
  }),
  scaling: object("When an instance is added or taken away.", {
    cpu: percent("cpuPercent", { description: "Average processor use above which an instance is added; at less than half of it one is taken away.", minimum: 10, maximum: 95 }),
    cooldown: duration("cooldownSeconds", { description: "How long to wait after a scaling step before the next.", minimum: 0, maximum: 10_000, source: OPTIONS }),
  }),
  volume: {
    type: "string",
    description: "Root volume (gp3).",
    "x-quantity": { kind: "size", unit: "GiB", minimum: 10, maximum: 16_384 },
    "x-field": "volumeGiB",
    "x-source": OPTIONS,
  },
  iops: { type: "integer", minimum: 3000, maximum: 16_000, description: "Operations a second of the volume; 3000 come with every gp3.", examples: [4000], "x-source": OPTIONS },
  throughput: {
    type: "string",
    description: "Throughput of the volume in a second; 125 MiB come with every gp3.",
    "x-quantity": { kind: "size", unit: "MiB", minimum: 125, maximum: 1000 },
    "x-field": "throughputMiB",
    "x-source": VOLUMES,
  },
  exposure: { enum: ["internal", "public"], description: "Who reaches the load balancer: the VPC, or everybody. Everybody only over TLS." },
  certificate: {
    type: "string",
    pattern: "^arn:aws[a-z-]*:acm:[a-z0-9-]+:\\d{12}:certificate/[a-f0-9-]+$",
    "x-expects": "the ARN of a certificate in AWS Certificate Manager",
    description: "Certificate of the load balancer. With it the environment speaks HTTPS alone.",
    examples: ["arn:aws:acm:eu-west-1:111122223333:certificate/01234567-89ab-cdef-0123-456789abcdef"],
    "x-source": "https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/configuring-https-elb.html",
  },
  hostname: {
    type: "string",
    pattern: "^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z]{2,}$",
    "x-expects": "a whole host name in lower case",
    description: "The name in the certificate. Point it at the load balancer in your DNS; callers use it.",
    examples: ["fallback.models.example.com"],
  },
  timeout: duration("timeoutSeconds", { description: "A request that takes longer is answered 504.", minimum: 1, maximum: 300, source: OPTIONS }),
  maxBody: {
    type: "string",
    description: "A larger request is answered 413.",
    "x-quantity": { kind: "size", unit: "MiB", minimum: 1, maximum: 100 },
    "x-field": "maxBodyMiB",
    "x-source": "https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/platforms-linux-extend.proxy.html",
  },
  healthPath: {
    type: "string",
    pattern: "^/[A-Za-z0-9._~/-]*$",
    "x-expects": "a path that starts with a slash",
    description: "Where the load balancer asks an instance how it is.",
    examples: ["/ping"],
    "x-source": OPTIONS,
  },
});
