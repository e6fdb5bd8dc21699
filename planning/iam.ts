import { fact, join, jsonDocument, ref, type JsonDocument, type Join, type Marker } from "../contract/resources";
import { endpointLogGroup } from "./naming";

/** One statement of a policy, in IAM's own words. */
export interface Statement {
  readonly Sid: string;
  readonly Effect: "Allow" | "Deny";
  readonly Principal?: unknown;
  readonly Action: string | readonly string[];
  readonly Resource: string | Marker | readonly (string | Marker)[];
  readonly Condition?: unknown;
}

export const policyDocument = (...statements: readonly Statement[]): JsonDocument =>
  jsonDocument({ Version: "2012-10-17", Statement: statements });

/** An ARN in the stack's own partition and account. */
export const ownArn = (service: string, region: string, resource: string): Join =>
  join("arn:", fact("partition"), `:${service}:${region}:`, fact("accountId"), `:${resource}`);

/** Only the account that the stack lives in may act through a service on this stack's resources. */
export const ownAccountOnly = { StringEquals: { "aws:SourceAccount": fact("accountId") } } as const;

/**
 * Who may take on a model's role: SageMaker, and only for this account (the
 * "confused deputy" guard of
 * https://docs.aws.amazon.com/sagemaker/latest/dg/security-confused-deputy-prevention.html).
 */
export const trustPolicy: JsonDocument = jsonDocument({
  Version: "2012-10-17",
  Statement: [
    {
      Sid: "SageMaker",
      Effect: "Allow",
      Principal: { Service: "sagemaker.amazonaws.com" },
      Action: "sts:AssumeRole",
      Condition: ownAccountOnly,
    },
  ],
});

export interface ExecutionAccess {
  readonly region: string;
  /** Logical name of the stack's repository, or the image of the owner's own. */
  readonly image: { readonly repository: string } | { readonly uri: string };
  /** ARN of each artifact in the traffic. */
  readonly artifacts: readonly Join[];
  readonly endpointNames: readonly string[];
  /** Names of the alarms that take a rollout back. */
  readonly rollbackAlarms?: readonly string[];
  /** What its modes need beyond that. */
  readonly grants?: readonly Statement[];
}

/**
 * What a model's role may do, and no more: pull one image, read its own
 * artifacts, write its own logs, publish metrics, read the alarms of its own
 * rollouts. The list of actions is
 * "CreateModel API: Execution Role Permissions" of
 * https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-roles.html
 */
export function executionPolicy(access: ExecutionAccess): JsonDocument {
  const { region, image, artifacts, endpointNames, rollbackAlarms = [], grants = [] } = access;
  return policyDocument(
    ...imageAccess(image),
    {
      Sid: "ReadArtifacts",
      Effect: "Allow",
      Action: "s3:GetObject",
      Resource: artifacts,
    },
    ...(endpointNames.length === 0 ? [] : [writeLogs("WriteLogs", region, endpointNames.map(endpointLogGroup))]),
    {
      // AWS knows no resource for this action; the namespace is what narrows it:
      // https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/iam-cw-condition-keys-namespace.html
      Sid: "PublishMetrics",
      Effect: "Allow",
      Action: "cloudwatch:PutMetricData",
      Resource: "*",
      Condition: { StringEquals: { "cloudwatch:namespace": ["/aws/sagemaker/Endpoints", "AWS/SageMaker"] } },
    },
    ...(rollbackAlarms.length === 0
      ? []
      : [
          {
            // https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-configuration.html
            Sid: "WatchRollouts",
            Effect: "Allow",
            Action: "cloudwatch:DescribeAlarms",
            Resource: rollbackAlarms.map((name) => ownArn("cloudwatch", region, `alarm:${name}`)),
          } as const,
        ]),
    ...grants,
  );
}

/** What it takes to pull one image: its layers, and a log-in to the registry. */
export function imageAccess(image: ExecutionAccess["image"]): Statement[] {
  return [
    {
      Sid: "PullImage",
      Effect: "Allow",
      Action: ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
      Resource: "repository" in image ? ref(image.repository, "arn") : (repositoryArn(image.uri) ?? []),
    },
    {
      // AWS knows no resource for this action, so it cannot be narrowed:
      // https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerregistry.html
      Sid: "LogInToRegistry",
      Effect: "Allow",
      Action: "ecr:GetAuthorizationToken",
      Resource: "*",
    },
  ];
}

/** What it takes to write to log groups. */
export const writeLogs = (sid: string, region: string, groups: readonly string[]): Statement => ({
  Sid: sid,
  Effect: "Allow",
  Action: ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
  // The group itself, and its streams: the two forms in which the actions name it.
  Resource: groups.flatMap((group) => [ownArn("logs", region, `log-group:${group}`), ownArn("logs", region, `log-group:${group}:*`)]),
});

/** ARN of the object behind `s3://bucket/key`. */
export const objectArn = (uri: string): Join => join("arn:", fact("partition"), `:s3:::${literally(uri.replace(/^s3:\/\//, ""))}`);

/**
 * Text that IAM takes as it stands: `*`, `?` and `$` are legal in an S3 key and mean more than themselves in a policy
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#policy-vars-specialchars).
 */
const literally = (text: string): string => text.replace(/[*?$]/g, (character) => `\${${character}}`);

const ECR_IMAGE = /^(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?\/([^@:]+)@sha256:[0-9a-f]{64}$/;

/** The repository of an image in ECR; undefined where the image is not there, or not pinned by digest. */
export function repositoryArn(imageUri: string): Join | undefined {
  const [, account, region, repository] = ECR_IMAGE.exec(imageUri) ?? [];
  return account === undefined ? undefined : join("arn:", fact("partition"), `:ecr:${region}:${account}:repository/${repository}`);
}
