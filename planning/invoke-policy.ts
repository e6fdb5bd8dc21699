import { ref, type PlannedResource } from "../contract/resources";
import { ownArn, policyDocument, type Statement } from "./iam";
import { keyArn, through } from "./key";
import { logicalName, parameterName, physicalName } from "./naming";
import { homeRegion, placedValue } from "./places";
import { tagsOf } from "./shared";
import type { ResolvedModel, StackFacts } from "./types";

/** What a way of serving asks of whoever calls it. */
export interface CallerNeeds {
  readonly statements: readonly Statement[];
  /** Whether requests or answers lie in the data bucket, which its key encrypts. */
  readonly data?: true;
}

export const invokePolicyName = (model: { readonly name: string }): string => logicalName(model.name, "invoke-policy");

/**
 * What an application needs to call the model in every way that it is served,
 * and nothing else: a managed policy, which whoever deploys the application
 * attaches to its role. It also reads the model's outputs, to know where to call.
 * A managed policy holds 6144 characters
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html), and
 * only the targets of many versions come near: the outputs, which name them
 * twice, are too large before (`outputs-too-large`).
 *
 * Actions and resources: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsagemaker.html
 */
export function planInvokePolicy(model: ResolvedModel, facts: StackFacts, needs: readonly CallerNeeds[]): PlannedResource {
  return {
    type: "aws:iam/policy:Policy",
    name: invokePolicyName(model),
    parent: model.name,
    inputs: {
      name: physicalName("aws:iam/policy:Policy", ["slipway", facts.stack, model.name, "invoke"]),
      description: `Lets an application call ${model.name} in ${facts.stack}.`,
      policy: placedValue<string>(policyDocument(...callerStatements(model, facts, needs)), facts),
      tags: tagsOf(facts, model),
    },
  };
}

function callerStatements(model: ResolvedModel, facts: StackFacts, needs: readonly CallerNeeds[]): Statement[] {
  return [
    { Sid: "ReadOutputs", Effect: "Allow", Action: "ssm:GetParameter", Resource: ownArn("ssm", homeRegion(facts), `parameter${parameterName(facts.stack, model.name)}`) },
    ...needs.flatMap(({ statements }) => statements),
    ...(needs.some(({ data }) => data) ? [{ Sid: "UseDataKey", Effect: "Allow", Action: ["kms:Decrypt", "kms:GenerateDataKey"], Resource: keyArn(facts), Condition: through(facts, "s3") } as const] : []),
  ];
}

/** A call of an endpoint, also with the answer as a stream. SageMaker lower-cases the names in its ARNs; ours are. */
export const mayInvoke = (facts: StackFacts, endpointName: string, targets?: readonly string[]): CallerNeeds => ({
  statements: [
    {
      // Beside an endpoint that has the traffic, that of all versions is another one.
      Sid: targets === undefined ? "Invoke" : "InvokeVersions",
      Effect: "Allow",
      Action: "sagemaker:InvokeEndpoint",
      Resource: ownArn("sagemaker", facts.region, `endpoint/${endpointName}`),
      // Only the versions of the descriptor: https://docs.aws.amazon.com/sagemaker/latest/dg/multi-model-endpoint-security.html
      ...(targets === undefined ? {} : { Condition: { StringEquals: { "sagemaker:TargetModel": [...targets] } } }),
    },
  ],
});

/** The token of an environment: https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_examples.html */
export const mayReadToken = (sid: string, secret: string): CallerNeeds => ({
  statements: [{ Sid: sid, Effect: "Allow", Action: "secretsmanager:GetSecretValue", Resource: ref(secret, "arn") }],
});
