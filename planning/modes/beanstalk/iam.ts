import { fact, join, jsonDocument, ref, type JsonDocument, type Join } from "../../../contract/resources";
import { imageAccess, ownArn, policyDocument, type Statement } from "../../iam";
import { keyGrants } from "../../key";
import type { StackFacts } from "../../types";

const trust = (statement: { readonly Sid: string; readonly Principal: unknown; readonly Condition?: unknown }): JsonDocument =>
  jsonDocument({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", ...statement }] });

/** Instances take on their role by the instance profile. */
export const instanceTrust: JsonDocument = trust({ Sid: "Instances", Principal: { Service: "ec2.amazonaws.com" } });

/** https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/iam-servicerole.html */
export const serviceTrust: JsonDocument = trust({
  Sid: "ElasticBeanstalk",
  Principal: { Service: "elasticbeanstalk.amazonaws.com" },
  Condition: { StringEquals: { "sts:ExternalId": "elasticbeanstalk" } },
});

const managedPolicy = (name: string): Join => join("arn:", fact("partition"), `:iam::aws:policy/${name}`);

/** What the service needs for enhanced health and managed updates (the same guide; `AWSElasticBeanstalkService` is superseded). */
export const servicePolicies = {
  health: managedPolicy("service-role/AWSElasticBeanstalkEnhancedHealth"),
  updates: managedPolicy("AWSElasticBeanstalkManagedUpdatesCustomerRolePolicy"),
} as const;

export interface InstanceAccess {
  readonly facts: StackFacts;
  readonly application: string;
  readonly environment: string;
  readonly image: { readonly repository: string } | { readonly uri: string };
  /** ARN of the artifact's object. */
  readonly artifact: Join;
  /** What it takes where the owner has encrypted it. */
  readonly decryptArtifact: readonly Statement[];
  /** ARN of the bundle's object. */
  readonly bundle: Join;
  /** Logical name of the token's secret. */
  readonly tokenSecret: string;
}

/**
 * What an instance may do: the parts of AWSElasticBeanstalkWebTier that it uses
 * (https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/iam-instanceprofile.html),
 * on its own environment alone, and what its hooks read.
 */
export function instancePolicy(access: InstanceAccess): JsonDocument {
  const { facts: { region }, application, environment, image, artifact, bundle, tokenSecret } = access;
  const logs = `log-group:/aws/elasticbeanstalk/${environment}/*`;
  const statements: Statement[] = [
    ...imageAccess(image),
    { Sid: "ReadArtifact", Effect: "Allow", Action: "s3:GetObject", Resource: artifact },
    { Sid: "ReadBundle", Effect: "Allow", Action: "s3:GetObject", Resource: bundle },
    ...keyGrants(access.facts, ["read"]),
    ...access.decryptArtifact,
    { Sid: "ReadToken", Effect: "Allow", Action: "secretsmanager:GetSecretValue", Resource: ref(tokenSecret, "arn") },
    {
      Sid: "ReportHealth",
      Effect: "Allow",
      Action: "elasticbeanstalk:PutInstanceStatistics",
      Resource: [ownArn("elasticbeanstalk", region, `application/${application}`), ownArn("elasticbeanstalk", region, `environment/${application}/${environment}`)],
    },
    { Sid: "WriteLogs", Effect: "Allow", Action: ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:DescribeLogGroups", "logs:DescribeLogStreams", "logs:PutLogEvents"], Resource: ownArn("logs", region, logs) },
    {
      Sid: "HandOverLogs",
      Effect: "Allow",
      Action: "s3:PutObject",
      // The service's own bucket, where `eb logs` looks.
      Resource: join("arn:", fact("partition"), `:s3:::elasticbeanstalk-${region}-`, fact("accountId"), "/resources/environments/logs/*"),
    },
  ];
  return policyDocument(...statements);
}
