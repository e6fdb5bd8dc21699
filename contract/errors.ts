/**
 * The one table of everything that can go wrong: issues of the registry and the
 * plan, errors that travel over the wire, errors that the client raises.
 *
 * A section belongs to a room; rows are sorted within it. `docs/reference/errors.md`
 * is generated from here, and a test holds that every code used in the source is a
 * row and that every row is used.
 */

/** Where a person meets the error. */
export type ErrorWhere = "descriptor" | "plan" | "artifact" | "container" | "local" | "client" | "cli";

export interface ErrorRow {
  readonly where: readonly ErrorWhere[];
  /** HTTP status it travels with; null where it never crosses the wire. */
  readonly status: number | null;
  /** The same call may succeed a moment later: the client tries again, with back-off. */
  readonly retryable: boolean;
  /** A fallback may answer in place of the endpoint. Never true for what the caller must mend. */
  readonly failsOver: boolean;
  /** What it means, one sentence. */
  readonly meaning: string;
  /** What to do about it, one sentence. */
  readonly hint: string;
}

type Section = { readonly [code: string]: ErrorRow };

/** A row for what a person wrote: it never crosses the wire, and trying again changes nothing. */
function issue(where: ErrorWhere, meaning: string, hint: string): ErrorRow {
  return { where: [where], status: null, retryable: false, failsOver: false, meaning, hint };
}

