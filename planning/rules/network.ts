import { environmentsOf, isUsed, takesNetwork, usesOf } from "../network/uses";
import type { ModeName } from "../../contract/runtimes";
import { regionOf } from "../places";
import type { StackFacts } from "../types";
import type { StackFinding, StackRule } from "./stack";

const HOST_VPC = "https://docs.aws.amazon.com/sagemaker/latest/dg/host-vpc.html";
const BALANCER_SUBNETS = "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html";
const MODEL_DATA = "https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ContainerDefinition.html";

const inStackFile = ({ stack }: StackFacts, path: string) => ({ file: `Pulumi.${stack}.yaml`, line: 1, column: 1, path });

/** Rules over the networks and keys of a stack, and the models that are served in them. */
export const networkRules: readonly StackRule[] = [
  {
    code: "artifact-kms-region",
    check: (models, facts) =>
      models.flatMap((model) =>
        Object.entries(model.versions).flatMap(([version, { kmsKey }]): StackFinding[] => {
          const { file, locate } = model;
          const region = regionOf(model, facts);
          const theirs = kmsKey?.split(":")[3];
          if (theirs === undefined || theirs === region) return [];
          const path = `versions.${version}.kmsKey`;
          return [{ severity: "error", file, ...locate(path), path, message: `the key is in ${theirs}, and SageMaker reads the artifacts of its own region, ${region}`, hint: `write the ARN of the key that the artifact is encrypted with in ${region}`, source: MODEL_DATA }];
        }),
      ),
  },
  {
    code: "network-public-subnets",
    check: (models, facts) =>
      models.flatMap((model): StackFinding[] => {
        const region = regionOf(model, facts);
        const network = facts.networks?.[region];
        if (network?.kind !== "existing" || network.publicSubnetIds.length > 0) return [];
        if (!environmentsOf(model).some(({ exposure }) => exposure === "public")) return [];
        const path = model.serving.beanstalk === undefined ? "fallback.beanstalk.exposure" : "serving.beanstalk.exposure";
        const message = `the environment is public, and the network of ${region} has no public subnets for its load balancer`;
        return [{ severity: "error", file: model.file, ...model.locate(path), path, message, hint: "write publicSubnetIds: in slipway:network, or exposure: internal here", source: BALANCER_SUBNETS }];
      }),
  },
  {
    code: "network-unused",
    check: (models, facts) =>
      Object.keys(facts.networks ?? {})
        .filter((region) => !isUsed(usesOf(models.filter((model) => regionOf(model, facts) === region))))
        .map((region) => ({ severity: "warning", ...inStackFile(facts, `config.slipway:network.${region}`), message: `nothing of the stack is served in a VPC of ${region}: this network is not used`, hint: "take it out", source: HOST_VPC })),
  },
  {
    code: "network-missing",
    check: (models, facts) => {
      const { networks = {} } = facts;
      if (Object.keys(networks).length === 0) return [];
      const without = models.filter((model) => networks[regionOf(model, facts)] === undefined && (Object.keys(model.serving) as ModeName[]).some(takesNetwork));
      return [...new Set(without.map((model) => regionOf(model, facts)))].sort().map((region) => {
        const outside = without.filter((model) => regionOf(model, facts) === region).map(({ name }) => name);
        return { severity: "warning", ...inStackFile(facts, "config.slipway:network"), message: `${outside.join(", ")} run outside every VPC: slipway:network has none for ${region}`, hint: `write slipway:network: { ${region}: { create: { cidr: 10.40.0.0/16 } } }`, source: HOST_VPC };
      });
    },
  },
];
