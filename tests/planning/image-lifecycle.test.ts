import assert from "node:assert/strict";
import fc from "fast-check";
import { imageLifecycle } from "../../planning/shared";
import { facts, model, ofType, planned } from "./support/resolved";
import { expired, type LifecyclePolicy, type StoredImage } from "./support/ecr-lifecycle";

const hash = fc.string({ unit: fc.constantFrom(..."0123456789abcdef"), minLength: 64, maxLength: 64 });
const days = fc.nat({ max: 3000 });

/** A repository after some years: what was pushed for models, each under its own tag, and what was left behind. */
const repository = fc.record({
  pushed: fc.uniqueArray(fc.record({ sources: hash, region: fc.constantFrom("", "-ap-south-1"), pushedDaysAgo: days }), { selector: ({ sources }) => sources, maxLength: 60 }),
  left: fc.array(days, { maxLength: 20 }),
});

const imagesOf = ({ pushed, left }: { readonly pushed: readonly { sources: string; region: string; pushedDaysAgo: number }[]; readonly left: readonly number[] }): StoredImage[] => [
  ...pushed.map(({ sources, region, pushedDaysAgo }) => ({ digest: `sha256:${sources}`, tags: [`${sources}${region}`], pushedDaysAgo })),
  ...left.map((pushedDaysAgo, index) => ({ digest: `left-${index}`, tags: [], pushedDaysAgo })),
];

describe("what ECR deletes by itself", () => {
  it("is the policy of the repository in every region, which is immutable and scanned", () => {
    const plan = planned([model({ region: "ap-south-1" }), model({ name: "home" })]);
    const policies = ofType(plan, "aws:ecr/lifecyclePolicy:LifecyclePolicy");
    assert.deepEqual(policies.map(({ region }) => region), [undefined, "ap-south-1"]);
    for (const { inputs } of policies) assert.deepEqual(inputs.policy, { $json: imageLifecycle });
    for (const { inputs } of ofType(plan, "aws:ecr/repository:Repository")) {
      assert.equal(inputs.imageTagMutability, "IMMUTABLE");
      assert.deepEqual(inputs.imageScanningConfiguration, { scanOnPush: true });
    }
    for (const { inputs } of ofType(plan, "awsx:ecr:Image")) assert.ok(String(inputs.imageTag).startsWith(facts.imageSourceSha256), "every image has a tag from its first second");
  });

  it("is never an image that a model was given, however old it is and however many came after", () => {
    fc.assert(
      fc.property(repository, (history) => {
        const images = imagesOf(history);
        const gone = expired(imageLifecycle, images);
        // Any of them may be live, or one to roll back to: a model that nobody touched runs the image of its day.
        for (const { digest, tags } of images) if (tags.length > 0) assert.ok(!gone.has(digest), digest);
      }),
      { numRuns: 300 },
    );
  });

  it("is what has no tag, once it is two weeks old", () => {
    fc.assert(
      fc.property(repository, (history) => {
        const images = imagesOf(history);
        const wanted = images.filter(({ tags, pushedDaysAgo }) => tags.length === 0 && pushedDaysAgo > 14).map(({ digest }) => digest);
        assert.deepEqual([...expired(imageLifecycle, images)].sort(), wanted.sort());
      }),
    );
  });

  it("would be a live image under every policy that goes by the count, the age or the tag of those that are tagged", () => {
    const live = { digest: "live", tags: ["a".repeat(64)], pushedDaysAgo: 400 };
    const newer = Array.from({ length: 30 }, (_, index) => ({ digest: `newer-${index}`, tags: [`b${index}`.padEnd(64, "0")], pushedDaysAgo: index }));
    const policies: LifecyclePolicy["rules"][number]["selection"][] = [
      { tagStatus: "any", countType: "imageCountMoreThan", countNumber: 20 },
      { tagStatus: "any", countType: "sinceImagePushed", countUnit: "days", countNumber: 365 },
      { tagStatus: "tagged", tagPatternList: ["*"], countType: "imageCountMoreThan", countNumber: 20 },
      { tagStatus: "tagged", tagPrefixList: ["a"], countType: "sinceImagePushed", countUnit: "days", countNumber: 365 },
    ];
    for (const selection of policies) assert.ok(expired({ rules: [{ rulePriority: 1, selection }] }, [live, ...newer]).has("live"), JSON.stringify(selection));
  });

  it("is judged as ECR judges: what meets a rule's tags belongs to no rule after it", () => {
    const images = [{ digest: "old", tags: ["prod-1"], pushedDaysAgo: 90 }, { digest: "new", tags: ["prod-2"], pushedDaysAgo: 1 }];
    const keep = { rulePriority: 1, selection: { tagStatus: "tagged", tagPrefixList: ["prod"], countType: "imageCountMoreThan", countNumber: 5 } } as const;
    const all = { rulePriority: 2, selection: { tagStatus: "any", countType: "sinceImagePushed", countUnit: "days", countNumber: 30 } } as const;
    assert.deepEqual([...expired({ rules: [all, keep] }, images)], []);
    assert.deepEqual([...expired({ rules: [all] }, images)], ["old"]);
  });
});