/** Descriptors, contracts and stack files: found by `slipway validate`. */
const descriptorErrors = {
  "accelerator-idle": issue(
    "descriptor",
    "An instance type has an accelerator that Slipway's container does not use for this runtime: it uses NVIDIA's GPUs, and for networks that are worth one.",
    "Choose a type with processors alone.",
  ),
  "alarm-adds-up": issue(
    "descriptor",
    "An alarm adds up a measurement that is only meant to be averaged, so its threshold depends on the load.",
    "Write `Average`, `Maximum` or a percentile as its statistic.",
  ),
  "alarm-always-fires": issue(
    "descriptor",
    "A threshold is so low that a container without work crosses it.",
    "Write it in percent of the whole instance, like `80%`.",
  ),
  "alarm-never-fires": issue(
    "descriptor",
    "A threshold is above anything that the metric can be.",
    "Lower it, or choose the statistic that can reach it.",
  ),
  "alarm-window": issue(
    "descriptor",
    "An alarm's periods are not what CloudWatch takes: not whole minutes, longer than it looks back, or fewer than must be above.",
    "Write the period in minutes, and at most as many datapoints as periods.",
  ),
  "artifact-bucket": issue(
    "descriptor",
    "The name of an artifact's bucket is one that S3 gives to nobody.",
    "Write the bucket that the artifact was uploaded to.",
  ),
  "artifact-bucket-dots": issue(
    "descriptor",
    "The name of an artifact's bucket has dots, with which its address does not match S3's certificate.",
    "Keep artifacts in a bucket named with hyphens.",
  ),
  "artifact-key": issue(
    "descriptor",
    "The key of an artifact has a folder without a name, or one named `.` or `..`.",
    "Write the key without it.",
  ),
  "artifact-missing": issue(
    "descriptor",
    "An artifact that a descriptor names in the repository cannot be read.",
    "Write a path from the top of the repository, or an address in S3.",
  ),
  "artifact-sha256": issue(
    "descriptor",
    "An artifact in the repository does not have the sha256 that its version says.",
    "Write what `sha256sum` prints, in a version of its own.",
  ),
  "artifact-too-large": issue(
    "descriptor",
    "An artifact in the repository is larger than an upload, or the disk of what is to serve it.",
    "Upload it yourself, or serve the model on instances.",
  ),
  "artifact-two-hashes": issue(
    "descriptor",
    "Two versions name one archive with two different sha256.",
    "Give each version a key of its own.",
  ),
  "artifact-url": issue(
    "descriptor",
    "The address of an artifact is not that of an archive in S3.",
    "Write `s3://`, the bucket, the key, and `.tar.gz` at its end.",
  ),
  "artifact-url-long": issue(
    "descriptor",
    "The address of an artifact is longer than SageMaker takes.",
    "Use a shorter key.",
  ),
  "batching-waits-alone": issue(
    "descriptor",
    "Requests wait for company where a container is sent one at a time.",
    "Write `maxWait: 0s`, or serve the model in a mode that sends several.",
  ),
  "contract-breaks-callers": issue(
    "descriptor",
    "A contract changes so that requests of today would be refused, or answers no longer hold what they do.",
    "Keep what callers use, or release the change under another name.",
  ),
  "contract-example": issue(
    "descriptor",
    "A golden example does not satisfy the schema it illustrates, or two examples share a name.",
    "Mend the example, or the schema if the example is right.",
  ),
  "contract-missing": issue(
    "descriptor",
    "The contract that a descriptor names does not exist.",
    "Write the file, or mend its path: it counts from the registry's folder.",
  ),
  "contract-nothing-required": issue(
    "descriptor",
    "Every property of a request may be left out.",
    "Name in `required` what the model cannot answer without.",
  ),
  "contract-schema": issue(
    "descriptor",
    "A request or response schema is not JSON Schema draft-07, or does not compile.",
    "Mend the keyword that the issue points at.",
  ),
  "contract-takes-anything": issue(
    "descriptor",
    "A request or response schema accepts any JSON.",
    "Write its type and its properties.",
  ),
  "endpoint-kind-changed": issue(
    "descriptor",
    "A live endpoint would become one of another kind, which SageMaker refuses.",
    "Release it under another name, or remove it first.",
  ),
  "environment-misspelt": issue(
    "descriptor",
    "An overlay's name is almost that of a usual stack, and would never be applied to it.",
    "Name the overlay exactly like the stack.",
  ),
  "file-not-text": issue(
    "descriptor",
    "A file is not UTF-8 text, or holds control characters.",
    "Save it as UTF-8, and write escapes in double-quoted strings.",
  ),
  "file-refused": issue(
    "descriptor",
    "A file was not read: it is too large, not a plain file, or a link that leads out of its folder.",
    "Keep descriptors and contracts as small plain files in the registry.",
  ),
  "image-not-in-ecr": issue(
    "descriptor",
    "A container's image is not in Amazon ECR, where SageMaker pulls from.",
    "Push it there and write its address.",
  ),
  "image-repository": issue(
    "descriptor",
    "The repository of a container's image has a name that ECR gives to none, or a tag beside its digest.",
    "Write the repository in lower case, and the digest alone.",
  ),
  "instance-quota": issue(
    "descriptor",
    "An account may have no quota for an instance type: accelerated types often start at 0.",
    "Look it up in Service Quotas, and ask for it in time.",
  ),
  "key-region": issue(
    "descriptor",
    "A key of the stack file is in another region than the one it is written for.",
    "Write the ARN of a key in that region.",
  ),
  "memory-tight": issue(
    "descriptor",
    "A version takes most of the memory of what is to serve it.",
    "Choose a larger instance or size.",
  ),
  "memory-too-small": issue(
    "descriptor",
    "A version takes more memory than what is to serve it has.",
    "Choose a larger instance or size, or make the version smaller.",
  ),
  "missing-field": issue(
    "descriptor",
    "A field that must be there is not, or is empty.",
    "Write it; the hint of the issue shows how.",
  ),
  "model-withdrawn": issue(
    "descriptor",
    "A descriptor is gone, and its endpoint would be deleted.",
    "See that nobody calls it.",
  ),
  "multi-model-memory-shared": issue(
    "descriptor",
    "The versions behind one endpoint do not fit into its memory together.",
    "Choose a larger instance, raise the cap, or serve fewer versions.",
  ),
  "name-illegal": issue(
    "descriptor",
    "A name holds characters that AWS does not take where the name goes.",
    "Use letters, digits and single hyphens.",
  ),
  "name-taken": issue(
    "descriptor",
    "Two descriptors have one name, and would make the same resources in AWS.",
    "Give one of the two another name.",
  ),
  "name-too-long": issue(
    "descriptor",
    "A name is so long that the AWS names made from it would not fit.",
    "Shorten it.",
  ),
  "network-cidr": issue(
    "descriptor",
    "A network's addresses are not a range that a VPC can have and be divided in.",
    "Write a private range of /16 to /21, like `10.40.0.0/16`.",
  ),
  "network-security-groups": issue(
    "descriptor",
    "A network names no security group, or more than the five that SageMaker takes.",
    "Write one to five, or leave them out.",
  ),
  "network-subnets": issue(
    "descriptor",
    "A network does not have the subnets that SageMaker takes: 2 to 16, each private or public.",
    "Write at least two, in zones of their own.",
  ),
  "network-way": issue(
    "descriptor",
    "A network is neither to be created nor an existing one, or both.",
    "Write `create` or `existing`.",
  ),
  "network-zones": issue(
    "descriptor",
    "A network's zones are fewer than two, more than four, or of another region.",
    "Write `zones: 2`, or name them.",
  ),
  "out-of-range": issue(
    "descriptor",
    "A number, a quantity or a text is smaller, larger or longer than the field takes.",
    "Write a value within the range that the message names.",
  ),
  "prod-burstable": issue(
    "descriptor",
    "An instance type in production slows down when its processor credits are used up.",
    "Choose a type of the `m` or `c` families.",
  ),
  "prod-single-instance": issue(
    "descriptor",
    "A real-time endpoint in production has one instance, and nobody answers while it is replaced.",
    "Start with two instances.",
  ),
  "prod-unwatched": issue(
    "descriptor",
    "Every alarm of a model is off in production.",
    "Turn `serverErrors` and `latency` on.",
  ),
  "quantity-malformed": issue(
    "descriptor",
    "A length of time, a size or a percentage is not written in its one form.",
    "Write it like `90s`, `15m`, `3072 MiB` or `80%`.",
  ),
  "region-changed": issue(
    "descriptor",
    "A model moves to another region: its endpoint is made there and deleted here.",
    "Let its callers read the outputs anew right after the release.",
  ),
  "region-unknown": issue(
    "descriptor",
    "`region` is no AWS region that SageMaker hosts models in.",
    "Write one as AWS does, such as `eu-west-3`; a new one needs a row in `planning/regions.ts`.",
  ),
  "rollout-termination": issue(
    "descriptor",
    "A rolling rollout is told how long to keep old instances, which it replaces one batch after another.",
    "Remove `terminationWait`, or choose another way.",
  ),
  "rollout-unsupported": issue(
    "descriptor",
    "An environment without a real-time endpoint, or on instances that SageMaker excludes, has a rollout: it would silently move all at once.",
    "Take `rollout` out for the environment, or serve the model on other instances.",
  ),
  "rollout-way": issue(
    "descriptor",
    "A rollout names none or several of `allAtOnce`, `canary`, `linear` and `rolling`.",
    "Keep exactly one.",
  ),
  "runtime-or-container": issue(
    "descriptor",
    "A descriptor names neither a runtime nor a container, or both.",
    "Name a runtime for Slipway's own container, or bring an image under `container`.",
  ),
  "scaled-variant-changed": issue(
    "descriptor",
    "A variant that is scaled automatically would be removed, or get another instance type, which SageMaker refuses.",
    "Take `scaling` out in one release, and change it in the next.",
  ),
  "secret-written": issue(
    "descriptor",
    "A text in a descriptor or a contract looks like a credential.",
    "Keep it in Secrets Manager, and replace it if it is real.",
  ),
  "serving-exclusive": issue(
    "descriptor",
    "Two serving modes of one model would share an endpoint name in the same environment.",
    "Keep one of them in each environment.",
  ),
  "settings-without-runtime": issue(
    "descriptor",
    "Settings are given to a model that brings its own container.",
    "Remove them: they are those of Slipway's runtimes.",
  ),
  "sha256-placeholder": issue(
    "descriptor",
    "The sha256 of a version in the traffic is one digit repeated: a placeholder.",
    "Write what `sha256sum model.tar.gz` prints.",
  ),
  "sha256-reused": issue(
    "descriptor",
    "Two versions have the same sha256: one artifact under two names.",
    "Write the sha256 of the archive that is meant.",
  ),
  "shadow-one-version": issue(
    "descriptor",
    "A shadow stands beside several versions in the traffic, and SageMaker takes one beside one.",
    "Send all traffic to one version while another shadows it.",
  ),
  "shadow-unsupported": issue(
    "descriptor",
    "A model without a real-time endpoint has a shadow.",
    "Take `shadow` out for the environment.",
  ),
  "shadow-version": issue(
    "descriptor",
    "The shadow is not among the versions, or answers in the traffic itself.",
    "Name a version that is not in the traffic.",
  ),
  "stack-unknown": issue(
    "descriptor",
    "There is no `Pulumi.<stack>.yaml` for the stack.",
    "Name one of the stacks that the message lists, or write its file.",
  ),
  "threads-above-vcpus": issue(
    "descriptor",
    "One inference uses more threads than the instance has vCPUs.",
    "Lower `threads` to the vCPUs of the instance.",
  ),
  "traffic-sum": issue(
    "descriptor",
    "Weights look like fractions or percentages, and do not add up to the whole.",
    "Make them add up to 1 or 100, or write other weights.",
  ),
  "traffic-unknown-version": issue(
    "descriptor",
    "The traffic names a version that the descriptor does not have.",
    "Add it to `versions`, or mend its name.",
  ),
  "traffic-zero": issue(
    "descriptor",
    "Every weight in the traffic is 0, so no version would answer.",
    "Give one version a weight above 0.",
  ),
  "unknown-field": issue(
    "descriptor",
    "A field is not one of those that may stand there.",
    "Mend its name; the hint of the issue says what was probably meant.",
  ),
  "variant-without-instances": issue(
    "descriptor",
    "A version has instances of its own where no mode has any for single versions.",
    "Write its weight alone, or serve the model in realtime mode.",
  ),
  "version-changed": issue(
    "descriptor",
    "A version that is there already has another artifact.",
    "Write the new artifact as a new version.",
  ),
  "version-unused": issue(
    "descriptor",
    "No environment sends traffic to a version.",
    "Give it a weight (0 deploys it without traffic), or remove it.",
  ),
  "version-withdrawn": issue(
    "descriptor",
    "A version that serves traffic today is gone from the descriptor.",
    "Keep it for one more release with a weight of 0.",
  ),
  "wrong-type": issue(
    "descriptor",
    "A value is of another kind than the field takes: text for a number, a list for a map.",
    "Write the kind of value that the message names; quotes make text of anything.",
  ),
  "wrong-value": issue(
    "descriptor",
    "A value is not one of those that the field takes.",
    "Write one that the message names.",
  ),
  "yaml-alias": issue(
    "descriptor",
    "Anchors and aliases are not read: every value stands where it is used.",
    "Write the value out; overlays are there for what repeats.",
  ),
  "yaml-duplicate-key": issue(
    "descriptor",
    "A key is written twice in one map.",
    "Keep one of the two.",
  ),
  "yaml-empty": issue(
    "descriptor",
    "A file holds nothing but comments and blank space.",
    "Write the descriptor, or remove the file.",
  ),
  "yaml-key": issue(
    "descriptor",
    "A key is not plain text, or is one that could do harm.",
    "Put a number or a word like `true` in quotes.",
  ),
  "yaml-merge-key": issue(
    "descriptor",
    "The merge key `<<` is not read.",
    "Write the fields out; overlays are there for what repeats.",
  ),
  "yaml-multiple-documents": issue(
    "descriptor",
    "A file holds more than one YAML document.",
    "Move each document to a file of its own.",
  ),
  "yaml-not-a-map": issue(
    "descriptor",
    "A file holds a list or a single value where fields are needed.",
    "Write `name: value` lines.",
  ),
  "yaml-number": issue(
    "descriptor",
    "A number is read otherwise elsewhere, or loses digits: octal, not finite, or too long.",
    "Write it in decimal, or in quotes if it is a name or a code.",
  ),
  "yaml-syntax": issue(
    "descriptor",
    "A file is not YAML 1.2.",
    "Mend the place that the issue points at; it is often a quote, a comma or an indentation before it.",
  ),
  "yaml-tab": issue(
    "descriptor",
    "A tab stands where YAML indents.",
    "Use two spaces for each level.",
  ),
  "yaml-tag": issue(
    "descriptor",
    "Tags are not read.",
    "Remove the tag; put text in quotes.",
  ),
  "yaml-too-deep": issue(
    "descriptor",
    "Collections are nested deeper than 64.",
    "Flatten the file.",
  ),
} as const satisfies Section;

