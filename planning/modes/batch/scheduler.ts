import { fact, join, jsonDocument, ref, type JsonDocument, type PlannedResource, type Ref } from "../../../contract/resources";
import { ownAccountOnly, ownArn, policyDocument, type Statement } from "../../iam";
import { volumeGrants } from "../../key";
import { metrics } from "../../metrics";
import { logicalName, physicalName } from "../../naming";
import { globalSuffix } from "../../places";
import { sharedNames, tagsOf } from "../../shared";
import type { ModeContext } from "../mode";
import type { BatchServing } from "./schema";
import { scheduleExpression } from "../../schedules/schedule";

/** Runs that could not be started, and how many of them there are. */
const METRIC = "ApproximateNumberOfMessagesVisible";
/** The longest that SQS keeps a message: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html */
const RETENTION_SECONDS = 14 * 86_400;

export const scheduleName = (model: { readonly name: string }): string => logicalName(model.name, "batch-schedule");

export interface PlannedSchedule {
  readonly resources: readonly PlannedResource[];
  readonly alarms: readonly PlannedResource[];
}

/**
 * A schedule that calls `CreateTransformJob` itself, without a function in
 * between: a universal target of EventBridge Scheduler
 * (https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-targets-universal.html).
 * The id in a job's name is one of the attempt, so a retry may start a second
 * run: attempts are few, and what was not started lands in a queue that is watched.
 */
export function planSchedule({ model, serving, facts }: ModeContext<BatchServing>, volumeKey: string | Ref | undefined, jobPrefix: string, input: JsonDocument): PlannedSchedule {
  const { schedule } = serving;
  const parent = model.name;
  const names = { queue: logicalName(parent, "batch-dead-letters"), role: logicalName(parent, "batch-scheduler"), policy: logicalName(parent, "batch-scheduler-policy") };
  const named = [model.name, facts.stack];
  const queueName = physicalName("aws:sqs/queue:Queue", [...named, "batch", "dead-letters"]);
  const topic = ref(sharedNames.alarmTopic, "arn");
  return {
    resources: [
      {
        type: "aws:sqs/queue:Queue",
        name: names.queue,
        parent,
        inputs: { name: queueName, messageRetentionSeconds: RETENTION_SECONDS, sqsManagedSseEnabled: true, tags: tagsOf(facts, model) },
      },
      {
        type: "aws:iam/role:Role",
        name: names.role,
        parent,
        inputs: {
          name: physicalName("aws:iam/role:Role", ["slipway", facts.stack, model.name, "scheduler", ...globalSuffix(facts)]),
          description: `What the schedule of ${model.name} may do in ${facts.stack}.`,
          // https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html
          assumeRolePolicy: jsonDocument({
            Version: "2012-10-17",
            Statement: [{ Sid: "Scheduler", Effect: "Allow", Principal: { Service: "scheduler.amazonaws.com" }, Action: "sts:AssumeRole", Condition: ownAccountOnly }],
          }),
          tags: tagsOf(facts, model),
        },
      },
      {
        type: "aws:iam/rolePolicy:RolePolicy",
        name: names.policy,
        parent,
        inputs: {
          name: physicalName("aws:iam/rolePolicy:RolePolicy", ["schedule", model.name]),
          role: ref(names.role, "name"),
          policy: policyDocument(...schedulerRights(facts.region, jobPrefix, names.queue, volumeKey)),
        },
      },
      {
        type: "aws:scheduler/schedule:Schedule",
        name: scheduleName(model),
        parent,
        inputs: {
          name: physicalName("aws:scheduler/schedule:Schedule", [...named, "batch"]),
          description: `Starts runs of ${model.name} in ${facts.stack}.`,
          scheduleExpression: scheduleExpression(schedule) ?? "",
          scheduleExpressionTimezone: schedule.timezone,
          flexibleTimeWindow: schedule.windowSeconds === 0 ? { mode: "OFF" } : { mode: "FLEXIBLE", maximumWindowInMinutes: schedule.windowSeconds / 60 },
          target: {
            arn: join("arn:", fact("partition"), ":scheduler:::aws-sdk:sagemaker:createTransformJob"),
            roleArn: ref(names.role, "arn"),
            input,
            retryPolicy: { maximumRetryAttempts: schedule.retries, maximumEventAgeInSeconds: schedule.giveUpAfterSeconds },
            deadLetterConfig: { arn: ref(names.queue, "arn") },
          },
        },
        // Scheduler tries the role when the schedule is made.
        dependsOn: [names.policy],
      },
    ],
    alarms: [
      {
        type: "aws:cloudwatch/metricAlarm:MetricAlarm",
        name: logicalName(parent, "alarm", "batch-not-started"),
        parent,
        inputs: {
          name: physicalName("aws:cloudwatch/metricAlarm:MetricAlarm", [...named, "batch-not-started"]),
          alarmDescription: `${model.name} in ${facts.stack}: a run of the schedule could not be started; why is in the queue ${queueName}.`,
          namespace: metrics[METRIC].namespace,
          metricName: METRIC,
          dimensions: { QueueName: ref(names.queue, "name") },
          statistic: "Maximum",
          // SQS publishes every minute while a queue is in use: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-monitoring-using-cloudwatch.html
          period: 300,
          evaluationPeriods: 1,
          datapointsToAlarm: 1,
          threshold: 0,
          comparisonOperator: "GreaterThanThreshold",
          treatMissingData: "notBreaching",
          alarmActions: [topic],
          okActions: [topic],
          tags: tagsOf(facts, model),
        },
      },
    ],
  };
}

function schedulerRights(region: string, jobPrefix: string, queue: string, volumeKey: string | Ref | undefined): Statement[] {
  return [
    {
      // Tags travel with the request: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsagemaker.html
      Sid: "StartJobs",
      Effect: "Allow",
      Action: ["sagemaker:AddTags", "sagemaker:CreateTransformJob"],
      Resource: ownArn("sagemaker", region, `transform-job/${jobPrefix}-*`),
    },
    { Sid: "KeepDeadLetters", Effect: "Allow", Action: "sqs:SendMessage", Resource: ref(queue, "arn") },
    ...(volumeKey === undefined ? [] : volumeGrants("EncryptVolumes", volumeKey)),
  ];
}
