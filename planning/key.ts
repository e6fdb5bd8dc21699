import { fact, join, ref, type Marker, type PlannedResource, type Ref } from "../contract/resources";
import { ownAccountOnly, policyDocument, type Statement } from "./iam";
import { partitionOf } from "./regions";
import { SHARED, sharedNames, tagsOf } from "./shared";
import type { ResolvedModel, StackFacts } from "./types";

/** The owner's key of the facts' region; undefined where Slipway makes one. */
export const ownersKey = ({ keys, region }: StackFacts): string | undefined => keys?.[region];

/** ARN of the one key that a stack has in a region: the owner's, or Slipway's. */
export const keyArn = (facts: StackFacts): string | Ref => ownersKey(facts) ?? ref(sharedNames.dataKey, "arn");

/**
 * The key of a region: data, volumes and messages are encrypted with it. None
 * where the owner brings one, whose policy is then the owner's to write.
 * @param publishers of the topics that it encrypts: CloudWatch's alarms, EventBridge's rules.
 */
export function planKey(facts: StackFacts, publishers: { readonly alarmed: boolean; readonly eventsToo: boolean }): PlannedResource[] {
  if (ownersKey(facts) !== undefined) return [];
  return [
    {
      type: "aws:kms/key:Key",
      name: sharedNames.dataKey,
      parent: SHARED,
      inputs: {
        description: `Encrypts the data of ${facts.stack}.`,
        enableKeyRotation: true,
        deletionWindowInDays: 30,
        policy: policyDocument(administerKey, grantToServices, ...(publishers.alarmed ? [publishAlarms] : []), ...(publishers.eventsToo ? [publishEvents] : [])),
        tags: tagsOf(facts),
      },
    },
  ];
}

/** What the account keeps of a key it owns; spelt out, so that no policy of ours holds a wildcard action. */
const keyAdministration: readonly string[] = [
  "kms:CancelKeyDeletion",
  "kms:Decrypt",
  "kms:DescribeKey",
  "kms:DisableKey",
  "kms:DisableKeyRotation",
  "kms:EnableKey",
  "kms:EnableKeyRotation",
  "kms:GenerateDataKey",
  "kms:GetKeyPolicy",
  "kms:GetKeyRotationStatus",
  "kms:ListGrants",
  "kms:ListResourceTags",
  "kms:PutKeyPolicy",
  "kms:RevokeGrant",
  "kms:ScheduleKeyDeletion",
  "kms:TagResource",
  "kms:UntagResource",
  "kms:UpdateKeyDescription",
];

const account = { AWS: join("arn:", fact("partition"), ":iam::", fact("accountId"), ":root") };

/** The account itself, which hands on what it may do by the policies of its roles. In the policy of a key, "*" is that key: https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-overview.html */
const administerKey: Statement = { Sid: "Administer", Effect: "Allow", Principal: account, Action: keyAdministration, Resource: "*" };

/** A grant of the key lasts, so it is for services of AWS alone: https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-grant-is-for-aws-resource */
const forServices = { Bool: { "kms:GrantIsForAWSResource": "true" } } as const;
const grantToServices: Statement = { Sid: "GrantToServices", Effect: "Allow", Principal: account, Action: "kms:CreateGrant", Resource: "*", Condition: forServices };

/**
 * CloudWatch cannot use the key that AWS manages for SNS: https://repost.aws/knowledge-center/cloudwatch-configure-alarm-sns
 * What it needs of ours: https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
 */
const publishAlarms: Statement = {
  Sid: "PublishAlarms",
  Effect: "Allow",
  Principal: { Service: "cloudwatch.amazonaws.com" },
  Action: ["kms:Decrypt", "kms:GenerateDataKey"],
  Resource: "*",
  Condition: ownAccountOnly,
};

/** Without a condition: EventBridge says neither its account nor its rule (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html#eb-sns-permissions). */
const publishEvents: Statement = { Sid: "PublishEvents", Effect: "Allow", Principal: { Service: "events.amazonaws.com" }, Action: ["kms:Decrypt", "kms:GenerateDataKey"], Resource: "*" };

/** What a mode does with the stack's key by the model's role: read or write objects, publish messages, encrypt disks. */
export type KeyUse = "messages" | "read" | "volumes" | "write";

/** Only through the service that stores what the key encrypts: https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service */
export const through = ({ region }: StackFacts, service: "s3" | "sns") => ({ StringEquals: { "kms:ViaService": `${service}.${region}.${partitionOf(region) === "aws-cn" ? "amazonaws.com.cn" : "amazonaws.com"}` } }) as const;

/** What a role may do with the stack's key, and no more than its modes do. */
export function keyGrants(facts: StackFacts, uses: readonly KeyUse[]): Statement[] {
  const Resource = keyArn(facts);
  const statement = (Sid: string, Action: string | readonly string[], Condition: unknown): Statement => ({ Sid, Effect: "Allow", Action, Resource, Condition });
  return [
    ...(uses.includes("write")
      ? [statement("UseKeyForObjects", ["kms:Decrypt", "kms:GenerateDataKey"], through(facts, "s3"))]
      : uses.includes("read")
        ? [statement("UseKeyForObjects", "kms:Decrypt", through(facts, "s3"))]
        : []),
    ...(uses.includes("messages") ? [statement("UseKeyForMessages", ["kms:Decrypt", "kms:GenerateDataKey"], through(facts, "sns"))] : []),
    ...(uses.includes("volumes") ? volumeGrants("UseKeyForVolumes", Resource) : []),
  ];
}

/** SageMaker encrypts a disk with a grant that it makes by the role: https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-roles.html */
export const volumeGrants = (sid: string, key: string | Marker): Statement[] => [
  { Sid: sid, Effect: "Allow", Action: "kms:CreateGrant", Resource: key, Condition: forServices },
  { Sid: `${sid}Described`, Effect: "Allow", Action: "kms:DescribeKey", Resource: key },
];

/** What it takes to read the artifacts of versions that their owner has encrypted with keys of the owner's own. */
export function artifactKeyGrants(facts: StackFacts, model: ResolvedModel, versions: readonly string[]): Statement[] {
  const keys = [...new Set(versions.flatMap((version) => model.versions[version]?.kmsKey ?? []))].sort();
  return keys.length === 0 ? [] : [{ Sid: "DecryptArtifacts", Effect: "Allow", Action: "kms:Decrypt", Resource: keys, Condition: through(facts, "s3") }];
}