/** The plan of a stack: found by `slipway plan` and `pulumi up`. */
const planErrors = {
  "alarm-without-metric": issue(
    "plan",
    "An alarm watches a metric that the serving mode never publishes, so it would never fire.",
    "Take the alarm out, or write `off` in the environments served by that mode.",
  ),
  "artifact-kms-region": issue(
    "plan",
    "An artifact's key is in another region than its model.",
    "Write the ARN of a key in the model's region.",
  ),
  "artifact-other-region": issue(
    "plan",
    "The bucket of an artifact is named after another region than the one that serves it.",
    "Copy the artifact to a bucket in the model's region, or rename the bucket if it lies there already.",
  ),
  "async-concurrency-too-high": issue(
    "plan",
    "Behind a queue, an instance would be sent more requests at once than the container lets wait, and would turn the rest away.",
    "Lower `concurrency`, and let scaling add instances.",
  ),
  "async-expires-asleep": issue(
    "plan",
    "Requests expire in the queue before an endpoint that sleeps can have started its first instance.",
    "Raise `requestTtl`, or keep one instance with `scaling: { min: 1 }`.",
  ),
  "async-several-versions": issue(
    "plan",
    "Scaling by backlog knows the whole endpoint and no version, so every version would scale by the work of all.",
    "Send all traffic to one version, fix the count, or compare versions in realtime mode.",
  ),
  "async-target-below-concurrency": issue(
    "plan",
    "Scaling adds instances while those there are could take more requests at once.",
    "Aim at as many requests for each instance as it works on, or more.",
  ),
  "async-work-cut-short": issue(
    "plan",
    "Scaling in may take an instance away while it works on a request, which then starts again elsewhere.",
    "Make the cooldown `in` as long as the `timeout`.",
  ),
  "batch-assemble-split": issue(
    "plan",
    "Answers are put together by lines where the input is not split by lines, or the other way round.",
    "Write `split: line` with `assemble: line`, or `none` with `none`.",
  ),
  "batch-concurrency": issue(
    "plan",
    "More requests are sent at once than wait in Slipway's container.",
    "Send fewer at once: a container computes one at a time.",
  ),
  "batch-filter-join": issue(
    "plan",
    "A filter looks for the joined answer where answers are not joined with their input.",
    "Write `joinInput: true`, or another filter.",
  ),
  "batch-folders": issue(
    "plan",
    "What a run reads and what it writes lie inside one another, so that the next run would read answers as requests.",
    "Give input and output folders of their own.",
  ),
  "batch-format": issue(
    "plan",
    "The model, or the way the input is split, does not fit the input's format.",
    "Write `format: json-lines` for one JSON request a line.",
  ),
  "batch-payload-concurrency": issue(
    "plan",
    "Requests at once times their largest size are more than the 100 MB that SageMaker takes.",
    "Send fewer at once, or smaller ones.",
  ),
  "batch-payload-stream": issue(
    "plan",
    "A largest request of 0 streams objects without an end, which Slipway's container does not read.",
    "Write the largest request there is: at most `100 MiB`.",
  ),
  "batch-strategy-split": issue(
    "plan",
    "Several records go into a request where the input is not split into records.",
    "Split the input by lines, or write `strategy: singleRecord`.",
  ),
  "batch-version": issue(
    "plan",
    "No version, or more than one, would answer a run.",
    "Name one version of the traffic.",
  ),
  "batch-volume-key": issue(
    "plan",
    "A key is given for disks that are built in and encrypted by hardware.",
    "Take `volumeKey` out, or choose another instance type.",
  ),
  "beanstalk-one-version": issue(
    "plan",
    "An Elastic Beanstalk environment serves one version, and the traffic names several.",
    "Send all traffic to one version, or serve the model in realtime mode.",
  ),
  "beanstalk-region": issue(
    "plan",
    "A model is to be served by Elastic Beanstalk in a region that has none.",
    "Serve it in another region, or without Elastic Beanstalk.",
  ),
  "capture-nothing": issue(
    "plan",
    "Data capture is on for neither requests nor answers.",
    "Write `input: true` or `output: true`, or take `capture` out.",
  ),
  "certificate-and-hostname": issue(
    "plan",
    "An environment has a certificate without the name it is for, or a name without a certificate.",
    "Write both, or neither.",
  ),
  "certificate-region": issue(
    "plan",
    "The certificate is in another region than the load balancer that should show it.",
    "Request the certificate in the model's region.",
  ),
  "environment-too-large": issue(
    "plan",
    "The serve spec of a version does not fit in the environment of a SageMaker model.",
    "Shorten the request schema of the contract.",
  ),
  "fallback-beside-beanstalk": issue(
    "plan",
    "A model that an environment serves has a second environment as its fallback.",
    "Take the fallback out, and give the environment more instances.",
  ),
  "fallback-narrower": issue(
    "plan",
    "The fallback takes smaller requests than the endpoint, or has less time for an answer.",
    "Raise its `timeout` or `maxBody` to the endpoint's.",
  ),
  "fallback-without-endpoint": issue(
    "plan",
    "A fallback stands behind a model that nobody waits for an answer of.",
    "Serve the model by an endpoint too, or write `fallback: null`.",
  ),
  "health-path": issue(
    "plan",
    "The load balancer would ask Slipway's container for its health where it does not answer.",
    "Leave `healthPath` out: `/ping` is its default.",
  ),
  "image-not-pinned": issue(
    "plan",
    "A container of the owner's own is not an image in ECR pinned by its digest.",
    "Write the image's URI with `@sha256:` and its digest.",
  ),
  "image-other-region": issue(
    "plan",
    "A container's image is in another region than the model.",
    "Replicate the repository to the model's region.",
  ),
  "instance-architecture": issue(
    "plan",
    "The instance type has an Arm processor, and the inference image is built for linux/amd64.",
    "Choose a type with an Intel or AMD processor.",
  ),
  "instance-not-scalable": issue(
    "plan",
    "The instance type is burstable, and SageMaker cannot scale those automatically.",
    "Take `scaling` out, or choose another type.",
  ),
  "instance-retired": issue(
    "plan",
    "AWS launches no more, or soon will launch no more, instances of this type.",
    "Choose a type of the family that the message names.",
  ),
  "instance-unknown": issue(
    "plan",
    "SageMaker does not host models on this instance type.",
    "Choose one of the types in `docs/reference/instances.md`.",
  ),
  "multi-model-accelerator": issue(
    "plan",
    "A multi-model endpoint is on GPUs, which only NVIDIA's Triton container uses there.",
    "Choose a type with processors alone, or serve the model in realtime mode.",
  ),
  "multi-model-instance": issue(
    "plan",
    "A version has an instance type of its own, and all versions of a multi-model endpoint share its instances.",
    "Take it out of the traffic, or serve the model in realtime mode.",
  ),
  "multi-model-label": issue(
    "plan",
    "Versions behind one multi-model endpoint share a label, so answers do not say which one gave them.",
    "Take `settings.label` out.",
  ),
  "multi-model-memory": issue(
    "plan",
    "The versions of a multi-model endpoint may hold more memory than the instance has.",
    "Leave `memory` out, or choose a larger type.",
  ),
  "multi-model-memory-unused": issue(
    "plan",
    "A cap on memory is given where no version stays in memory.",
    "Take `memory` out, or write `cache: true`.",
  ),
  "multi-model-own-container": issue(
    "plan",
    "A container of the owner's own must serve SageMaker's `/models` API to stand behind a multi-model endpoint.",
    "Give the image the label and the routes that the message's source describes.",
  ),
  "multi-model-placeholder": issue(
    "plan",
    "A version that a multi-model endpoint would serve has a placeholder for its sha256.",
    "Write what `sha256sum model.tar.gz` prints.",
  ),
  "multi-model-target-collision": issue(
    "plan",
    "Two versions would get the same target behind a multi-model endpoint.",
    "Remove one of the two: they hold the same artifact.",
  ),
  "multi-model-traffic": issue(
    "plan",
    "The traffic is split over versions behind a multi-model endpoint, where callers name the version.",
    "Send all traffic to one version, or serve the model in realtime mode.",
  ),
  "name-collision": issue(
    "plan",
    "Two resources of the stack would get the same name in AWS.",
    "Rename one of the two models or versions.",
  ),
  "network-missing": issue(
    "plan",
    "The stack has a network, and serves models in a region for which it has none.",
    "Write one for that region under `slipway:network`, or take all out.",
  ),
  "network-public-subnets": issue(
    "plan",
    "An environment is public, and the VPC that it is in has no public subnets.",
    "Write `publicSubnetIds` in `slipway:network`, or `exposure: internal`.",
  ),
  "network-unused": issue(
    "plan",
    "A network of the stack file is used by nothing.",
    "Take it out of `slipway:network`.",
  ),
  "outputs-too-large": issue(
    "plan",
    "What a model exports does not fit in an SSM parameter.",
    "Shorten the names of its versions, or serve fewer at once.",
  ),
  "over-budget": issue(
    "plan",
    "At its upper end the plan costs more a month than the stack's budget.",
    "Raise `slipway:monthlyBudget`, or make something smaller.",
  ),
  "price-unknown": issue(
    "plan",
    "No price of an instance type is on record, so it is missing from the cost.",
    "Add a dated row to `planning/prices.ts`.",
  ),
  "prices-other-region": issue(
    "plan",
    "No prices of a region are on record; those of us-east-1 stand in.",
    "Add dated rows for the region to `planning/prices.ts`.",
  ),
  "prices-stale": issue(
    "plan",
    "The prices on record are older than 180 days.",
    "Hold the rows of `planning/prices.ts` against their sources and date them anew.",
  ),
  "prod-without-budget": issue(
    "plan",
    "The production stack has no budget, so no plan is too dear for it.",
    "Write `slipway:monthlyBudget` in its stack file.",
  ),
  "prod-without-receivers": issue(
    "plan",
    "Alarms of the production stack are sent to nobody.",
    "Write `slipway:alarmEmails` in its stack file.",
  ),
  "public-without-certificate": issue(
    "plan",
    "An environment open to everybody would speak plain HTTP.",
    "Give it a certificate and a host name, or keep it internal.",
  ),
  "public-without-token": issue(
    "plan",
    "An environment open to everybody runs a container that asks nobody for the token.",
    "Keep it internal.",
  ),
  "region-partition": issue(
    "plan",
    "A model names a region of another partition than its stack's, such as China's: no account is in both.",
    "Serve it from a stack of its own in that partition.",
  ),
  "rollout-beyond-waiter": issue(
    "plan",
    "The rollout may take longer than `pulumi up` waits for it.",
    "Wait less, or read the outcome from SageMaker.",
  ),
  "rollout-execution-time": issue(
    "plan",
    "The waits of a rollout add up to more than it may take in all, so it would always be taken back.",
    "Raise `maximumExecution`, or wait less.",
  ),
  "rollout-one-instance": issue(
    "plan",
    "A rollout in parts needs at least two instances: no part may be more than half.",
    "Start with two instances, or move all at once.",
  ),
  "rollout-rolling-variants": issue(
    "plan",
    "SageMaker rolls out batch by batch only where the traffic has one version.",
    "Choose `canary` or `linear`, or send all traffic to one version.",
  ),
  "rollout-wait-short": issue(
    "plan",
    "A rollout waits for less time than its alarms need to fire.",
    "Wait longer after each shift.",
  ),
  "rollout-without-alarms": issue(
    "plan",
    "Every alarm that could take a rollout back is turned off.",
    "Turn one on, or leave `rollout` out.",
  ),
  "scaling-gpu": issue(
    "plan",
    "Scaling watches the GPUs of an instance type that has none.",
    "Scale by `cpu`, or choose a type with GPUs.",
  ),
  "scaling-range": issue(
    "plan",
    "The fewest instances are more than the most, or the count to start with lies outside.",
    "Order the numbers.",
  ),
  "scaling-schedule-one-way": issue(
    "plan",
    "A recurring scheduled range is never taken back.",
    "Write a second range that puts the usual counts back.",
  ),
  "scaling-schedule-same-time": issue(
    "plan",
    "Two scheduled ranges come due at the same time.",
    "Give one of them another time, or other days.",
  ),
  "scaling-target": issue(
    "plan",
    "Scaling has a range and nothing to scale by.",
    "Write `cpu` or `requestsPerSecond` beside it.",
  ),
  "schedule-at": issue(
    "plan",
    "A single time is not a date and time, or has passed.",
    "Write it like `2027-01-31T03:00:00`, in the schedule's time zone.",
  ),
  "schedule-cron": issue(
    "plan",
    "A cron expression is not one that EventBridge Scheduler reads: six fields, with `?` in one of the two day fields.",
    "Write it like `0 3 * * ? *`.",
  ),
  "schedule-give-up": issue(
    "plan",
    "A run may be started so late that the one after it is due.",
    "Give up sooner, or run less often.",
  ),
  "schedule-never": issue(
    "plan",
    "No day is ever what a cron expression asks for.",
    "Write a day that the month has, in a year to come.",
  ),
  "schedule-overlap": issue(
    "plan",
    "Runs start more often than one takes, so that several run at once.",
    "Run less often, or correct how long a run is said to take.",
  ),
  "schedule-rate": issue(
    "plan",
    "A rate is not a number and minutes, hours or days.",
    "Write it like `1 day` or `12 hours`.",
  ),
  "schedule-timezone": issue(
    "plan",
    "A schedule's time zone does not exist.",
    "Write a name of the IANA list: `Europe/Paris`.",
  ),
  "schedule-way": issue(
    "plan",
    "A schedule has more than one of `cron`, `rate` and `at`, or a scheduled range has none.",
    "Write one of them.",
  ),
  "schedule-window": issue(
    "plan",
    "The window of a schedule is not in whole minutes.",
    "Write it in minutes: `15m`.",
  ),
  "serverless-one-version": issue(
    "plan",
    "A serverless endpoint serves one version, and the traffic names several.",
    "Send all traffic to one version, or serve the model in realtime mode.",
  ),
  "serverless-provisioned": issue(
    "plan",
    "More containers are kept warm than requests are answered at once.",
    "Lower `provisioned` or `scaling.max`, or raise `concurrency`.",
  ),
  "serverless-quota": issue(
    "plan",
    "The serverless endpoints of a stack ask for more requests at once in a region than an account has there.",
    "Lower `concurrency`, or have the quota raised.",
  ),
  "serverless-scaling": issue(
    "plan",
    "A serverless endpoint has scaling and keeps no container warm.",
    "Write `provisioned`, or take `scaling` out.",
  ),
  "transform-instance": issue(
    "plan",
    "SageMaker runs no transform job on an instance type, though it may host endpoints there.",
    "Choose one that the message names.",
  ),
  "volume-iops": issue(
    "plan",
    "A volume is too small for its operations a second.",
    "Raise `volume`, or take `iops` out.",
  ),
  "volume-throughput": issue(
    "plan",
    "A volume has too few operations a second for its throughput.",
    "Raise `iops` to four times the throughput in MiB.",
  ),
} as const satisfies Section;

