import assert from "node:assert/strict";
import { allResources, model, ofType, planned, realtimeServing } from "./support/resolved";

interface Statement {
  readonly Sid: string;
  readonly Effect: string;
  readonly Action: string | string[];
  readonly Resource: unknown;
  readonly Condition?: unknown;
}

const plan = planned([
  model(),
  model({ name: "stygig-clip", serving: { realtime: realtimeServing() }, traffic: [{ version: "v3", weight: 1 }, { version: "v4", weight: 1 }] }),
]);

/** Every policy document anywhere in the plan, by where it stands. */
function documentsIn(value: unknown, at: string): { at: string; statements: Statement[] }[] {
  if (value === null || typeof value !== "object") return [];
  if ("$json" in value) {
    const { Statement: statements } = value.$json as { Statement?: Statement[] };
    return statements === undefined ? [] : [{ at, statements }];
  }
  return Object.entries(value).flatMap(([key, inner]) => documentsIn(inner, `${at}.${key}`));
}

const documents = allResources(plan).flatMap(({ name, inputs }) => documentsIn(inputs, name));
const statements = (of: string): Statement[] => documents.filter(({ at }) => at.startsWith(of)).flatMap((document) => document.statements);
const named = (of: string, sid: string): Statement => statements(of).find(({ Sid }) => Sid === sid)!;

describe("policies", () => {
  it("hold no wildcard action and no managed policy", () => {
    assert.ok(documents.length >= 6);
    for (const { at, statements: all } of documents) {
      for (const { Action } of all) for (const action of [Action].flat()) assert.match(action, /^[a-z0-9]+:[A-Za-z]+$/, at);
    }
    assert.ok(!JSON.stringify(plan).includes("FullAccess"));
  });

  it("name every resource, but where AWS knows none for the action", () => {
    const open = documents.flatMap(({ at, statements: all }) =>
      all.filter(({ Resource }) => Resource === "*").map(({ Action }) => `${at.split("/")[1]} ${[Action].flat().join(" ")}`),
    );
    assert.deepEqual([...new Set(open)].filter((each) => !each.startsWith("data-key")).sort(), [
      "execution-policy.policy cloudwatch:PutMetricData",
      "execution-policy.policy ecr:GetAuthorizationToken",
    ]);
    assert.deepEqual(named("velib-lstm/", "PublishMetrics").Condition, { StringEquals: { "cloudwatch:namespace": ["/aws/sagemaker/Endpoints", "AWS/SageMaker"] } });
  });

  it("let a model read its own artifacts in the traffic, and no others", () => {
    const objects = (of: string): string[] => (named(of, "ReadArtifacts").Resource as { $join: string[] }[]).map(({ $join }) => $join[2]!);
    assert.deepEqual(objects("velib-lstm/"), [":s3:::example-velib-models/v3/model.tar.gz"]);
    assert.deepEqual(objects("stygig-clip/"), [":s3:::example-velib-models/v3/model.tar.gz", ":s3:::example-velib-models/v4/model.tar.gz"]);
  });

  it("take a key with IAM's own characters as it stands", () => {
    const odd = planned([model({ versions: { v3: { artifact: "s3://example-models/*/m$?.tar.gz", sha256: "0".repeat(64) } } })]);
    assert.match(JSON.stringify(ofType(odd, "aws:iam/rolePolicy:RolePolicy")), /:s3:::example-models\/\$\{\*\}\/m\$\{\$\}\$\{\?\}\.tar\.gz"/);
  });

  it("let a model write the log of its own endpoint", () => {
    const groups = (named("velib-lstm/", "WriteLogs").Resource as { $join: unknown[] }[]).map(({ $join }) => $join.at(-1));
    assert.deepEqual(groups, [":log-group:/aws/sagemaker/Endpoints/velib-lstm-dev", ":log-group:/aws/sagemaker/Endpoints/velib-lstm-dev:*"]);
  });

  it("let only SageMaker, for this account, take the role", () => {
    const [trust] = statements("velib-lstm/execution-role");
    assert.deepEqual(trust, {
      Sid: "SageMaker",
      Effect: "Allow",
      Principal: { Service: "sagemaker.amazonaws.com" },
      Action: "sts:AssumeRole",
      Condition: { StringEquals: { "aws:SourceAccount": { $fact: "accountId" } } },
    });
  });

  it("give every role its policy before a model or an endpoint uses it", () => {
    for (const type of ["aws:sagemaker/model:Model", "aws:sagemaker/endpoint:Endpoint"] as const) {
      for (const { parent, dependsOn } of ofType(plan, type)) assert.deepEqual(dependsOn, [`${parent}/execution-policy`]);
    }
  });

  it("keep the alarm topic encrypted and out of clear text", () => {
    const [topic] = ofType(plan, "aws:sns/topic:Topic");
    assert.deepEqual(topic!.inputs.kmsMasterKeyId, { $ref: "shared/data-key", output: "arn" });
    assert.deepEqual(named("shared/alarm-topic-policy", "OnlyEncrypted").Condition, { Bool: { "aws:SecureTransport": "false" } });
    assert.deepEqual(named("shared/data-key", "PublishAlarms").Action, ["kms:Decrypt", "kms:GenerateDataKey"]);
  });
});
