import { hasLocalStorage } from "../../../contract/instance-storage";
import { limits } from "../../limits";
import { expressionIssues, waysIssues } from "../../schedules/issues";
import { SCHEDULE_TYPES, rateMs, scheduleExpression } from "../../schedules/schedule";
import type { ResolvedModel } from "../../types";
import type { ModeIssue } from "../mode";
import { TRANSFORM_RESOURCES, transformInstanceIssues } from "./instances";
import { BY_HAND, CREATE_TRANSFORM_JOB, RETRY_POLICY, TRANSFORM_INPUT, TRANSFORM_OUTPUT, type BatchServing } from "./schema";
import { heaviest } from "./version";

/** Payload × concurrency, in MB: CREATE_TRANSFORM_JOB. */
const MOST_IN_FLIGHT_MB = 100;

/** What is wrong with a batch mode that its schema cannot say. */
export function batchIssues(model: ResolvedModel, serving: BatchServing): ModeIssue[] {
  return [
    ...transformInstanceIssues(serving.instanceType),
    ...volumeIssues(serving),
    ...versionIssues(model, serving),
    ...recordIssues(serving),
    ...payloadIssues(model, serving),
    ...folderIssues(serving),
    ...formatIssues(model, serving),
    ...scheduleIssues(serving),
  ];
}

function volumeIssues({ volumeKey, instanceType }: BatchServing): ModeIssue[] {
  if (volumeKey === null || !hasLocalStorage(instanceType)) return [];
  return [
    {
      code: "batch-volume-key",
      path: "volumeKey",
      message: `the disks of ${instanceType} are built in and encrypted by hardware: SageMaker takes no key for them`,
      hint: "take volumeKey out, or write: instance: ml.m5.large",
      source: TRANSFORM_RESOURCES,
    },
  ];
}

function versionIssues(model: ResolvedModel, { version }: BatchServing): ModeIssue[] {
  if (version !== null) {
    const known = model.traffic.map((share) => share.version);
    if (known.includes(version)) return [];
    return [{ code: "batch-version", path: "version", message: `version "${version}" is not in the traffic`, hint: `write one of ${known.join(", ")}, or give it traffic of 0 as well` }];
  }
  const tied = heaviest(model);
  if (tied.length === 1) return [];
  return [{ code: "batch-version", path: "", message: `${tied.join(" and ")} have equal traffic, and a run is answered by one version`, hint: `write: version: ${tied[0]}` }];
}

function recordIssues({ strategy, input, output }: BatchServing): ModeIssue[] {
  const issues: ModeIssue[] = [];
  if (strategy === "multiRecord" && input.split === "none") {
    issues.push({
      code: "batch-strategy-split",
      path: "strategy",
      message: "multiRecord puts several records into a request, and without a split a whole object is one record",
      hint: "write: strategy: singleRecord, or input: { split: line }",
      source: CREATE_TRANSFORM_JOB,
    });
  }
  if (output.assemble === "line" && input.split === "none") {
    issues.push({
      code: "batch-assemble-split",
      path: "output.assemble",
      message: "answers are put together by lines where the input was split by lines, and here it is not",
      hint: "write: output: { assemble: none }, or input: { split: line }",
      source: TRANSFORM_OUTPUT,
    });
  }
  if (output.assemble === "none" && input.split === "line") {
    issues.push({
      code: "batch-assemble-split",
      path: "output.assemble",
      message: "answers to single lines would be written one behind the other, with nothing between them",
      hint: "write: output: { assemble: line }",
      source: TRANSFORM_OUTPUT,
    });
  }
  return issues;
}

function payloadIssues(model: ResolvedModel, { maxPayloadMiB, concurrency }: BatchServing): ModeIssue[] {
  if (maxPayloadMiB === 0) {
    if (model.runtime === null) return [];
    return [
      {
        code: "batch-payload-stream",
        path: "maxPayload",
        message: "a largest request of 0 streams each object without an end, and Slipway's container reads a request whole",
        hint: "write: maxPayload: 100 MiB, the most there is",
        source: CREATE_TRANSFORM_JOB,
      },
    ];
  }
  if (model.runtime !== null && concurrency > limits.asyncConcurrency.value) {
    return [
      {
        code: "batch-concurrency",
        path: "concurrency",
        message: `${concurrency} requests at once are more than the ${limits.asyncConcurrency.value} that wait in Slipway's container, which computes one at a time`,
        hint: "write: concurrency: 2, so that one waits while another is computed",
      },
    ];
  }
  if (maxPayloadMiB * concurrency <= MOST_IN_FLIGHT_MB) return [];
  return [
    {
      code: "batch-payload-concurrency",
      path: "concurrency",
      message: `${concurrency} requests at once of up to ${maxPayloadMiB} MB are ${concurrency * maxPayloadMiB} MB, and SageMaker takes ${MOST_IN_FLIGHT_MB}`,
      hint: `write: concurrency: ${Math.floor(MOST_IN_FLIGHT_MB / maxPayloadMiB)}, or a smaller maxPayload`,
      source: CREATE_TRANSFORM_JOB,
    },
  ];
}