/** Artifacts, and the spec that comes with them: found before a model is ready. */
const artifactErrors = {
  "artifact-corrupt": issue(
    "artifact",
    "A file of the artifact is missing, is not listed, or does not have the size or sha256 its manifest states.",
    "Pack the artifact again and release it as a new version.",
  ),
  "artifact-manifest-invalid": issue(
    "artifact",
    "`slipway.json` at the root of the artifact is missing, is not JSON, or does not have the fields of a manifest.",
    "Pack the artifact so that `slipway.json` stands at its root.",
  ),
  "artifact-unloadable": issue(
    "artifact",
    "The files of the artifact are intact, and the runtime cannot load a model from them.",
    "Read the message: a file does not hold what its role asks for; mend it and release a new version.",
  ),
  "package-archive": issue(
    "artifact",
    "An archive is not a gzip tar that can be unpacked safely with `slipway.json` at its root.",
    "Pack it with `slipway package`.",
  ),
  "package-changed": issue(
    "artifact",
    "A file changed while it was packed.",
    "Pack again when nothing writes to it any more.",
  ),
  "package-file-ambiguous": issue(
    "artifact",
    "Several files could play one role of the artifact.",
    "Say which one is meant with `--role`.",
  ),
  "package-file-missing": issue(
    "artifact",
    "A file that the runtime needs is not among those that were given.",
    "Name the file or the folder that has it; the message says what was looked for.",
  ),
  "package-file-wrong": issue(
    "artifact",
    "A file does not hold what its role asks for.",
    "Read the message; the layouts are in docs/guides/package.md.",
  ),
  "package-golden": issue(
    "artifact",
    "The model was loaded, and does not answer the golden examples of its contract as the contract says.",
    "Mend the model or the contract: callers rely on what the contract says.",
  ),
  "package-lfs-pointer": issue(
    "artifact",
    "A file is the pointer that Git LFS keeps in its place.",
    "Fetch the files themselves with `git lfs pull`.",
  ),
  "package-link": issue(
    "artifact",
    "A link, or something that is not a plain file, stands among the files.",
    "Put the file itself there.",
  ),
  "package-mismatch": issue(
    "artifact",
    "The files are sound, and do not belong together.",
    "Take all of them from one training run and one export.",
  ),
  "package-network": issue(
    "artifact",
    "An ONNX file cannot be used: it is damaged, too new, or takes and gives something else than the runtime does.",
    "Read the message; how to export is in docs/guides/package.md.",
  ),
  "package-path": issue(
    "artifact",
    "A file has a name that not every system can unpack.",
    "Give it a plain, shorter name.",
  ),
  "package-pickle": issue(
    "artifact",
    "A file holds pickled Python objects, which run code when they are read; no artifact may.",
    "Convert it to ONNX or JSON; docs/guides/package.md shows how.",
  ),
  "package-source-missing": issue(
    "artifact",
    "A file or folder that was to be packed cannot be read.",
    "Check the path.",
  ),
  "package-version-taken": issue(
    "artifact",
    "The descriptor pins another archive under this version.",
    "Give the new archive a version of its own: a version never changes.",
  ),
  "runtime-unknown": issue(
    "artifact",
    "The spec names a runtime that this image does not have.",
    "Roll out an image that has it, or name one of the runtimes that this image lists.",
  ),
  "spec-invalid": issue(
    "artifact",
    "The environment holds no serve spec, or one that is not JSON of the right shape.",
    "Deploy with the plan of the same release: the `SLIPWAY_SPEC_*` variables are written by it.",
  ),
  "spec-version-unknown": issue(
    "artifact",
    "The serve spec is of a version that this image does not know.",
    "Roll out a newer image before the plan that needs it.",
  ),
  "token-invalid": issue(
    "artifact",
    "The server was told to ask its callers for a token, and the token is missing, empty, too short or unreadable.",
    "Give it 16 or more letters and digits in `SLIPWAY_TOKEN`, or a readable file in `SLIPWAY_TOKEN_FILE`.",
  ),
  "worker-keeps-failing": issue(
    "artifact",
    "The thread that computes stopped several times in a row without having answered a request.",
    "Look at the `worker-error` lines of the container's log; often the instance has too little memory.",
  ),
} as const satisfies Section;

