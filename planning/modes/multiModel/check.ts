import type { ModeName } from "../../../contract/runtimes";
import { isProcessorOnly, memoryGiBOf } from "../../instances";
import type { ResolvedModel } from "../../types";
import { hostingInstanceIssues } from "../instance-issues";
import type { ModeIssue } from "../mode";
import { scalingIssues } from "../realtime/mode";
import type { MultiModelServing } from "./schema";
import { targetOf, versionsOf } from "./targets";

const GUIDE = "https://docs.aws.amazon.com/sagemaker/latest/dg";
const CONTRACT = `${GUIDE}/mms-container-apis.html`;
const SUPPORT = `${GUIDE}/multi-model-support.html`;

/** What the schema cannot say of a multi-model endpoint. */
export function multiModelIssues(model: ResolvedModel, serving: MultiModelServing): ModeIssue[] {
  return [
    ...hostingInstanceIssues(serving.instanceType, "instance"),
    ...scalingIssues(model, serving, []),
    ...acceleratorIssues(model, serving),
    ...containerIssues(model),
    ...memoryIssues(serving),
    ...trafficIssues(model),
    ...versionIssues(model),
    ...labelIssues(model),
  ];
}

/** GPUs are for Triton alone; Slipway's container computes on processors. */
function acceleratorIssues(model: ResolvedModel, { instanceType }: MultiModelServing): ModeIssue[] {
  if (isProcessorOnly(instanceType)) return [];
  const ours = model.container === null;
  return [
    {
      code: "multi-model-accelerator",
      severity: ours ? "error" : "warning",
      path: "instance",
      message: `${instanceType} has more than processors, and behind a multi-model endpoint only NVIDIA's Triton container uses them`,
      hint: "write: instance: ml.c5.xlarge, or serve the model in realtime mode",
      source: SUPPORT,
    },
  ];
}

function containerIssues(model: ResolvedModel): ModeIssue[] {
  if (model.container === null) return [];
  return [
    {
      code: "multi-model-own-container",
      severity: "warning",
      path: "/container",
      message: "the container is the owner's own, and must load and unload models through /models itself",
      hint: "give the image the label com.amazonaws.sagemaker.capabilities.multi-models=true and the routes of the source",
      source: CONTRACT,
    },
  ];
}

function memoryIssues({ instanceType, memoryMiB, cache }: MultiModelServing): ModeIssue[] {
  if (memoryMiB === null) return [];
  const memoryGiB = memoryGiBOf(instanceType);
  const issues: ModeIssue[] = [];
  if (memoryGiB !== undefined && memoryMiB > memoryGiB * 1024) {
    issues.push({
      code: "multi-model-memory",
      path: "memory",
      message: `memory is ${memoryMiB} MiB, and an ${instanceType} has ${memoryGiB * 1024} MiB`,
      hint: "leave it out for nine tenths of what the instance gives, or choose a larger type",
      source: "https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-types.html",
    });
  }
  if (!cache) {
    issues.push({
      code: "multi-model-memory-unused",
      severity: "warning",
      path: "memory",
      message: "with cache: false no version stays in memory, so a cap on what they hold together does nothing",
      hint: "take memory out, or write: cache: true",
      source: `${GUIDE}/multi-model-caching.html`,
    });
  }
  return issues;
}

/** Modes whose endpoint the traffic goes to, where a model has one of them as well. */
const splitting: readonly ModeName[] = ["async", "realtime", "serverless"];

/** SageMaker draws no version by weight here: who calls names it. */
function trafficIssues(model: ResolvedModel): ModeIssue[] {
  if (splitting.some((mode) => model.serving[mode] !== undefined)) return [];
  const weighted = model.traffic.filter(({ weight }) => weight > 0);
  const heaviest = weighted.reduce((most, share) => (share.weight > most.weight ? share : most), weighted[0] ?? { version: "", weight: 0 });
  const split: ModeIssue[] =
    weighted.length <= 1
      ? []
      : [
          {
            code: "multi-model-traffic",
            severity: "warning",
            path: "/traffic",
            message: `behind a multi-model endpoint nothing is split by weight: callers name a version, and the client takes ${heaviest.version} where they do not`,
            hint: `write: traffic: { ${heaviest.version}: 100 }, or serve the model in realtime mode`,
            source: `${GUIDE}/invoke-multi-model-endpoint.html`,
          },
        ];
  const own = model.traffic.flatMap((share): ModeIssue[] => {
    const field = (["instanceType", "instances", "scaling"] as const).find((each) => share[each] !== undefined);
    if (field === undefined) return [];
    return [
      {
        code: "multi-model-instance",
        path: `/traffic.${share.version}.${field === "instanceType" ? "instance" : field}`,
        message: `${share.version} has instances of its own, and all versions of a multi-model endpoint share theirs`,
        hint: "take it out, or serve the model in realtime mode",
        source: `${GUIDE}/multi-model-endpoints.html`,
      },
    ];
  });
  return [...split, ...own];
}

/** One digit, over and over: nothing hashes to that. */
const isPlaceholder = (sha256: string): boolean => /^([0-9a-f])\1{63}$/.test(sha256);

/** Every version is copied and can be called, whatever its traffic. */
function versionIssues(model: ResolvedModel): ModeIssue[] {
  const versionAt = new Map<string, string>();
  return versionsOf(model).flatMap((version) => {
    const { sha256 } = model.versions[version]!;
    const issues: ModeIssue[] = [];
    if (isPlaceholder(sha256) && !model.traffic.some((share) => share.version === version)) {
      issues.push({
        code: "multi-model-placeholder",
        path: `/versions.${version}.sha256`,
        message: `the sha256 of ${version} is a placeholder, and its target is named by it: callers would hold on to a name that must change`,
        hint: "write what `sha256sum model.tar.gz` prints, or take the version out",
      });
    }
    const target = targetOf(version, sha256);
    const other = versionAt.get(target);
    versionAt.set(target, version);
    if (other !== undefined) {
      issues.push({
        code: "multi-model-target-collision",
        path: `/versions.${version}`,
        message: `versions "${other}" and "${version}" would both be the target ${target}`,
        hint: "remove one: they hold the same artifact",
      });
    }
    return issues;
  });
}

function labelIssues(model: ResolvedModel): ModeIssue[] {
  const { label } = model.settings;
  if (typeof label !== "string" || versionsOf(model).length <= 1) return [];
  return [
    {
      code: "multi-model-label",
      severity: "warning",
      path: "/settings.label",
      message: `all versions share the settings, so each would answer that it is "${label}"`,
      hint: "take label out: answers then carry the name of the version that gives them",
    },
  ];
}
