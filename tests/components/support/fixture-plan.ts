import { fact, join, jsonDocument, ref, type PlannedResource } from "../../../contract/resources";
import type { ModelPlan, StackPlan } from "../../../contract/plan";

const cost = { fixedMonthly: 0, maximumMonthly: 0, lines: [] };

/** A plan by hand, as small as one can be that uses every marker, every option and a reference forward. */
export function fixturePlan(changes: { readonly model?: Partial<ModelPlan>; readonly shared?: readonly PlannedResource[] } = {}): StackPlan {
  const role = ref("tiny/role", "arn");
  return {
    planVersion: 1,
    stack: "dev",
    region: "us-east-1",
    shared: changes.shared ?? [
      {
        type: "aws:ecr/repository:Repository",
        name: "shared/repository",
        parent: "shared",
        inputs: {
          name: "slipway-dev",
          imageTagMutability: "IMMUTABLE",
          imageScanningConfiguration: { scanOnPush: true },
          encryptionConfigurations: [{ encryptionType: "AES256" }],
          forceDelete: false,
          tags: { "slipway:stack": "dev" },
        },
      },
      {
        type: "awsx:ecr:Image",
        name: "shared/image",
        parent: "shared",
        inputs: { repositoryUrl: ref("shared/repository", "repositoryUrl"), context: ".", dockerfile: "container/Dockerfile", platform: "linux/amd64", imageTag: "abc" },
      },
    ],
    models: [
      {
        name: "tiny",
        description: "A model.",
        region: "us-east-1",
    owner: "tests",
        runtime: "forecast",
        traffic: { v1: 1 },
        serving: [],
        alarms: [],
        cost,
        resources: [
          {
            type: "aws:sagemaker/model:Model",
            name: "tiny-dev-v1",
            parent: "tiny",
            // The role stands below: order in a plan is for reading, references make the order of building.
            dependsOn: ["tiny/role-policy"],
            autoNamed: true,
            retainOnDelete: true,
            ignoreChanges: ["tags"],
            inputs: {
              executionRoleArn: role,
              primaryContainer: { image: ref("shared/image", "imageUri"), modelDataUrl: "s3://example-models/v1/model.tar.gz", environment: { SLIPWAY_SPEC_0: "{}" } },
            },
          },
          {
            type: "aws:iam/role:Role",
            name: "tiny/role",
            parent: "tiny",
            inputs: {
              name: "tiny-dev",
              description: "Runs tiny.",
              assumeRolePolicy: jsonDocument({ Version: "2012-10-17", Statement: [{ Principal: { Service: "sagemaker.amazonaws.com" }, Effect: "Allow", Action: "sts:AssumeRole" }] }),
            },
          },
          {
            type: "aws:iam/rolePolicy:RolePolicy",
            name: "tiny/role-policy",
            parent: "tiny",
            inputs: {
              name: "run",
              role: ref("tiny/role", "name"),
              policy: jsonDocument({
                Version: "2012-10-17",
                Statement: [
                  {
                    Effect: "Allow",
                    Action: ["ecr:BatchGetImage"],
                    Resource: [ref("shared/repository", "arn"), join("arn:", fact("partition"), ":logs:us-east-1:", fact("accountId"), ":log-group:/aws/sagemaker/Endpoints/tiny-dev")],
                  },
                ],
              }),
            },
          },
        ],
        ...changes.model,
      },
    ],
    outputs: {
      outputsVersion: 1,
      stack: "dev",
      models: {
        tiny: {
          version: "v1",
          traffic: { v1: 1 },
          region: "us-east-1",
          contractSha256: "0".repeat(64),
          image: ref("shared/image", "imageUri"),
          artifacts: { v1: "0".repeat(64) },
          serving: {},
          invokePolicyArn: "arn:aws:iam::111122223333:policy/example",
          alarms: [],
        },
      },
    },
    cost,
    warnings: [],
  };
}