/** What the inference server answers: `{ error: { code, message, path?, requestId } }`. */
const wireErrors = {
  "body-too-large": {
    where: ["container"],
    status: 413,
    retryable: false,
    failsOver: false,
    meaning: "The request body is larger than the model accepts.",
    hint: "Send a smaller body; the limit is in the message.",
  },
  "caller-gone": {
    where: ["container"],
    status: 499,
    retryable: false,
    failsOver: false,
    meaning: "The caller closed the connection before the answer; only the container's log shows it.",
    hint: "Give the caller a longer time-out than the model's.",
  },
  "deadline-exceeded": {
    where: ["container"],
    status: 504,
    retryable: true,
    failsOver: true,
    meaning: "The model did not answer within its time limit.",
    hint: "Try again; if it persists, raise `timeout` in the descriptor or give the model a larger instance.",
  },
  draining: {
    where: ["container"],
    status: 503,
    retryable: true,
    failsOver: true,
    meaning: "The server is shutting down: it finishes what it has and takes no new request.",
    hint: "Try again: another instance will answer.",
  },
  "headers-too-large": {
    where: ["container"],
    status: 431,
    retryable: false,
    failsOver: false,
    meaning: "The headers of the request are larger than the server reads.",
    hint: "Send fewer or shorter headers; 16 KiB is the limit.",
  },
  "image-too-large": {
    where: ["container"],
    status: 413,
    retryable: false,
    failsOver: false,
    meaning: "The image has more pixels than the model takes, whatever its size in bytes.",
    hint: "Scale the image down before sending it: the model sees a small square of it.",
  },
  "image-unreadable": {
    where: ["container"],
    status: 400,
    retryable: false,
    failsOver: false,
    meaning: "The image is damaged or cut short.",
    hint: "Send the whole file as it is on disk; if it travels as base64, check that nothing was lost.",
  },
  "image-unsupported": {
    where: ["container"],
    status: 415,
    retryable: false,
    failsOver: false,
    meaning: "The bytes are not an image of a kind that is read, or it is too thin to be looked at.",
    hint: "Send JPEG, PNG, WebP, GIF or TIFF.",
  },
  "malformed-json": {
    where: ["container"],
    status: 400,
    retryable: false,
    failsOver: false,
    meaning: "The request body is not JSON in UTF-8.",
    hint: "Send the JSON text of one request.",
  },
  "malformed-multipart": {
    where: ["container"],
    status: 400,
    retryable: false,
    failsOver: false,
    meaning: "The multipart/form-data body is cut short, has no boundary, or holds more than one file.",
    hint: "Let the HTTP client build the form and its Content-Type; send the photo as the one file part.",
  },
  "malformed-request": {
    where: ["container"],
    status: 400,
    retryable: false,
    failsOver: false,
    meaning: "The bytes on the connection are not an HTTP request.",
    hint: "Use an HTTP/1.1 client.",
  },
  "memory-exhausted": {
    where: ["container"],
    status: 507,
    retryable: true,
    failsOver: true,
    meaning: "A multi-model server has no room for the model, and every model that could leave memory has left.",
    hint: "Choose an instance type with more memory, or more instances; models at work are never evicted.",
  },
  "method-not-allowed": {
    where: ["container"],
    status: 405,
    retryable: false,
    failsOver: false,
    meaning: "The route exists and does not take this HTTP method.",
    hint: "Use the method named in the `Allow` header.",
  },
  "model-already-loaded": {
    where: ["container"],
    status: 409,
    retryable: false,
    failsOver: false,
    meaning: "A multi-model server has a model of that name in memory, or is loading it.",
    hint: "Invoke it, or unload it first.",
  },
  "model-folder-missing": {
    where: ["container"],
    status: 404,
    retryable: false,
    failsOver: false,
    meaning: "The folder that a multi-model server is to load a model from is not there.",
    hint: "Send the absolute path of the folder that the artifact was unpacked into.",
  },
  "model-not-loadable": {
    where: ["container"],
    status: 400,
    retryable: false,
    failsOver: false,
    meaning: "What a multi-model server is to load is no sound artifact of its own model and runtime.",
    hint: "Read the message; pack the artifact again and release it as a new version.",
  },
  "model-not-loaded": {
    where: ["container"],
    status: 404,
    retryable: false,
    failsOver: false,
    meaning: "A multi-model server has no model of that name in memory.",
    hint: "Load it with POST /models; on SageMaker, name the target in the request and SageMaker does.",
  },
  "model-not-ready": {
    where: ["container", "client"],
    status: 503,
    retryable: true,
    failsOver: true,
    meaning: "The model is still loading, or the endpoint is still starting it.",
    hint: "Try again in a few seconds.",
  },
  "not-acceptable": {
    where: ["container"],
    status: 406,
    retryable: false,
    failsOver: false,
    meaning: "The model cannot answer in the content type that `Accept` asks for.",
    hint: "Accept `application/json`.",
  },
  "not-found": {
    where: ["container"],
    status: 404,
    retryable: false,
    failsOver: false,
    meaning: "The server has no such route.",
    hint: "Inference is `POST /invocations`, health is `GET /ping`.",
  },
  "object-unavailable": {
    where: ["container"],
    status: 424,
    retryable: false,
    failsOver: false,
    meaning: "The object in S3 that the request names could not be read.",
    hint: "See that it exists and that the endpoint's role may read it (s3:GetObject), or send the bytes themselves.",
  },
  overloaded: {
    where: ["container"],
    status: 503,
    retryable: true,
    failsOver: true,
    meaning: "Every place in the model's queue is taken.",
    hint: "Try again after the seconds in `Retry-After`; if it persists, scale the model out.",
  },
  "request-too-slow": {
    where: ["container"],
    status: 408,
    retryable: true,
    failsOver: false,
    meaning: "The headers or the body of the request did not arrive in time.",
    hint: "Send the request in one go; over a slow line, send a smaller body.",
  },
  "runtime-failed": {
    where: ["container"],
    status: 500,
    retryable: true,
    failsOver: true,
    meaning: "The model failed on a request that its contract accepts.",
    hint: "Look up the request id in the container's log.",
  },
  unauthorized: {
    where: ["container"],
    status: 401,
    retryable: false,
    failsOver: false,
    meaning: "The server asks for a bearer token, and the request carries none or another.",
    hint: "Send `Authorization: Bearer <token>`; the token is in the secret that the stack's outputs name.",
  },
  "unsupported-media-type": {
    where: ["container"],
    status: 415,
    retryable: false,
    failsOver: false,
    meaning: "The model does not read the content type of the request.",
    hint: "Send `Content-Type: application/json`.",
  },
  "validation-failed": {
    where: ["container"],
    status: 400,
    retryable: false,
    failsOver: false,
    meaning: "The request does not satisfy the model's contract.",
    hint: "Mend the field that `path` points at.",
  },
} as const satisfies Section;

