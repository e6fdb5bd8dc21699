import type { ModeName } from "../../contract/runtimes";
import { isObject } from "../merge-patch";
import { capacityOf, countsOf, type Counts } from "../modes/capacity";
import { REGIONS_SOURCE } from "../regions";
import type { ResolvedModel, ResolvedServing, TrafficShare } from "../types";
import type { Finding } from "./rule";

const KINDS = "https://docs.aws.amazon.com/sagemaker/latest/dg/serverless-endpoints.html";
const SCALED = "https://docs.aws.amazon.com/sagemaker/latest/dg/endpoint-scaling.html";

/** A rule over a model and the one that it replaces, in one environment. */
export interface PreviousRule {
  readonly code: string;
  readonly check: (model: ResolvedModel, previous: ResolvedModel) => readonly Finding[];
}

/** Modes that make the one SageMaker endpoint that a model's traffic goes to. */
const endpointModes: readonly ModeName[] = ["async", "realtime", "serverless"];
const endpointOf = ({ serving }: ResolvedModel): ModeName | undefined => endpointModes.find((mode) => serving[mode] !== undefined);

export const previousRules: readonly PreviousRule[] = [
  {
    code: "version-changed",
    check: ({ versions }, previous) =>
      Object.entries(versions).flatMap(([version, { sha256 }]): Finding[] => {
        const before = previous.versions[version]?.sha256;
        if (before === undefined || before === sha256) return [];
        return [
          {
            path: ["versions", version, "sha256"],
            message: `${version} was ${before.slice(0, 12)}… and is ${sha256.slice(0, 12)}…: a version never changes, as logs, alarms and callers know it by its name`,
            hint: `write the new artifact as a version of its own, and leave ${version} as it was`,
          },
        ];
      }),
  },
  {
    code: "version-withdrawn",
    check: ({ versions }, previous) =>
      previous.traffic
        .filter(({ version, weight }) => weight > 0 && versions[version] === undefined)
        .map(({ version }) => ({
          severity: "warning",
          path: ["versions", version],
          message: `${version} serves traffic today and is gone: there would be no way back to it`,
          hint: `keep ${version} for one more release with traffic: { ${version}: 0 }`,
        })),
  },
  {
    code: "endpoint-kind-changed",
    check: (model, previous) => {
      const [is, was] = [endpointOf(model), endpointOf(previous)];
      if (is === undefined || was === undefined || is === was) return [];
      return [
        {
          path: ["serving", is],
          at: "key",
          message: `the endpoint is served by ${was} today, and SageMaker does not turn a live endpoint into one of another kind`,
          hint: `release it under another name, or take ${was} away in one release and add ${is} in the next: nobody answers in between`,
          source: KINDS,
        },
      ];
    },
  },
  {
    code: "region-changed",
    check: ({ region }, previous) => {
      const [is, was] = [region ?? "the stack's own region", previous.region ?? "the stack's own region"];
      if (region === previous.region) return [];
      return [
        {
          severity: "warning",
          path: ["region"],
          message: `the model moves from ${was} to ${is}: it is made there, and then deleted here with its queue's requests and its data's keys`,
          hint: "let callers read the outputs anew right after the release; an endpoint does not move",
          source: REGIONS_SOURCE,
        },
      ];
    },
  },
  { code: "scaled-variant-changed", check: (model, previous) => [...scaledVariants(model, previous), ...scaledTogether(model, previous)] },
];

/** SageMaker refuses to change the instance type of a variant that is registered for scaling, or to remove it. */
function scaledVariants(model: ResolvedModel, previous: ResolvedModel): Finding[] {
  const mode = endpointOf(previous);
  const [before, now] = mode === undefined ? [] : [previous.serving[mode], model.serving[mode]];
  if (mode === undefined || before === undefined || now === undefined) return [];
  const hint = "take scaling out in one release (scaling: null), change this in the next, and put it back";
  return previous.traffic.filter((share) => isScaled(mode, before, share)).flatMap((share): Finding[] => {
    const next = model.traffic.find(({ version }) => version === share.version);
    if (next === undefined) {
      return [{ path: ["traffic"], at: "key", message: `${share.version} is scaled automatically today: SageMaker refuses to remove its variant while it is`, hint: `keep it with traffic: { ${share.version}: 0 }, or ${hint}`, source: SCALED }];
    }
    const [was, is] = [typeOf(share, before), typeOf(next, now)];
    if (was === is) return [];
    const path = next.instanceType === undefined ? ["serving", mode, "instance"] : ["traffic", next.version, "instance"];
    return [{ path, message: `${share.version} is scaled automatically today, on ${String(was)}: SageMaker refuses another instance type while it is`, hint, source: SCALED }];
  });
}

/** The same of the one variant that holds every version. */
function scaledTogether({ serving: { multiModel: now } }: ResolvedModel, { serving: { multiModel: before } }: ResolvedModel): Finding[] {
  if (before === undefined || now === undefined || before.instanceType === now.instanceType || !isScaled("multiModel", before)) return [];
  return [
    {
      path: ["serving", "multiModel", "instance"],
      message: `the instances of all versions are scaled automatically today, on ${String(before.instanceType)}: SageMaker refuses another type while they are`,
      hint: "take scaling out in one release (scaling: null), change this in the next, and put it back",
      source: SCALED,
    },
  ];
}

const typeOf = (share: TrafficShare, { instanceType }: ResolvedServing): unknown => share.instanceType ?? instanceType;

/** Whether the mode registers a variant: a real-time one with any range, an async one with one that leaves room. */
function isScaled(mode: ModeName, serving: ResolvedServing, share?: TrafficShare): boolean {
  if (!isObject(serving.scaling)) return false;
  const { scaled, fewest, most } = capacityOf(countsOf(serving as unknown as Counts, share ?? {}));
  return scaled && (mode === "realtime" || fewest !== most);
}
