import type { Issue } from "../../contract/issue";
import { printable } from "../issues";
import { limits } from "../limits";
import type { ResolvedModel, StackFacts } from "../types";
import { PRODUCTION } from "./production";

const SNS = "https://docs.aws.amazon.com/sns/latest/dg/sns-email-notifications.html";
const BUDGETS = "https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-best-practices.html";
const CONTAINERS = "https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ContainerDefinition.html";

/** An issue without what its rule, or the place, says. */
type StackFinding = Omit<Issue, "code">;

/** A rule over all models of a stack and the stack's own facts. */
export interface StackRule {
  readonly code: string;
  readonly check: (models: readonly ResolvedModel[], facts: StackFacts) => readonly StackFinding[];
}

const inStackFile = (facts: StackFacts, path: string): Pick<Issue, "file" | "line" | "column" | "path"> => ({ file: `Pulumi.${facts.stack}.yaml`, line: 1, column: 1, path });

export const stackRules: readonly StackRule[] = [
  {
    code: "prod-without-receivers",
    check: (models, facts) =>
      facts.stack !== PRODUCTION || facts.alarmEmails.length > 0 || models.length === 0
        ? []
        : [{ severity: "warning", ...inStackFile(facts, "config.slipway:alarmEmails"), message: "alarms of the stack are sent to nobody", hint: "write: slipway:alarmEmails: [ml-oncall@example.com]", source: SNS }],
  },
  {
    code: "prod-without-budget",
    check: (models, facts) =>
      facts.stack !== PRODUCTION || facts.monthlyBudget !== undefined || models.length === 0
        ? []
        : [{ severity: "warning", ...inStackFile(facts, "config.slipway:monthlyBudget"), message: "the stack has no budget: no plan is too dear for it", hint: "write: slipway:monthlyBudget: 500", source: BUDGETS }],
  },
  {
    code: "image-other-region",
    check: (models, { region }) =>
      models.flatMap(({ container, file, locate }): StackFinding[] => {
        const theirs = /\.dkr\.ecr(?:-fips)?\.([a-z0-9-]+)\.amazonaws\./.exec(container?.image ?? "")?.[1];
        if (theirs === undefined || theirs === region) return [];
        const path = "container.image";
        return [{ severity: "error", file, ...locate(path), path, message: printable(`the image is in ${theirs}, and the stack in ${region}: SageMaker pulls from the ECR of its own region`), hint: `replicate the repository to ${region} and write its address there`, source: CONTAINERS }];
      }),
  },
  {
    code: "serverless-quota",
    check: (models, { stack }) => {
      const wanted = models.flatMap((model) => {
        const concurrency = model.serving.serverless?.concurrency;
        return typeof concurrency === "number" ? [{ model, concurrency }] : [];
      });
      const sum = wanted.reduce((total, { concurrency }) => total + concurrency, 0);
      const quota = limits.serverlessAccountConcurrency;
      const most = [...wanted].sort((a, b) => b.concurrency - a.concurrency)[0];
      if (sum <= quota.value || most === undefined) return [];
      const path = "serving.serverless.concurrency";
      return [{ severity: "warning", file: most.model.file, ...most.model.locate(path), path, message: `the serverless endpoints of ${stack} ask for ${sum} requests at once, and an account has ${quota.value} for all of a region`, hint: "lower concurrency where it is not used, or have the quota raised", source: quota.source }];
    },
  },
];

/** What the rules have to say of a stack. */
export const stackIssues = (models: readonly ResolvedModel[], facts: StackFacts): Issue[] =>
  stackRules.flatMap(({ code, check }) => check(models, facts).map((finding) => ({ code, ...finding })));
