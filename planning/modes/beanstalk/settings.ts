import { ref, type Marker } from "../../../contract/resources";
import { SPEC_FILE_VARIABLE } from "../../../contract/serve-spec";
import type { EnvironmentPlacement } from "../../network/placement";
import { SPEC_FILE, TOKEN_FILE } from "./bundle";
import { optionFault } from "./options";
import type { BeanstalkServing } from "./schema";

/** One option as the service takes it. */
export interface Setting {
  readonly namespace: string;
  readonly name: string;
  /** Always given: without it every preview shows a change (https://github.com/pulumi/pulumi-aws/issues/920). */
  readonly resource: "";
  readonly value: string | Marker;
}

export interface SettingsRequest {
  readonly serving: BeanstalkServing;
  readonly placement: EnvironmentPlacement;
  /** Logical names of the instance profile and the service role. */
  readonly profile: string;
  readonly serviceRole: string;
}

/** Seconds that one batch of a deployment may take: pulling an image and unpacking a model take minutes each. */
const DEPLOYMENT_TIMEOUT_SECONDS = 1800;
/** TLS 1.2 and 1.3: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html */
const TLS_POLICY = "ELBSecurityPolicy-TLS13-1-2-2021-06";

/**
 * Every option of an environment, in the order in which the service gives them
 * back: text throughout, sorted, or each preview would show a change that is none
 * (https://github.com/pulumi/pulumi/issues/5172).
 *
 * @throws Error for an option that is not in `options.ts`: a mistake of ours.
 */
export function environmentSettings(request: SettingsRequest): readonly Setting[] {
  const settings = Object.entries(options(request)).flatMap(([namespace, values]) =>
    Object.entries(values).flatMap(([name, value]): Setting[] => (value === undefined ? [] : [{ namespace, name, resource: "", value: typeof value === "object" ? value : String(value) }])),
  );
  for (const { namespace, name, value } of settings) {
    const fault = optionFault(namespace, name, typeof value === "string" ? value : undefined);
    if (fault !== undefined) throw new Error(`bug: ${namespace} ${name}: ${fault}`);
  }
  return settings.sort((a, b) => compare(a.namespace, b.namespace) || compare(a.name, b.name));
}

type Values = { readonly [option: string]: Marker | boolean | number | string | undefined };

function options({ serving, placement, profile, serviceRole }: SettingsRequest): { readonly [namespace: string]: Values } {
  const { certificate, scaling } = serving;
  return {
    "aws:autoscaling:asg": { Cooldown: scaling.cooldownSeconds, MaxSize: serving.instances.max, MinSize: serving.instances.min },
    "aws:autoscaling:launchconfiguration": {
      // These two together make the group use a launch template; accounts made since October 2024 have nothing else
      // (https://github.com/aws/elastic-beanstalk-roadmap/issues/271). Requests for credentials need a session besides.
      DisableIMDSv1: true,
      RootVolumeType: "gp3",
      RootVolumeSize: serving.volumeGiB,
      RootVolumeIOPS: serving.iops ?? undefined,
      RootVolumeThroughput: serving.throughputMiB ?? undefined,
      IamInstanceProfile: ref(profile, "name"),
      // Beanstalk's own group lets everything out.
      ...(placement.groups === undefined ? {} : { DisableDefaultEC2SecurityGroup: true, SecurityGroups: placement.groups.instances }),
    },
    "aws:autoscaling:trigger": {
      // The service's own default counts bytes sent.
      MeasureName: "CPUUtilization",
      Statistic: "Average",
      Unit: "Percent",
      UpperThreshold: scaling.cpuPercent,
      LowerThreshold: lowerThreshold(scaling.cpuPercent),
      UpperBreachScaleIncrement: 1,
      LowerBreachScaleIncrement: -1,
      // Minutes; period × evaluations is how long the threshold must be passed.
      Period: 1,
      EvaluationPeriods: 5,
      BreachDuration: 5,
    },
    "aws:autoscaling:updatepolicy:rollingupdate": { RollingUpdateEnabled: true, RollingUpdateType: "Health" },
    "aws:ec2:instances": { EnableSpot: false, InstanceTypes: serving.instanceType },
    "aws:ec2:vpc": {
      VPCId: placement.vpcId,
      Subnets: placement.subnets,
      ELBSubnets: placement.balancerSubnets,
      ELBScheme: serving.exposure,
      AssociatePublicIpAddress: placement.publicAddresses,
    },
    "aws:elasticbeanstalk:application:environment": { [SPEC_FILE_VARIABLE]: SPEC_FILE, SLIPWAY_TOKEN_FILE: TOKEN_FILE },
    "aws:elasticbeanstalk:cloudwatch:logs": { StreamLogs: true, RetentionInDays: 30, DeleteOnTerminate: false },
    "aws:elasticbeanstalk:command": { DeploymentPolicy: "RollingWithAdditionalBatch", BatchSizeType: "Fixed", BatchSize: 1, Timeout: DEPLOYMENT_TIMEOUT_SECONDS },
    "aws:elasticbeanstalk:environment": { EnvironmentType: "LoadBalanced", LoadBalancerType: "application", ServiceRole: ref(serviceRole, "name") },
    "aws:elasticbeanstalk:environment:process:default": {
      Port: 80,
      Protocol: "HTTP",
      HealthCheckPath: serving.healthPath,
      MatcherHTTPCode: "200",
      HealthCheckInterval: 15,
      HealthCheckTimeout: 5,
      HealthyThresholdCount: 3,
      UnhealthyThresholdCount: 5,
      // An instance that goes away answers what it has taken.
      DeregistrationDelay: serving.timeoutSeconds,
    },
    "aws:elasticbeanstalk:environment:proxy": { ProxyServer: "nginx" },
    "aws:elasticbeanstalk:healthreporting:system": { SystemType: "enhanced" },
    // Patches of the platform come by themselves, in a quiet hour (UTC); new minor versions come with a review.
    "aws:elasticbeanstalk:managedactions": { ManagedActionsEnabled: true, PreferredStartTime: "Sun:03:00", ServiceRoleForManagedUpdates: ref(serviceRole, "name") },
    "aws:elasticbeanstalk:managedactions:platformupdate": { UpdateLevel: "patch", InstanceRefreshEnabled: false },
    ...(certificate === null
      ? {}
      : { "aws:elbv2:listener:443": { ListenerEnabled: true, Protocol: "HTTPS", SSLCertificateArns: certificate, SSLPolicy: TLS_POLICY } }),
    "aws:elbv2:listener:default": { ListenerEnabled: certificate === null },
    "aws:elbv2:loadbalancer": {
      IdleTimeout: serving.timeoutSeconds,
      // Both name it: the second keeps Beanstalk from making one that is open to everybody.
      ...(placement.groups === undefined ? {} : { ManagedSecurityGroup: placement.groups.balancer, SecurityGroups: placement.groups.balancer }),
    },
  };
}

/** Less than half of the upper one: where one of two instances goes, the other does not pass the upper threshold. */
export const lowerThreshold = (cpuPercent: number): number => Math.max(1, Math.floor(cpuPercent / 2) - 5);

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
