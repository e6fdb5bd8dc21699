import type { Issue } from "../contract/issue";
import type { EnvironmentOutputs } from "../contract/outputs";
import type { ServingPlan } from "../contract/plan";
import type { Planned } from "../contract/resources";
import type { ModeName } from "../contract/runtimes";
import { limits } from "./limits";
import { environmentIssues } from "./modes/beanstalk/check";
import { summariseEnvironment } from "./modes/beanstalk/mode";
import { planEnvironment, type PlannedEnvironment } from "./modes/beanstalk/plan";
import type { BeanstalkServing } from "./modes/beanstalk/schema";
import { placeIssue } from "./modes/issues";
import type { ModeIssue } from "./modes/mode";
import type { ResolvedModel, StackFacts } from "./types";

export interface PlannedFallback extends Pick<PlannedEnvironment, "alarms" | "callers" | "cost" | "resources" | "stores"> {
  readonly serving: Omit<ServingPlan, "mode">;
  readonly outputs: Planned<EnvironmentOutputs>;
  readonly issues: readonly Issue[];
}

/**
 * What stands behind a model's endpoint: the very environment of the beanstalk
 * mode, with the image and the artifact of the version that has most of the
 * traffic, and the same contract.
 */
export function planFallback(model: ResolvedModel, facts: StackFacts): PlannedFallback | undefined {
  const settings = model.fallback?.beanstalk as BeanstalkServing | undefined;
  if (settings === undefined) return undefined;
  const { environmentName, issues, ...planned } = planEnvironment(model, settings, facts, "fallback");
  return {
    ...planned,
    serving: { planned: true, summary: summariseEnvironment(settings).replace("beanstalk", "fallback"), environmentName },
    issues: issues.map((issue) => placeIssue(model, "fallback", issue)),
  };
}

/** Modes whose answer a caller waits for: what a fallback can take over. */
const answering: readonly ModeName[] = ["async", "multiModel", "realtime", "serverless"];

/** What the schema cannot say of a model's fallback. Collects, never throws. */
export function fallbackIssues(model: ResolvedModel): ModeIssue[] {
  const settings = model.fallback?.beanstalk as BeanstalkServing | undefined;
  if (settings === undefined) return [];
  return [...environmentIssues(model, settings), ...placeIssues(model), ...reachIssues(model, settings)];
}

/** A fallback needs an endpoint to stand behind. */
function placeIssues(model: ResolvedModel): ModeIssue[] {
  if (model.serving.beanstalk !== undefined) {
    return [
      {
        code: "fallback-beside-beanstalk",
        path: "",
        message: "the model is served by an environment already, and its fallback would be a second one of the same name",
        hint: "take fallback out, and give serving.beanstalk more instances",
      },
    ];
  }
  const modes = Object.keys(model.serving).sort();
  // A model whose modes are all unsound, or none, has been told so.
  if (modes.length === 0 || answering.some((mode) => model.serving[mode] !== undefined)) return [];
  return [
    {
      code: "fallback-without-endpoint",
      path: "",
      message: `nothing waits for an answer of ${modes.join(" or ")}, so nothing falls back`,
      hint: `serve the model in ${answering.join(", ")} mode too, or write: fallback: null in this environment`,
    },
  ];
}

/** What the endpoint answers, the fallback should. */
function reachIssues(model: ResolvedModel, { timeoutSeconds, maxBodyMiB }: BeanstalkServing): ModeIssue[] {
  const { realtime, serverless } = model.serving;
  const endpoint = realtime ?? serverless;
  const theirs = typeof endpoint?.timeoutSeconds === "number" ? endpoint.timeoutSeconds : 0;
  const bytes = realtime !== undefined ? limits.realtimeBodyBytes.value : limits.serverlessBodyBytes.value;
  return [
    ...(theirs > timeoutSeconds
      ? [
          {
            code: "fallback-narrower",
            severity: "warning" as const,
            path: "timeout",
            message: `the endpoint may take ${theirs} s for an answer, and the fallback ${timeoutSeconds}`,
            hint: `write: timeout: ${theirs}s`,
          },
        ]
      : []),
    ...(endpoint !== undefined && bytes > maxBodyMiB * 1024 * 1024
      ? [
          {
            code: "fallback-narrower",
            severity: "warning" as const,
            path: "maxBody",
            message: `the endpoint reads bodies of ${bytes / 1024 / 1024} MiB, and the fallback of ${maxBodyMiB}`,
            hint: `write: maxBody: ${Math.ceil(bytes / 1024 / 1024)} MiB`,
          },
        ]
      : []),
  ];
}
