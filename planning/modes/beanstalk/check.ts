import { familyOf, isArm, retiredFamilies } from "../../instances";
import { pricesFor } from "../../prices";
import type { ResolvedModel } from "../../types";
import type { ModeIssue } from "../mode";
import { OPTIONS, type BeanstalkServing } from "./schema";

const INSTANCE_TYPES = "https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-types.html";
const VOLUMES = "https://docs.aws.amazon.com/ebs/latest/userguide/general-purpose.html";
const HTTPS = "https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/configuring-https-elb.html";
/** Operations a second for each GiB (OPTIONS, RootVolumeIOPS). */
const MAX_IOPS_PER_GIB = 30;
/** MiB a second for each operation a second (VOLUMES). */
const MAX_THROUGHPUT_PER_IOPS = 0.25;
const GP3_IOPS = 3000;

/** What is wrong with an environment, whichever model it serves and for what. */
export function environmentIssues(model: ResolvedModel, serving: BeanstalkServing): ModeIssue[] {
  return [...instanceIssues(serving), ...volumeIssues(serving), ...exposureIssues(model, serving), ...healthIssues(model, serving)];
}

/** One more thing holds for a model served by an environment alone. */
export function servedAloneIssues(model: ResolvedModel): ModeIssue[] {
  const served = model.traffic.filter(({ weight }) => weight > 0);
  if (model.traffic.length <= 1) return [];
  const heaviest = [...served].sort((a, b) => b.weight - a.weight)[0] ?? model.traffic[0]!;
  return [
    {
      code: "beanstalk-one-version",
      path: "/traffic",
      message: `traffic names ${model.traffic.length} versions, and an environment serves one`,
      hint: `write: traffic: { ${heaviest.version}: 100 }, or serve the model in realtime mode`,
    },
  ];
}

function instanceIssues({ instanceType, instances: { min, max } }: BeanstalkServing): ModeIssue[] {
  const hosted = `ml.${instanceType}`;
  const retired = retiredFamilies[familyOf(hosted)];
  return [
    ...(min <= max ? [] : [{ code: "scaling-range", path: "instances.min", message: `instances goes from ${min} down to ${max}`, hint: `write: instances: { min: ${max}, max: ${min} }` }]),
    ...(isArm(hosted) || /^(a1|t4g)\./.test(instanceType)
      ? [
          {
            code: "instance-architecture",
            path: "instance",
            message: `${instanceType} has an Arm processor, and the inference image is built for linux/amd64`,
            hint: "write: instance: m5.2xlarge",
            source: INSTANCE_TYPES,
          },
        ]
      : []),
    ...(retired === undefined
      ? []
      : [
          {
            code: "instance-retired",
            severity: retired.severity,
            path: "instance",
            message: retired.severity === "error" ? `${instanceType} is retired: AWS launches no new ones` : `${instanceType} is of a previous generation and is being retired`,
            hint: `write one of the ${retired.instead.replaceAll("ml.", "")} family`,
            source: retired.source,
          },
        ]),
  ];
}

function volumeIssues({ volumeGiB, iops, throughputMiB }: BeanstalkServing): ModeIssue[] {
  const operations = iops ?? GP3_IOPS;
  return [
    ...(iops === null || iops <= volumeGiB * MAX_IOPS_PER_GIB
      ? []
      : [
          {
            code: "volume-iops",
            path: "iops",
            message: `${iops} operations a second need a volume of ${Math.ceil(iops / MAX_IOPS_PER_GIB)} GiB, and it has ${volumeGiB}`,
            hint: `write: volume: ${Math.ceil(iops / MAX_IOPS_PER_GIB)} GiB, or take iops out`,
            source: OPTIONS,
          },
        ]),
    ...(throughputMiB === null || throughputMiB <= operations * MAX_THROUGHPUT_PER_IOPS
      ? []
      : [
          {
            code: "volume-throughput",
            path: "throughput",
            message: `${throughputMiB} MiB a second need ${Math.ceil(throughputMiB / MAX_THROUGHPUT_PER_IOPS)} operations a second, and the volume has ${operations}`,
            hint: `write: iops: ${Math.ceil(throughputMiB / MAX_THROUGHPUT_PER_IOPS)}`,
            source: VOLUMES,
          },
        ]),
  ];
}

function exposureIssues(model: ResolvedModel, { exposure, certificate, hostname }: BeanstalkServing): ModeIssue[] {
  const issues: ModeIssue[] = [];
  if (exposure === "public" && certificate === null) {
    issues.push({
      code: "public-without-certificate",
      path: "exposure",
      message: "a public environment without a certificate would send its token and every photo over the Internet in the clear",
      hint: "write: certificate: <ARN in AWS Certificate Manager> and hostname, or exposure: internal",
      source: HTTPS,
    });
  }
  if (exposure === "public" && model.container !== null) {
    issues.push({
      code: "public-without-token",
      path: "exposure",
      message: "a container of your own does not ask callers for the token, so a public environment would answer everybody",
      hint: "write: exposure: internal",
    });
  }
  if ((certificate === null) !== (hostname === null)) {
    issues.push(
      certificate === null
        ? { code: "certificate-and-hostname", path: "hostname", message: "a hostname without a certificate is not used: the environment speaks plain HTTP", hint: "write certificate: with the ARN of a certificate for it, or take hostname out", source: HTTPS }
        : { code: "certificate-and-hostname", path: "certificate", message: "a certificate is for a name, and callers do not know which", hint: "write hostname: with the name in the certificate", source: HTTPS },
    );
  }
  return issues;
}

function healthIssues(model: ResolvedModel, { healthPath }: BeanstalkServing): ModeIssue[] {
  if (model.runtime === null || healthPath === "/ping") return [];
  return [
    {
      code: "health-path",
      path: "healthPath",
      message: `Slipway's container answers its health check at /ping and nowhere else: at ${healthPath} every instance would count as severe`,
      hint: "take healthPath out: /ping is its default",
      source: OPTIONS,
    },
  ];
}

/** A type without a price would be missing from the cost without a word. */
export function priceIssues({ instanceType }: BeanstalkServing, region: string): ModeIssue[] {
  if (Object.hasOwn(pricesFor(region).rows.servers, instanceType)) return [];
  return [
    {
      code: "price-unknown",
      severity: "warning",
      path: "instance",
      message: `no price of ${instanceType} is on record: its instances are missing from the cost`,
      hint: "add a dated row to planning/prices.ts",
    },
  ];
}

/** What only the stack knows. */
export function regionIssues({ certificate }: BeanstalkServing, region: string): ModeIssue[] {
  const theirs = certificate?.split(":")[3];
  if (theirs === undefined || theirs === region) return [];
  return [
    {
      code: "certificate-region",
      path: "certificate",
      message: `the certificate is in ${theirs}, and a load balancer takes those of its own region, ${region}`,
      hint: `request the certificate in ${region}`,
      source: HTTPS,
    },
  ];
}
