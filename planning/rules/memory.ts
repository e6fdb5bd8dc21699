import { hostingInstanceTypes, familyOf, memoryGiBOf } from "../instances";
import { TIGHT_PERCENT, runtimeMemory } from "../memory";
import { heaviest } from "../modes/batch/version";
import { serverlessMemoriesMiB } from "../modes/serverless/schema";
import type { ResolvedModel, ResolvedServing } from "../types";
import type { Finding, ModelRule } from "./rule";

const TYPES = "https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-types.html";
const SERVERLESS = "https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ProductionVariantServerlessConfig.html";
/** Of an instance's memory, what a multi-model container hands out where no cap is written (container/src/core/models/memory.ts). */
const SHARED_PART = 0.9;

/** A place where a container with one version runs. */
interface Place {
  readonly version: string;
  readonly roomMiB: number;
  /** `an ml.c5.large`. */
  readonly of: string;
  readonly path: readonly string[];
  readonly source: string;
  /** What to write for so much memory. */
  readonly instead: (neededMiB: number) => string;
}

/** Rules over memory: what is known of a version, against everything that is to serve it. */
export const memoryRules: readonly ModelRule[] = [
  {
    code: "memory-too-small",
    check: (model) =>
      placesOf(model).flatMap((place): Finding[] => {
        const needed = neededMiB(model, place.version);
        if (needed === undefined || needed <= place.roomMiB) return [];
        return [finding(place, `${taking(model, place.version, needed)}, and ${place.of} has ${place.roomMiB}: the container would be killed before it answers`, needed)];
      }),
  },
  {
    code: "memory-tight",
    check: (model) =>
      placesOf(model).flatMap((place): Finding[] => {
        const needed = neededMiB(model, place.version);
        if (needed === undefined || needed > place.roomMiB || needed * 100 <= place.roomMiB * TIGHT_PERCENT) return [];
        const percent = Math.round((needed * 100) / place.roomMiB);
        return [{ severity: "warning", ...finding(place, `${taking(model, place.version, needed)}, ${percent} % of what ${place.of} has: little is left for the requests`, needed) }];
      }),
  },
  {
    code: "multi-model-memory-shared",
    check: (model) => {
      const places = sharedPlaces(model);
      const known = places.flatMap(({ version }) => neededMiB(model, version) ?? []);
      const [place] = places;
      const sum = known.reduce((total, needed) => total + needed, 0);
      // One that does not fit alone is reported as such.
      if (place === undefined || known.length < 2 || sum <= place.roomMiB || known.some((needed) => needed > place.roomMiB)) return [];
      return [
        {
          severity: "warning",
          path: place.path,
          message: `the versions together take ${sum} MiB, and ${place.of} has ${place.roomMiB}: they push each other out of memory, and are loaded again when they are asked for`,
          hint: `${place.instead(sum)}, or take versions out that nobody asks for`,
          source: "https://docs.aws.amazon.com/sagemaker/latest/dg/multi-model-endpoints.html",
        },
      ];
    },
  },
];

const finding = (place: Place, message: string, needed: number): Finding => ({ path: place.path, message, hint: place.instead(needed), source: place.source });

/** What a version states, else the least that its runtime was measured to hold; undefined where nothing is known. */
function neededMiB({ runtime, versions }: ResolvedModel, version: string): number | undefined {
  return versions[version]?.memoryMiB ?? (runtime === null ? undefined : runtimeMemory[runtime]?.residentMiB);
}

const taking = ({ versions }: ResolvedModel, version: string, needed: number): string => `${version} takes ${versions[version]?.memoryMiB === undefined ? "at least " : ""}${needed} MiB`;

function placesOf(model: ResolvedModel): Place[] {
  const { serving, fallback } = model;
  const [first = ""] = heaviest(model);
  return [
    ...(["async", "realtime"] as const).flatMap((mode) => variantPlaces(model, mode, serving[mode])),
    ...serverlessPlaces(model),
    ...sharedPlaces(model),
    ...instancePlace(typeof serving.batch?.version === "string" ? serving.batch.version : first, serving.batch?.instanceType, ["serving", "batch", "instance"]),
    ...serverPlace(first, serving.beanstalk, ["serving", "beanstalk", "instance"]),
    ...serverPlace(first, fallback?.beanstalk, ["fallback", "beanstalk", "instance"]),
  ];
}