/** The SageMaker that runs on this machine. */
const localErrors = {
} as const satisfies Section;

/** What the typed client raises, beside the wire errors it passes on. */
const clientErrors = {
  aborted: {
    where: ["client"],
    status: null,
    retryable: false,
    failsOver: false,
    meaning: "The caller's `signal` ended the call.",
    hint: "Nothing to mend: the caller asked for it.",
  },
  "access-denied": {
    where: ["client"],
    status: 403,
    retryable: false,
    failsOver: false,
    meaning: "AWS knows the caller and does not allow the call.",
    hint: "Allow `sagemaker:InvokeEndpoint` on the endpoint to the caller's role.",
  },
  "batch-failed": {
    where: ["client"],
    status: null,
    retryable: false,
    failsOver: false,
    meaning: "A batch run failed, or was stopped.",
    hint: "The message says why; the container's log is in `/aws/sagemaker/TransformJobs`.",
  },
  "connection-failed": {
    where: ["client"],
    status: null,
    retryable: true,
    failsOver: true,
    meaning: "No connection to the endpoint, or it broke before the answer came.",
    hint: "Check the network and the region; for a local stack, that `npm start` is running.",
  },
  "contract-mismatch": {
    where: ["client"],
    status: null,
    retryable: false,
    failsOver: false,
    meaning: "The model is deployed with another contract than the client's types were generated from.",
    hint: "Run `npx slipway types` on the registry that is deployed, and compile again.",
  },
  "credentials-missing": {
    where: ["client"],
    status: null,
    retryable: false,
    failsOver: false,
    meaning: "There are no usable AWS credentials: none was found, or they are invalid or expired.",
    hint: "Log in (`aws sso login`), or run under a role; a local stack needs none: connect({ local }).",
  },
  "endpoint-not-found": {
    where: ["client"],
    status: 400,
    retryable: false,
    failsOver: true,
    meaning: "SageMaker has no endpoint of this name in this account and region.",
    hint: "Read the stack's outputs again: the endpoint may have moved or been deleted.",
  },
  "model-failed": {
    where: ["client"],
    status: 500,
    retryable: true,
    failsOver: true,
    meaning: "The model's container answered 5xx without an error body of Slipway's, or did not answer at all.",
    hint: "Look at the endpoint's log group in CloudWatch.",
  },
  "model-refused": {
    where: ["client"],
    status: 400,
    retryable: false,
    failsOver: false,
    meaning: "The model's container answered 4xx without an error body of Slipway's.",
    hint: "Read the message: the container is the owner's own, or older than this client.",
  },
  "not-batch": {
    where: ["client"],
    status: null,
    retryable: false,
    failsOver: false,
    meaning: "A run was asked of a model that is not served in batch mode.",
    hint: "Declare `serving.batch` for this environment and run `pulumi up`.",
  },
  "not-queued": {
    where: ["client"],
    status: null,
    retryable: false,
    failsOver: false,
    meaning: "`invokeAsync` was called for a model that is served without a queue.",
    hint: "Call it with `invoke`, or declare `serving.async` for this environment.",
  },
  "not-served": {
    where: ["client"],
    status: null,
    retryable: false,
    failsOver: false,
    meaning: "The stack has the model and no endpoint for it.",
    hint: "Declare a serving mode with an endpoint for this environment and run `pulumi up`.",
  },
  "not-streamed": {
    where: ["client"],
    status: null,
    retryable: false,
    failsOver: false,
    meaning: "`invokeStream` was called for a model whose answers come whole: through a queue, or from one of several versions behind an endpoint.",
    hint: "Call it with `invoke`, or serve it in realtime, serverless or beanstalk mode.",
  },
  "option-invalid": {
    where: ["client"],
    status: null,
    retryable: false,
    failsOver: false,
    meaning: "An option given to the client is not one it takes.",
    hint: "The message says what it may be.",
  },
  "outputs-invalid": {
    where: ["client"],
    status: null,
    retryable: false,
    failsOver: false,
    meaning: "What was given as the stack's outputs is not of their shape, or of a version this client does not know.",
    hint: "Write the file with `pulumi stack output --json`; if the version is newer, update the client.",
  },
  "outputs-unreadable": {
    where: ["client"],
    status: null,
    retryable: false,
    failsOver: false,
    meaning: "The stack's outputs could not be read: no such file, or nothing answers at the local address.",
    hint: "Check the path; for a local stack, that `npm start` is running and the port is right.",
  },
  "request-refused": {
    where: ["client"],
    status: 400,
    retryable: false,
    failsOver: false,
    meaning: "SageMaker refused the call before it reached the model.",
    hint: "Read the message; a body may be at most 6 MB on an instance and 4 MB on serverless.",
  },
  "request-unserialisable": {
    where: ["client"],
    status: null,
    retryable: false,
    failsOver: false,
    meaning: "The request cannot be written as JSON: it is undefined, refers to itself or holds a BigInt.",
    hint: "Pass plain data.",
  },
  "response-invalid": {
    where: ["client"],
    status: null,
    retryable: false,
    failsOver: true,
    meaning: "The answer is not JSON.",
    hint: "See that `Accept` is JSON and that the container answers by its contract.",
  },
  "service-failed": {
    where: ["client"],
    status: 500,
    retryable: true,
    failsOver: true,
    meaning: "SageMaker itself failed or was unavailable.",
    hint: "Try again; if it persists, look at the AWS Health Dashboard.",
  },
  throttled: {
    where: ["client"],
    status: 429,
    retryable: true,
    failsOver: true,
    meaning: "AWS takes no more calls for the moment: a rate limit, or the concurrency of a serverless endpoint.",
    hint: "Call less often, or raise the model's `concurrency`.",
  },
  "timed-out": {
    where: ["client"],
    status: null,
    retryable: true,
    failsOver: true,
    meaning: "No answer within `timeoutMs`, all attempts counted.",
    hint: "Raise `timeoutMs`, or look at the model's latency alarm.",
  },
  "token-unavailable": {
    where: ["client"],
    status: null,
    retryable: false,
    failsOver: false,
    meaning: "The token of a Beanstalk environment could not be read from its secret.",
    hint: "Allow `secretsmanager:GetSecretValue` on the secret in the stack's outputs, or pass `token` to connect.",
  },
  unexpected: {
    where: ["client"],
    status: null,
    retryable: false,
    failsOver: false,
    meaning: "Something that no other row describes.",
    hint: "The original error is in `cause`; please report it.",
  },
  "unknown-model": {
    where: ["client", "cli"],
    status: null,
    retryable: false,
    failsOver: false,
    meaning: "The stack has no model of this name.",
    hint: "Take one of those that the message lists.",
  },
  "unknown-target": {
    where: ["client"],
    status: 400,
    retryable: false,
    failsOver: false,
    meaning: "A version was asked for by name that is not behind the model's endpoint, or the model's versions share none.",
    hint: "Take one of the versions that the stack's outputs list under `targets`, or leave `target` out.",
  },
  "unknown-variant": {
    where: ["client", "cli"],
    status: null,
    retryable: false,
    failsOver: false,
    meaning: "The endpoint has no variant of this name.",
    hint: "A variant is named like its version: take one of those that the message lists.",
  },
} as const satisfies Section;

