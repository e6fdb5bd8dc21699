import { scheduleWords } from "../../schedules/ranges";
import { defineMode } from "../mode";
import { provisionedIssues } from "./provisioned";
import { planServerless } from "./plan";
import { serverlessDefaults, serverlessSchema, type ServerlessServing } from "./schema";

const SERVERLESS = "https://docs.aws.amazon.com/sagemaker/latest/dg/serverless-endpoints.html";

/** Containers that come up on demand. One version at a time: SageMaker takes one variant. */
export const serverless = defineMode<ServerlessServing>({
  name: "serverless",
  summary: "Containers that come up on demand and cost nothing while idle; one version at a time.",
  schema: serverlessSchema,
  defaults: serverlessDefaults,
  example: ["serverless:", "  memory: 3072 MiB", "  concurrency: 5", "  load: { requestsPerMonth: 250000, duration: 40ms }", ""].join("\n"),
  // One endpoint name for a model in a stack, and SageMaker refuses to turn a live endpoint into another kind (SERVERLESS).
  excludes: ["async", "realtime"],
  check: (model, serving) => {
    const provisioned = provisionedIssues(serving);
    if (model.traffic.length <= 1) return provisioned;
    const heaviest = model.traffic.reduce((most, share) => (share.weight > most.weight ? share : most));
    return [
      ...provisioned,
      {
        code: "serverless-one-version",
        path: "/traffic",
        message: `traffic names ${model.traffic.length} versions, and a serverless endpoint serves one`,
        hint: `write: traffic: { ${heaviest.version}: 100 }, or serve the model in realtime mode`,
        source: SERVERLESS,
      },
    ];
  },
  plan: planServerless,
  summarise: (_model, serving) => `serverless ${serving.memoryMiB} MiB · concurrency ${serving.concurrency}${serving.provisioned === null ? "" : `, ${serving.provisioned} warm`}${scheduleWords(serving.scaling?.schedule)}`,
});
