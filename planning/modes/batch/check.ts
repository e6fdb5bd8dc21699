import { limits } from "../../limits";
import type { ResolvedModel } from "../../types";
import type { ModeIssue } from "../mode";
import { hasLocalStorage, TRANSFORM_RESOURCES, transformInstanceIssues } from "./instances";
import { BY_HAND, CREATE_TRANSFORM_JOB, RETRY_POLICY, TRANSFORM_INPUT, TRANSFORM_OUTPUT, type BatchServing } from "./schema";
import { ScheduleProblem, parseCron } from "./cron";
import { SCHEDULE_TYPES, atMs, isTimezone, nextRunMs, rateMs } from "./schedule";
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
  const written = (["cron", "rate", "at"] as const).filter((kind) => schedule[kind] !== null);
  const issues: ModeIssue[] = [];
  const wrong = (code: string, field: string, message: string, hint: string, source = SCHEDULE_TYPES): void => void issues.push({ code, path: `schedule.${field}`, message, hint, source });
  if (written.length === 0) return [];
  if (written.length > 1) {
    return [{ code: "schedule-way", path: "schedule", message: `the schedule has ${written.join(" and ")}, and a schedule has one of them`, hint: `keep ${written[0]}`, source: SCHEDULE_TYPES }];
  }
  if (!isTimezone(schedule.timezone)) {
    wrong("schedule-timezone", "timezone", `"${schedule.timezone}" is not a time zone`, "write: timezone: Europe/Paris, or another name of the IANA list");
    return issues;
  }
  if (schedule.windowSeconds % 60 !== 0) {
    wrong("schedule-window", "window", `a window is counted in whole minutes, and this is ${schedule.windowSeconds} s`, `write: window: ${Math.ceil(schedule.windowSeconds / 60)}m`);
  }
  const [kind] = written as [(typeof written)[number]];
  try {
    if (kind === "cron") parseCron(schedule.cron!);
    if (kind === "rate") rateMs(schedule.rate!);
    if (kind === "at") atMs(schedule.at!, schedule.timezone);
  } catch (error) {
    if (!(error instanceof ScheduleProblem)) throw error;
    wrong(malformed[kind].code, kind, error.message, malformed[kind].hint);
    return issues;
  }
  if (kind === "cron" && nextRunMs(schedule, REFERENCE_MS) === undefined) {
    wrong("schedule-never", "cron", `no day is ever "${schedule.cron}"`, "write a day that the month has, in a year to come");
  }
  if (kind === "rate") {
    if (rateMs(schedule.rate!) < load.runSeconds * 1000) {
      issues.push({
        code: "schedule-overlap",
        severity: "warning",
        path: "schedule.rate",
        message: `a run every ${schedule.rate} starts before the last, of ${load.runSeconds / 60} minutes, has ended: each has instances of its own`,
        hint: "run less often, or correct load: { duration }",
      });
    }
    if (schedule.giveUpAfterSeconds * 1000 > rateMs(schedule.rate!)) {
      wrong("schedule-give-up", "giveUpAfter", "a run may be started so late that the one after it is due", `write: giveUpAfter: ${Math.max(60, Math.floor(rateMs(schedule.rate!) / 1000))}s`, RETRY_POLICY);
    }
  }
  return issues;
}

/** The day from which `schedule-never` looks ahead: a plan must not depend on the clock. */
const REFERENCE_MS = Date.UTC(2026, 10, 23);

const malformed = {
  cron: { code: "schedule-cron", hint: "write: cron: 0 3 * * ? * for every day at three" },
  rate: { code: "schedule-rate", hint: "write: rate: 1 day, or rate: 12 hours" },
  at: { code: "schedule-at", hint: "write: at: 2027-01-31T03:00:00" },
};
