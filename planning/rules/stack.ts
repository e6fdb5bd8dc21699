import type { Issue } from "../../contract/issue";
import { printable } from "../issues";
import { limits } from "../limits";
import { regionOf } from "../places";
import { BEANSTALK_REGIONS_SOURCE, hasBeanstalk, partitionOf, regionNamedIn } from "../regions";
import type { ResolvedModel, StackFacts } from "../types";
import { networkRules } from "./network";
import { PRODUCTION } from "./production";

const SNS = "https://docs.aws.amazon.com/sns/latest/dg/sns-email-notifications.html";
const BUDGETS = "https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-best-practices.html";
const CONTAINERS = "https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ContainerDefinition.html";

const PARTITIONS = "https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html";

/** Whether some mode of the model hands SageMaker its artifacts where they lie. */
const readsArtifacts = ({ serving }: ResolvedModel): boolean => Object.keys(serving).some((mode) => mode !== "multiModel" && mode !== "beanstalk");

/** What has a share of the traffic, or a copy of it. */
const deployedVersions = ({ traffic, shadow }: ResolvedModel): string[] => [...new Set([...traffic, ...(shadow === null ? [] : [shadow])].map(({ version }) => version))].sort();

/** An issue without what its rule, or the place, says. */
export type StackFinding = Omit<Issue, "code">;

/** A rule over all models of a stack and the stack's own facts. */
export interface StackRule {
  readonly code: string;
  readonly check: (models: readonly ResolvedModel[], facts: StackFacts) => readonly StackFinding[];
}

const inStackFile = (facts: StackFacts, path: string): Pick<Issue, "file" | "line" | "column" | "path"> => ({ file: `Pulumi.${facts.stack}.yaml`, line: 1, column: 1, path });

export const stackRules: readonly StackRule[] = [
  ...networkRules,
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
    check: (models, facts) =>
      models.flatMap((model): StackFinding[] => {
        const { container, file, locate } = model;
        const region = regionOf(model, facts);
        const theirs = /\.dkr\.ecr(?:-fips)?\.([a-z0-9-]+)\.amazonaws\./.exec(container?.image ?? "")?.[1];
        if (theirs === undefined || theirs === region) return [];
        const path = "container.image";
        return [{ severity: "error", file, ...locate(path), path, message: printable(`the image is in ${theirs}, and ${model.name} is served in ${region}: SageMaker pulls from the ECR of its own region`), hint: `replicate the repository to ${region} and write its address there`, source: CONTAINERS }];
      }),
  },
  {
    code: "artifact-other-region",
    check: (models, facts) =>
      models.flatMap((model): StackFinding[] => {
        const region = regionOf(model, facts);
        // A multi-model endpoint gets copies, and S3 copies between regions.
        if (!readsArtifacts(model)) return [];
        return deployedVersions(model).flatMap((version): StackFinding[] => {
          const bucket = /^s3:\/\/([^/]+)\//.exec(model.versions[version]?.artifact ?? "")?.[1];
          const theirs = bucket === undefined ? undefined : regionNamedIn(bucket);
          if (theirs === undefined || theirs === region) return [];
          const path = `versions.${version}.artifact`;
          return [{ severity: "warning", file: model.file, ...model.locate(path), path, message: `the bucket of ${version} is named after ${theirs}, and ${model.name} is served in ${region}: SageMaker reads artifacts of its own region`, hint: `copy the artifact to a bucket in ${region}; in an overlay, versions: { ${version}: { artifact: … } } is for one stack`, source: CONTAINERS }];
        });
      }),
  },
  {
    code: "region-partition",
    check: (models, facts) =>
      models.flatMap(({ region, file, locate, name }): StackFinding[] => {
        const [theirs, ours] = [region ?? facts.region, facts.region].map(partitionOf);
        if (region === null || theirs === ours) return [];
        return [{ severity: "error", file, ...locate("region"), path: "region", message: `${region} is in the partition ${theirs}, and the stack's ${facts.region} in ${ours ?? "none that is on record"}: no account is in both`, hint: `serve ${name} from a stack of its own there`, source: PARTITIONS }];
      }),
  },
  {
    code: "beanstalk-region",
    check: (models, facts) =>
      models.flatMap((model): StackFinding[] => {
        const region = regionOf(model, facts);
        const path = model.serving.beanstalk !== undefined ? "serving.beanstalk" : "fallback";
        if (hasBeanstalk(region) || (model.serving.beanstalk === undefined && model.fallback === null)) return [];
        return [{ severity: "error", file: model.file, ...model.locate(path), path, message: `there is no Elastic Beanstalk in ${region}`, hint: model.serving.beanstalk === undefined ? "write: fallback: null" : "serve it in another region or in another mode", source: BEANSTALK_REGIONS_SOURCE }];
      }),
  },
  {
    code: "serverless-quota",
    check: (models, facts) => {
      const wanted = models.flatMap((model) => {
        const concurrency = model.serving.serverless?.concurrency;
        return typeof concurrency === "number" ? [{ model, concurrency, region: regionOf(model, facts) }] : [];
      });
      return [...new Set(wanted.map(({ region }) => region))].sort().flatMap((region): StackFinding[] => {
        const there = wanted.filter((each) => each.region === region).sort((a, b) => b.concurrency - a.concurrency);
        const sum = there.reduce((total, { concurrency }) => total + concurrency, 0);
        const quota = limits.serverlessAccountConcurrency;
        const [most] = there;
        if (sum <= quota.value || most === undefined) return [];
        const path = "serving.serverless.concurrency";
        return [{ severity: "warning", file: most.model.file, ...most.model.locate(path), path, message: `the serverless endpoints of ${facts.stack} in ${region} ask for ${sum} requests at once, and an account has ${quota.value} for all of a region`, hint: "lower concurrency where it is not used, or have the quota raised", source: quota.source }];
      });
    },
  },
];

/** What the rules have to say of a stack. */
export const stackIssues = (models: readonly ResolvedModel[], facts: StackFacts): Issue[] =>
  stackRules.flatMap(({ code, check }) => check(models, facts).map((finding) => ({ code, ...finding })));
