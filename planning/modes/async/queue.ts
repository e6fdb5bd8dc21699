import { ref, type AsyncInferenceConfig, type Planned, type PlannedResource } from "../../../contract/resources";
import { dataObjects, dataPrefix, dataUri, type StoredData } from "../../data-bucket";
import { ownArn, policyDocument, type Statement } from "../../iam";
import type { CallerNeeds } from "../../invoke-policy";
import { keyArn } from "../../key";
import { logicalName, physicalName } from "../../naming";
import { sharedNames, tagsOf } from "../../shared";
import type { ModeContext } from "../mode";
import type { AsyncServing } from "./schema";

type Context = ModeContext<AsyncServing>;
type Outcome = "success" | "error";

/** Where requests, answers and failures of a model lie in the stack's data bucket. */
export const queuePrefixes = (model: { readonly name: string }) => ({
  input: dataPrefix(model, "async", "input"),
  output: dataPrefix(model, "async", "output"),
  failure: dataPrefix(model, "async", "failure"),
});

export const topicName = (model: { readonly name: string }, outcome: Outcome): string => logicalName(model.name, "async", `${outcome}-topic`);

/** What the endpoint config says of the queue. */
export function asyncInferenceConfig({ model, serving, facts }: Context): Planned<AsyncInferenceConfig> {
  const { output, failure } = queuePrefixes(model);
  return {
    clientConfig: { maxConcurrentInvocationsPerInstance: serving.concurrency },
    outputConfig: {
      s3OutputPath: dataUri(output),
      s3FailurePath: dataUri(failure),
      kmsKeyId: keyArn(facts),
      notificationConfig: {
        successTopic: ref(topicName(model, "success"), "arn"),
        errorTopic: ref(topicName(model, "error"), "arn"),
        ...(serving.notifications.includeResponse ? { includeInferenceResponseIns: ["SUCCESS_NOTIFICATION_TOPIC", "ERROR_NOTIFICATION_TOPIC"] } : {}),
      },
    },
  };
}

/** Two topics, and who is mailed. */
export function planTopics({ model, serving, facts }: Context): PlannedResource[] {
  return (["success", "error"] as const).flatMap((outcome): PlannedResource[] => {
    const name = topicName(model, outcome);
    const topic = ref(name, "arn");
    return [
      {
        type: "aws:sns/topic:Topic",
        name,
        parent: model.name,
        inputs: {
          name: physicalName("aws:sns/topic:Topic", ["slipway", facts.stack, model.name, "async", outcome]),
          // An answer may travel in the message: it is encrypted as the bucket is.
          kmsMasterKeyId: keyArn(facts),
          tags: tagsOf(facts, model),
        },
      },
      {
        type: "aws:sns/topicPolicy:TopicPolicy",
        name: `${name}-policy`,
        parent: model.name,
        inputs: {
          arn: topic,
          // The model's own role publishes, by its own policy.
          policy: policyDocument({ Sid: "OnlyEncrypted", Effect: "Deny", Principal: "*", Action: "sns:Publish", Resource: topic, Condition: { Bool: { "aws:SecureTransport": "false" } } }),
        },
      },
      ...[...serving.notifications[outcome]].sort().map(
        (address): PlannedResource => ({
          type: "aws:sns/topicSubscription:TopicSubscription",
          name: logicalName(model.name, "async", `${outcome}-email`, address),
          parent: model.name,
          inputs: { topic, protocol: "email", endpoint: address },
        }),
      ),
    ];
  });
}

/**
 * What SageMaker does with the model's role for a queue: read requests, write
 * answers, tell of them. `s3:ListBucket` is an action on the bucket, not on its
 * objects, and without it a missing request is "access denied".
 * Source: https://docs.aws.amazon.com/sagemaker/latest/dg/async-inference-create-endpoint-prerequisites.html
 */
export function queueGrants({ model }: Context): Statement[] {
  const { input, output, failure } = queuePrefixes(model);
  return [
    { Sid: "ReadRequests", Effect: "Allow", Action: "s3:GetObject", Resource: dataObjects(input) },
    { Sid: "WriteAnswers", Effect: "Allow", Action: ["s3:AbortMultipartUpload", "s3:PutObject"], Resource: [dataObjects(output), dataObjects(failure)] },
    {
      Sid: "FindRequests",
      Effect: "Allow",
      Action: "s3:ListBucket",
      Resource: ref(sharedNames.dataBucket, "arn"),
      Condition: { StringLike: { "s3:prefix": [input, output, failure].map((prefix) => `${prefix}*`) } },
    },
    { Sid: "TellOfAnswers", Effect: "Allow", Action: "sns:Publish", Resource: [ref(topicName(model, "success"), "arn"), ref(topicName(model, "error"), "arn")] },
  ];
}

/** What a caller does: put a request, tell SageMaker of it, look for its answer. Without `s3:ListBucket` an answer that is not there yet is "access denied". */
export function queueCallers({ model, facts }: Context, endpointName: string): CallerNeeds {
  const { input, output, failure } = queuePrefixes(model);
  return {
    data: true,
    statements: [
      { Sid: "InvokeAsync", Effect: "Allow", Action: "sagemaker:InvokeEndpointAsync", Resource: ownArn("sagemaker", facts.region, `endpoint/${endpointName}`) },
      { Sid: "PutRequests", Effect: "Allow", Action: "s3:PutObject", Resource: dataObjects(input) },
      { Sid: "ReadAnswers", Effect: "Allow", Action: "s3:GetObject", Resource: [dataObjects(output), dataObjects(failure)] },
      {
        Sid: "LookForAnswers",
        Effect: "Allow",
        Action: "s3:ListBucket",
        Resource: ref(sharedNames.dataBucket, "arn"),
        Condition: { StringLike: { "s3:prefix": [output, failure].map((prefix) => `${prefix}*`) } },
      },
    ],
  };
}

export function queueStores({ model, serving }: Context): StoredData[] {
  return Object.values(queuePrefixes(model)).map((prefix) => ({ prefix, expireAfterDays: serving.retentionDays }));
}