/** What the command line says of its own arguments. */
const cliErrors = {
  "file-unwritable": issue("cli", "The file that a command should write cannot be written.", "Check the folder and its permissions."),
  "registry-missing": issue("cli", "There is no registry in the folder that the command runs in.", "Run it in the root of the repository, where `registry/` is."),
  "request-not-json": issue("cli", "The file given to `slipway invoke` is not JSON.", "Mend it there; a request is one JSON value."),
  "request-unreadable": issue("cli", "The file given to `slipway invoke` cannot be read.", "Check the path; `-` reads standard input."),
} as const satisfies Section;

/** The sections, in the order of the reference. */
export const errorSections = deepFreeze({
  descriptor: descriptorErrors,
  plan: planErrors,
  artifact: artifactErrors,
  wire: wireErrors,
  local: localErrors,
  client: clientErrors,
  cli: cliErrors,
});

/** Every row by its code. */
export const errorTable = Object.freeze({
  ...descriptorErrors,
  ...planErrors,
  ...artifactErrors,
  ...wireErrors,
  ...localErrors,
  ...clientErrors,
  ...cliErrors,
});

export type ErrorCode = keyof typeof errorTable;
/** The codes that a container answers with. */
export type WireErrorCode = keyof typeof wireErrors;
/** The codes that a call through the client can end with. */
export type ClientErrorCode = WireErrorCode | keyof typeof clientErrors;

/** Body of every error that a container answers. */
export interface WireErrorBody {
  readonly error: {
    readonly code: WireErrorCode;
    /** What is wrong with this very request. */
    readonly message: string;
    /** JSON Pointer (RFC 6901) into the request: `/temperature_features/3`. */
    readonly path?: string;
    readonly requestId: string;
  };
}

export const isErrorCode = (code: unknown): code is ErrorCode => typeof code === "string" && Object.hasOwn(errorTable, code);

/** The row of a code; typed so that a code without a row does not compile. */
export const errorRow = (code: ErrorCode): ErrorRow => errorTable[code];

function deepFreeze<T extends object>(value: T): T {
  for (const member of Object.values(value)) if (typeof member === "object" && member !== null) deepFreeze(member as object);
  return Object.freeze(value);
}
