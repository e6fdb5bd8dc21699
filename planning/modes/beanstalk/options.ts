/**
 * Which configuration options an environment may be given, and their ranges.
 *
 * Elastic Beanstalk checks them only when the environment is made, minutes into
 * a deployment (https://github.com/pulumi/pulumi-aws/issues/3461), so a wrong
 * namespace must not leave the plan. Rows: general options, but for the proxy's.
 */
export interface OptionRule {
  readonly kind: "boolean" | "integer" | "list" | "text" | readonly string[];
  /** Of an integer. */
  readonly minimum?: number;
  readonly maximum?: number;
}

/** Where every row but `proxy` comes from. */
export const OPTIONS_SOURCE = "https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/command-options-general.html";

const integer = (minimum: number, maximum: number): OptionRule => ({ kind: "integer", minimum, maximum });
const oneOf = (...values: string[]): OptionRule => ({ kind: values });
const [boolean, list, text]: readonly OptionRule[] & { readonly length: 3 } = [{ kind: "boolean" }, { kind: "list" }, { kind: "text" }];

/** Namespace → option → rule, for the Docker platform. `*`: any name. */
export const environmentOptions: { readonly [namespace: string]: { readonly [option: string]: OptionRule } } = Object.freeze({
  "aws:autoscaling:asg": { Cooldown: integer(0, 10_000), MaxSize: integer(1, 10_000), MinSize: integer(1, 10_000) },
  "aws:autoscaling:launchconfiguration": {
    DisableDefaultEC2SecurityGroup: boolean,
    DisableIMDSv1: boolean,
    IamInstanceProfile: text,
    RootVolumeIOPS: integer(3000, 16_000),
    RootVolumeSize: integer(10, 16_384),
    RootVolumeThroughput: integer(125, 1000),
    RootVolumeType: oneOf("gp3"),
    SecurityGroups: list,
  },
  "aws:autoscaling:trigger": {
    BreachDuration: integer(1, 600),
    EvaluationPeriods: integer(1, 600),
    LowerBreachScaleIncrement: integer(-100, -1),
    LowerThreshold: integer(0, 100),
    MeasureName: oneOf("CPUUtilization"),
    Period: integer(1, 600),
    Statistic: oneOf("Average", "Maximum", "Minimum", "Sum"),
    Unit: oneOf("Percent"),
    UpperBreachScaleIncrement: integer(1, 100),
    UpperThreshold: integer(0, 100),
  },
  "aws:autoscaling:updatepolicy:rollingupdate": { RollingUpdateEnabled: boolean, RollingUpdateType: oneOf("Health", "Immutable", "Time") },
  "aws:ec2:instances": { EnableSpot: boolean, InstanceTypes: list },
  "aws:ec2:vpc": { AssociatePublicIpAddress: boolean, ELBScheme: oneOf("internal", "public"), ELBSubnets: list, Subnets: list, VPCId: text },
  "aws:elasticbeanstalk:application:environment": { "*": text },
  "aws:elasticbeanstalk:cloudwatch:logs": { DeleteOnTerminate: boolean, RetentionInDays: oneOf("1", "3", "5", "7", "14", "30", "60", "90", "120", "150", "180", "365"), StreamLogs: boolean },
  "aws:elasticbeanstalk:command": {
    BatchSize: integer(1, 10_000),
    BatchSizeType: oneOf("Fixed", "Percentage"),
    DeploymentPolicy: oneOf("AllAtOnce", "Immutable", "Rolling", "RollingWithAdditionalBatch", "TrafficSplitting"),
    Timeout: integer(1, 3600),
  },
  "aws:elasticbeanstalk:environment": { EnvironmentType: oneOf("LoadBalanced", "SingleInstance"), LoadBalancerType: oneOf("application"), ServiceRole: text },
  "aws:elasticbeanstalk:environment:process:default": {
    DeregistrationDelay: integer(0, 3600),
    HealthCheckInterval: integer(5, 300),
    HealthCheckPath: text,
    HealthCheckTimeout: integer(1, 60),
    HealthyThresholdCount: integer(2, 10),
    MatcherHTTPCode: text,
    Port: integer(1, 65_535),
    Protocol: oneOf("HTTP", "HTTPS"),
    UnhealthyThresholdCount: integer(2, 10),
  },
  // https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/command-options-specific.html
  "aws:elasticbeanstalk:environment:proxy": { ProxyServer: oneOf("nginx", "none") },
  "aws:elasticbeanstalk:healthreporting:system": { SystemType: oneOf("basic", "enhanced") },
  "aws:elasticbeanstalk:managedactions": { ManagedActionsEnabled: boolean, PreferredStartTime: text, ServiceRoleForManagedUpdates: text },
  "aws:elasticbeanstalk:managedactions:platformupdate": { InstanceRefreshEnabled: boolean, UpdateLevel: oneOf("minor", "patch") },
  "aws:elbv2:listener:443": { ListenerEnabled: boolean, Protocol: oneOf("HTTPS"), SSLCertificateArns: text, SSLPolicy: text },
  "aws:elbv2:listener:default": { ListenerEnabled: boolean },
  "aws:elbv2:loadbalancer": { IdleTimeout: integer(1, 3600), ManagedSecurityGroup: text, SecurityGroups: list },
});

/**
 * Why an option may not be set so, in words; undefined where it may. A value is
 * text, as the service takes it; what AWS decides later is judged by its place alone.
 */
export function optionFault(namespace: string, name: string, value?: string): string | undefined {
  const options = Object.hasOwn(environmentOptions, namespace) ? environmentOptions[namespace]! : undefined;
  if (options === undefined) return `the Docker platform has no namespace ${namespace}`;
  const rule = Object.hasOwn(options, name) ? options[name] : options["*"];
  if (rule === undefined) {
    const elsewhere = Object.entries(environmentOptions).find(([, others]) => Object.hasOwn(others, name))?.[0];
    return `${namespace} has no option ${name}${elsewhere === undefined ? "" : `; it belongs to ${elsewhere}`}`;
  }
  return value === undefined ? undefined : valueFault(rule, value);
}

function valueFault({ kind, minimum = -Infinity, maximum = Infinity }: OptionRule, value: string): string | undefined {
  if (typeof kind === "object") return kind.includes(value) ? undefined : `${JSON.stringify(value)} is none of ${kind.join(", ")}`;
  if (kind === "boolean") return value === "true" || value === "false" ? undefined : `${JSON.stringify(value)} is neither "true" nor "false"`;
  if (kind === "integer") {
    if (!/^-?\d+$/.test(value)) return `${JSON.stringify(value)} is not a whole number in digits`;
    return Number(value) >= minimum && Number(value) <= maximum ? undefined : `${value} is not within ${minimum} and ${maximum}`;
  }
  return value === "" ? "the value is empty" : undefined;
}