function folderIssues({ input, output }: BatchServing): ModeIssue[] {
  const taken = (["input", "output"] as const).find((side) => ({ input, output })[side].prefix.startsWith(BY_HAND));
  if (taken !== undefined) {
    return [{ code: "batch-folders", path: `${taken}.prefix`, message: `"${BY_HAND}" is where the files of runs by hand lie`, hint: `write: ${taken}: { prefix: ${taken}/ }` }];
  }
  if (!input.prefix.startsWith(output.prefix) && !output.prefix.startsWith(input.prefix)) return [];
  const inside = output.prefix.startsWith(input.prefix);
  return [
    {
      code: "batch-folders",
      path: inside ? "output.prefix" : "input.prefix",
      message: inside ? `answers below "${output.prefix}" would be read as requests by the next run` : `requests below "${input.prefix}" would lie among the answers`,
      hint: "write: input: { prefix: input/ } and output: { prefix: output/ }",
      source: TRANSFORM_INPUT,
    },
  ];
}

function formatIssues(model: ResolvedModel, { input, output, joinInput }: BatchServing): ModeIssue[] {
  const issues: ModeIssue[] = [];
  if (input.format === "csv" && model.runtime !== null) {
    issues.push({
      code: "batch-format",
      path: "input.format",
      message: `the runtime ${model.runtime} reads JSON, and the input is CSV`,
      hint: "write: input: { format: json-lines }, or bring a container of your own",
    });
  }
  if (input.format === "json" && input.split === "line") {
    issues.push({
      code: "batch-format",
      path: "input.format",
      message: "an object that is one JSON document cannot be split by its lines",
      hint: "write: input: { format: json-lines } for a request a line, or split: none",
      source: TRANSFORM_INPUT,
    });
  }
  if (output.filter !== null && !joinInput && /SageMakerOutput/.test(output.filter)) {
    issues.push({
      code: "batch-filter-join",
      path: "output.filter",
      message: `${output.filter} looks for SageMakerOutput, which is there only where answers are joined with their input`,
      hint: "write: joinInput: true",
      source: "https://docs.aws.amazon.com/sagemaker/latest/dg/batch-transform-data-processing.html",
    });
  }
  return issues;
}

function scheduleIssues({ schedule, load }: BatchServing): ModeIssue[] {
  if (scheduleExpression(schedule) === undefined) return waysIssues(schedule, "schedule");
  const unsound = expressionIssues(schedule, "schedule");
  return [...unsound, ...windowIssues(schedule), ...(unsound.length > 0 || schedule.rate === null ? [] : rateIssues(schedule, schedule.rate, load.runSeconds))];
}

function windowIssues({ windowSeconds }: BatchServing["schedule"]): ModeIssue[] {
  if (windowSeconds % 60 === 0) return [];
  return [
    {
      code: "schedule-window",
      path: "schedule.window",
      message: `a window is counted in whole minutes, and this is ${windowSeconds} s`,
      hint: `write: window: ${Math.ceil(windowSeconds / 60)}m`,
      source: SCHEDULE_TYPES,
    },
  ];
}

function rateIssues({ giveUpAfterSeconds }: BatchServing["schedule"], rate: string, runSeconds: number): ModeIssue[] {
  const everySeconds = rateMs(rate) / 1000;
  return [
    ...(everySeconds >= runSeconds
      ? []
      : [
          {
            code: "schedule-overlap",
            severity: "warning" as const,
            path: "schedule.rate",
            message: `a run every ${rate} starts before the last, of ${runSeconds / 60} minutes, has ended: each has instances of its own`,
            hint: "run less often, or correct load: { duration }",
          },
        ]),
    ...(giveUpAfterSeconds <= everySeconds
      ? []
      : [
          {
            code: "schedule-give-up",
            path: "schedule.giveUpAfter",
            message: "a run may be started so late that the one after it is due",
            hint: `write: giveUpAfter: ${Math.max(60, Math.floor(everySeconds))}s`,
            source: RETRY_POLICY,
          },
        ]),
  ];
}