/** Each version of the traffic, and the shadow, has instances of its own. */
function variantPlaces({ traffic, shadow }: ResolvedModel, mode: "async" | "realtime", settings: ResolvedServing | undefined): Place[] {
  if (settings === undefined) return [];
  const shares = [...traffic, ...(shadow === null || mode !== "realtime" ? [] : [{ version: shadow.version, instanceType: undefined }])];
  return shares.flatMap(({ version, instanceType }) =>
    instanceType === undefined ? instancePlace(version, settings.instanceType, ["serving", mode, "instance"]) : instancePlace(version, instanceType, ["traffic", version, "instance"]),
  );
}

function serverlessPlaces({ traffic, serving: { serverless } }: ResolvedModel): Place[] {
  const memory = serverless?.memoryMiB;
  if (typeof memory !== "number") return [];
  return traffic.map(({ version }) => ({
    version,
    roomMiB: memory,
    of: "a serverless container of that size",
    path: ["serving", "serverless", "memory"],
    source: SERVERLESS,
    instead: (needed) => {
      const size = serverlessMemoriesMiB.find((one) => needed * 100 <= one * TIGHT_PERCENT);
      return size === undefined ? "serve the model on instances: serving: { realtime: { instance: ml.m5.xlarge } }" : `write: memory: ${size} MiB`;
    },
  }));
}

/** Every version of a multi-model endpoint, in the memory that they share. */
function sharedPlaces({ versions, serving: { multiModel } }: ResolvedModel): Place[] {
  const type = multiModel?.instanceType;
  const memoryGiB = typeof type === "string" ? memoryGiBOf(type) : undefined;
  const cap = multiModel?.memoryMiB;
  const written = typeof cap === "number";
  const roomMiB = written ? cap : memoryGiB === undefined ? undefined : Math.floor(memoryGiB * 1024 * SHARED_PART);
  if (roomMiB === undefined) return [];
  return Object.keys(versions)
    .sort()
    .map((version) => ({
      version,
      roomMiB,
      of: written ? "the cap on them all" : `what an ${String(type)} gives them all`,
      path: ["serving", "multiModel", written ? "memory" : "instance"],
      source: TYPES,
      instead: (needed) => (written && memoryGiB !== undefined && needed <= memoryGiB * 1024 * SHARED_PART ? `write: memory: ${needed} MiB or more` : `write: instance: ${larger(String(type), needed / SHARED_PART)}`),
    }));
}

function instancePlace(version: string, type: unknown, path: readonly string[]): Place[] {
  const memoryGiB = typeof type === "string" ? memoryGiBOf(type) : undefined;
  if (memoryGiB === undefined) return [];
  return [{ version, roomMiB: memoryGiB * 1024, of: `an ${String(type)}`, path, source: TYPES, instead: (needed) => `write: instance: ${larger(String(type), needed)}` }];
}

/** As an instance of SageMaker's, by the name that EC2 knows it by. */
function serverPlace(version: string, settings: ResolvedServing | undefined, path: readonly string[]): Place[] {
  const type = settings?.instanceType;
  if (typeof type !== "string") return [];
  return instancePlace(version, `ml.${type}`, path).map((place) => ({ ...place, of: `an ${type}`, instead: (needed) => place.instead(needed).replace("ml.", "") }));
}

/** The smallest size of a family that has room for it; another family where none has. */
function larger(type: string, neededMiB: number): string {
  const fits = (one: string): boolean => neededMiB * 100 <= (memoryGiBOf(one) ?? 0) * 1024 * TIGHT_PERCENT;
  return hostingInstanceTypes.find((one) => familyOf(one) === familyOf(type) && fits(one)) ?? hostingInstanceTypes.find((one) => familyOf(one) === "r5" && fits(one)) ?? "a type with more memory";
}
