import { scheduleWords } from "../../schedules/ranges";
import { countWords } from "../capacity";
import { defineMode } from "../mode";
import { asyncIssues } from "./check";
import { planAsync } from "./plan";
import { asyncDefaults, asyncSchema, type AsyncServing } from "./schema";

/** A queue in front of instances: requests and answers travel through S3. */
export const asynchronous = defineMode<AsyncServing>({
  name: "async",
  summary: "A queue in front of instances, for requests that take minutes; may scale to zero.",
  schema: asyncSchema,
  defaults: asyncDefaults,
  example: ["async:", "  instance: ml.c5.large", "  concurrency: 4", "  timeout: 15m", "  scaling: { min: 0, max: 4, backlogPerInstance: 5 }", ""].join("\n"),
  // One endpoint name for a model in a stack, and an endpoint with a queue takes no other calls:
  // https://docs.aws.amazon.com/sagemaker/latest/dg/async-inference.html
  excludes: ["realtime", "serverless"],
  check: asyncIssues,
  plan: planAsync,
  summarise: (model, serving) =>
    `async ${serving.instanceType} × ${countWords(model, serving)} · concurrency ${serving.concurrency}${scheduleWords(serving.scaling.schedule, ...model.traffic.map((share) => share.scaling?.schedule))}`,
});
