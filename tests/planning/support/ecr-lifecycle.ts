/** An image of a repository, as ECR's lifecycle evaluator sees it. */
export interface StoredImage {
  readonly digest: string;
  readonly tags: readonly string[];
  readonly pushedDaysAgo: number;
}

export interface LifecyclePolicy {
  readonly rules: readonly {
    readonly rulePriority: number;
    readonly selection: {
      readonly tagStatus: "any" | "tagged" | "untagged";
      readonly tagPrefixList?: readonly string[];
      readonly tagPatternList?: readonly string[];
      readonly countType: "imageCountMoreThan" | "sinceImagePushed";
      readonly countUnit?: "days";
      readonly countNumber: number;
    };
  }[];
}

/**
 * The digests that a policy expires, by the evaluator's own rules: every rule is
 * evaluated on all images, then applied by priority; an image that meets the
 * tags of a rule is nobody else's of a lower priority.
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/LifecyclePolicies.html#lp_evaluation_rules
 */
export function expired(policy: LifecyclePolicy, images: readonly StoredImage[]): Set<string> {
  const taken = new Set<string>();
  const gone = new Set<string>();
  for (const { selection } of [...policy.rules].sort((a, b) => a.rulePriority - b.rulePriority)) {
    const matching = images.filter((image) => meets(selection, image));
    const selected =
      selection.countType === "sinceImagePushed"
        ? matching.filter(({ pushedDaysAgo }) => pushedDaysAgo > selection.countNumber)
        : [...matching].sort((a, b) => a.pushedDaysAgo - b.pushedDaysAgo).slice(selection.countNumber);
    for (const { digest } of selected) if (!taken.has(digest)) gone.add(digest);
    for (const { digest } of matching) taken.add(digest);
  }
  return gone;
}

function meets({ tagStatus, tagPrefixList, tagPatternList }: LifecyclePolicy["rules"][number]["selection"], { tags }: StoredImage): boolean {
  if (tagStatus === "any") return true;
  if (tagStatus === "untagged") return tags.length === 0;
  // All that are listed, each by some tag.
  const prefixes = (tagPrefixList ?? []).every((prefix) => tags.some((tag) => tag.startsWith(prefix)));
  const patterns = (tagPatternList ?? []).every((pattern) => tags.some((tag) => new RegExp(`^${pattern.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&")).join(".*")}$`).test(tag)));
  return tags.length > 0 && prefixes && patterns;
}
