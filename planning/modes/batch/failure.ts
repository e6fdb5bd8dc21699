import { jsonDocument, ref, type PlannedResource } from "../../../contract/resources";
import { logicalName, physicalName } from "../../naming";
import { sharedNames, tagsOf } from "../../shared";
import type { ModeContext } from "../mode";
import type { BatchServing } from "./schema";

/** Statuses of a run that nobody gets answers from: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeTransformJob.html */
const WITHOUT_ANSWERS = ["Failed", "Stopped"];

/**
 * A rule that tells the stack's alarm topic of every run that started and then
 * failed or was stopped, whoever started it. SageMaker publishes no metric of a
 * job's end that an alarm could watch, only this event:
 * https://docs.aws.amazon.com/sagemaker/latest/dg/automating-sagemaker-with-eventbridge.html#eventbridge-transform
 *
 * @param jobPrefix what the names of the model's jobs begin with.
 */
export function planFailureRule({ model, facts }: Pick<ModeContext<BatchServing>, "facts" | "model">, jobPrefix: string): PlannedResource[] {
  const parent = model.name;
  const rule = logicalName(parent, "batch-failed");
  return [
    {
      type: "aws:cloudwatch/eventRule:EventRule",
      name: rule,
      parent,
      inputs: {
        name: physicalName("aws:cloudwatch/eventRule:EventRule", [model.name, facts.stack, "batch-failed"]),
        description: `A run of ${model.name} in ${facts.stack} failed, or was stopped.`,
        eventPattern: jsonDocument({
          source: ["aws.sagemaker"],
          "detail-type": ["SageMaker Transform Job State Change"],
          detail: { TransformJobName: [{ prefix: `${jobPrefix}-` }], TransformJobStatus: WITHOUT_ANSWERS },
        }),
        tags: tagsOf(facts, model),
      },
    },
    {
      type: "aws:cloudwatch/eventTarget:EventTarget",
      name: logicalName(parent, "batch-failed-target"),
      parent,
      inputs: {
        rule: ref(rule, "name"),
        targetId: "alarm-topic",
        arn: ref(sharedNames.alarmTopic, "arn"),
        inputTransformer: {
          // Of what an event holds, only values that are always there and need no escape: a reason may be missing, or hold quotes.
          inputPaths: { job: "$.detail.TransformJobName", status: "$.detail.TransformJobStatus" },
          inputTemplate: JSON.stringify(
            `The run <job> of ${model.name} in ${facts.stack} is <status>. Why: aws sagemaker describe-transform-job --region ${facts.region} --transform-job-name <job> --query FailureReason`,
          ),
        },
      },
    },
  ];
}
