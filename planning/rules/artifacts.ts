import type { Json } from "../../contract/json";
import { fieldsIn, type Finding, type Rule, textIn } from "./rule";

const BUCKETS = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html";
const KEYS = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html";
const MODEL_DATA_URL = "https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ContainerDefinition.html";
/** Characters of a `ModelDataUrl`: MODEL_DATA_URL. */
const MAX_URL_LENGTH = 1024;

interface Artifact {
  readonly version: string;
  readonly bucket: string;
  readonly key: string;
  readonly url: string;
  readonly sha256: string | undefined;
}

/** The artifacts whose address has the shape of one; the others are reported by the schema. */
function artifactsOf(versions: Json | undefined): Artifact[] {
  return Object.entries(fieldsIn(versions)).flatMap(([version, artifact]) => {
    const { artifact: url, sha256 } = fieldsIn(artifact);
    const parts = /^s3:\/\/([^/]+)\/(.+)$/.exec(textIn(url) ?? "");
    return parts === null ? [] : [{ version, bucket: parts[1]!, key: parts[2]!, url: parts[0], sha256: textIn(sha256) }];
  });
}

/** What the rules for bucket names forbid beyond length and characters, which the schema holds: BUCKETS. */
const bucketFaults: readonly (readonly [RegExp, string])[] = [
  [/\.\./, "has two dots side by side"],
  [/^\d+\.\d+\.\d+\.\d+$/, "is formatted like an IP address"],
  [/^(xn--|sthree-|amzn-s3-demo-)/, "starts with a prefix that AWS keeps for itself"],
  [/(-s3alias|--ol-s3|\.mrap|--x-s3|--table-s3)$/, "ends in a suffix that AWS keeps for itself"],
];

/** Rules over the artifacts of a descriptor. */
export const artifactRules: readonly Rule[] = [
  {
    code: "artifact-bucket",
    check: ({ versions }) =>
      artifactsOf(versions).flatMap(({ version, bucket }): Finding[] => {
        const fault = bucketFaults.find(([pattern]) => pattern.test(bucket));
        if (fault === undefined) return [];
        return [{ path: ["versions", version, "artifact"], message: `no bucket can be named "${bucket}": the name ${fault[1]}`, hint: "write the bucket that the artifact was uploaded to", source: BUCKETS }];
      }),
  },
  {
    code: "artifact-bucket-dots",
    check: ({ versions }) =>
      artifactsOf(versions).flatMap(({ version, bucket }): Finding[] => {
        if (!bucket.includes(".") || bucketFaults.some(([pattern]) => pattern.test(bucket))) return [];
        const message = `the bucket "${bucket}" has a dot in its name: over TLS its virtual-host address does not match S3's certificate`;
        return [{ severity: "warning", path: ["versions", version, "artifact"], message, hint: "keep artifacts in a bucket named with hyphens", source: BUCKETS }];
      }),
  },
  {
    code: "artifact-key",
    check: ({ versions }) =>
      artifactsOf(versions).flatMap(({ version, key }): Finding[] => {
        const odd = key.split("/").find((part) => part === "" || part === "." || part === "..");
        if (odd === undefined) return [];
        const what = odd === "" ? "an empty folder (//)" : `a folder named "${odd}"`;
        return [{ path: ["versions", version, "artifact"], message: `the key has ${what}, which tools drop or resolve before S3 sees it`, hint: "write the key without it", source: KEYS }];
      }),
  },
  {
    code: "artifact-url-long",
    check: ({ versions }) =>
      artifactsOf(versions)
        .filter(({ url }) => url.length > MAX_URL_LENGTH)
        .map(({ version, url }) => ({
          path: ["versions", version, "artifact"],
          message: `the address of the artifact is ${url.length} characters long; SageMaker takes ${MAX_URL_LENGTH}`,
          hint: "use a shorter key",
          source: MODEL_DATA_URL,
        })),
  },
  {
    code: "artifact-two-hashes",
    check: ({ versions }) => repeated(versions, ({ url }) => url, (one, other) => one.sha256 !== other.sha256, (one, other) => ({
      path: ["versions", other.version, "sha256"],
      message: `${one.version} and ${other.version} name one archive with two different sha256: at most one of them can start`,
      hint: "give each version a key of its own",
    })),
  },
  {
    code: "sha256-reused",
    check: ({ versions }) => repeated(versions, ({ sha256 }) => sha256, () => true, (one, other) => ({
      severity: "warning",
      path: ["versions", other.version, "sha256"],
      message: `${one.version} and ${other.version} have the same sha256: they are one artifact under two names`,
      hint: "write the sha256 of the archive that is meant, or keep one of the two versions",
    })),
  },
];

/** Pairs of versions that agree in `keyOf`: each version with the first before it. */
function repeated(
  versions: Json | undefined,
  keyOf: (artifact: Artifact) => string | undefined,
  isFault: (one: Artifact, other: Artifact) => boolean,
  fault: (one: Artifact, other: Artifact) => Finding,
): Finding[] {
  const first = new Map<string, Artifact>();
  return artifactsOf(versions).flatMap((artifact) => {
    const key = keyOf(artifact);
    // A placeholder is reported as one.
    if (key === undefined || /^(.)\1*$/.test(key)) return [];
    const one = first.get(key);
    if (one === undefined) first.set(key, artifact);
    return one === undefined || !isFault(one, artifact) ? [] : [fault(one, artifact)];
  });
}

