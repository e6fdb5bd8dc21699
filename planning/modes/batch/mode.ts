import { defineMode } from "../mode";
import { batchIssues } from "./check";
import { planBatch } from "./plan";
import { batchDefaults, batchSchema, type BatchServing } from "./schema";
import { scheduleExpression } from "../../schedules/schedule";

/** Jobs over whole files. Beside any other mode: a job has no endpoint. */
export const batch = defineMode<BatchServing>({
  name: "batch",
  summary: "Jobs that answer whole files of requests, on a schedule or by hand; nothing runs between them.",
  schema: batchSchema,
  defaults: batchDefaults,
  example: [
    "batch:",
    "  instance: ml.m5.large",
    '  schedule: { cron: "0 3 * * ? *", timezone: Europe/Paris, window: 15m }',
    "  input: { prefix: input/, format: json-lines }",
    "  maxPayload: 6 MiB",
    "  load: { duration: 10m }",
    "",
  ].join("\n"),
  excludes: [],
  check: batchIssues,
  plan: planBatch,
  summarise: (_model, serving) => `batch ${serving.instanceType} × ${serving.instances} · ${scheduleExpression(serving.schedule) ?? "by hand"}`.slice(0, 60),
});
