import type { Issue } from "../contract/issue";
import type { ModelPlan, ServingPlan } from "../contract/plan";
import type { ModelOutputs } from "../contract/outputs";
import { jsonDocument, ref, type MetricQuery, type Planned, type PlannedResource, type PlannedResourceOf } from "../contract/resources";
import { modeNames, type ModeName } from "../contract/runtimes";
import { planAlarms } from "./alarms";
import { artifactOf, planUploads, uploadKeyUses, uploadStores } from "./artifact-objects";
import { alarmCost, summarise } from "./cost";
import { chartsOf, dashboardUrl, type ShownModel } from "./dashboard";
import type { StoredData } from "./data-bucket";
import { executionPolicy, repositoryArn, trustPolicy } from "./iam";
import { imageOf } from "./images";
import { planFallback, type PlannedFallback } from "./fallback";
import { invokePolicyName, planInvokePolicy } from "./invoke-policy";
import { artifactKeyGrants, keyGrants } from "./key";
import { limits } from "./limits";
import { modes } from "./modes";
import { modelNames } from "./modes/endpoint";
import { placeIssue } from "./modes/issues";
import type { ModePlan } from "./modes/mode";
import { logicalName, parameterName, physicalName } from "./naming";
import { placementGrants } from "./network/placement";
import { takesNetwork } from "./network/uses";
import { factsIn, globalSuffix, placed, placedValue, regionOf } from "./places";
import { sharedNames, tagsOf } from "./shared";
import type { ResolvedModel, StackFacts } from "./types";

const ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm";

/** The plan of one model, and what it exports; no outputs where nothing of it is planned yet. */
export interface PlannedModel {
  readonly plan: ModelPlan;
  readonly outputs?: Planned<ModelOutputs>;
  /** What the stack's dashboard shows of it. */
  readonly shown: ShownModel;
  /** What its modes keep in the data bucket of its region. */
  readonly stores: readonly StoredData[];
  /** Whether it encrypts anything with the stack's key beyond that. */
  readonly usesKey: boolean;
  readonly issues: readonly Issue[];
}

interface DeclaredMode {
  readonly serving: ServingPlan;
  readonly plan: ModePlan;
  readonly issues: readonly Issue[];
}

/** @param stackFacts those of the stack; the model's own region is taken from the model. */
export function planModel(model: ResolvedModel, stackFacts: StackFacts): PlannedModel {
  const facts = factsIn(stackFacts, regionOf(model, stackFacts));
  const declared = modeNames.flatMap((name) => declaredMode(model, facts, name) ?? []);
  const planned = declared.map(({ serving, plan }) => ({ mode: serving.mode, plan }));
  const fallback = planned.length === 0 ? undefined : planFallback(model, facts);
  const alarms = planAlarms(model, facts, planned);
  const alarmInputs = [...planned.flatMap(({ plan }) => plan.resources), ...alarms.resources, ...(fallback?.alarms.resources ?? [])].flatMap((resource) => (resource.type === ALARM ? [resource.inputs] : []));
  const alarmNames = alarmInputs.map(({ name }) => String(name)).sort();
  const shown: ShownModel = {
    name: model.name,
    region: facts.region,
    summary: declared.map(({ serving }) => serving.summary).join(", "),
    modes: planned.map(({ plan }) => plan),
    environmentNames: fallback?.serving.environmentName === undefined ? [] : [fallback.serving.environmentName],
    alarms: alarmNames,
  };
  const alarmedMetrics = alarmInputs.reduce((sum, inputs) => sum + metricsOf(inputs), 0);
  const outputs = planned.length === 0 ? undefined : placedValue<ModelOutputs>(outputsOf(model, facts, planned, shown, fallback), facts);
  const invokePolicy = planInvokePolicy(model, facts, [...planned.map(({ plan }) => plan.callers), ...(fallback === undefined ? [] : [fallback.callers])]);
  const resources =
    outputs === undefined
      ? []
      : [
          ...placed(
            [
              ...planRole(model, facts, planned),
              ...planUploads(model, facts),
              ...planned.flatMap(({ plan }) => plan.resources),
              ...(fallback?.resources ?? []),
              ...alarms.resources,
              ...(fallback?.alarms.resources ?? []),
            ],
            facts,
          ),
          // In the stack's own region, whatever the model's: who looks for a model, or may call it, need not know that it moved.
          invokePolicy,
          publish(model, facts, outputs),
        ];
  return {
    plan: {
      name: model.name,
      description: model.description,
      owner: model.owner,
      region: facts.region,
      runtime: model.runtime,
      traffic: sharesOf(model),
      serving: declared.map(({ serving }) => serving),
      ...(fallback === undefined ? {} : { fallback: fallback.serving }),
      resources,
      alarms: alarmNames,
      cost: summarise([
        ...planned.flatMap(({ plan }) => plan.cost),
        ...(fallback?.cost ?? []),
        ...(alarmedMetrics === 0 ? [] : [alarmCost(facts.region, alarmedMetrics)]),
      ]),
    },
    ...(outputs === undefined ? {} : { outputs }),
    shown,
    stores: [...(outputs === undefined ? [] : uploadStores(model)), ...planned.flatMap(({ plan }) => plan.stores ?? []), ...(fallback?.stores ?? [])],
    usesKey: planned.some(({ plan: { keyUses = [] } }) => keyUses.length > 0),
    issues: [
      ...declared.flatMap(({ issues }) => issues),
      ...alarms.issues,
      ...(fallback?.issues ?? []),
      ...imageIssues(model),
      ...(outputs === undefined ? [] : sizeIssues(model, outputs)),
    ],
  };
}

function declaredMode(model: ResolvedModel, facts: StackFacts, name: ModeName): DeclaredMode | undefined {
  const serving = model.serving[name];
  const mode = modes[name];
  if (serving === undefined || mode === undefined) return undefined;
  const outside = facts.networks?.[facts.region] !== undefined && name === "serverless";
  const summary = `${mode.summarise(model, serving)}${outside ? " · outside the VPC" : ""}`;
  const plan = mode.plan({ model, serving, facts });
  return {
    serving: { mode: name, planned: true, summary, ...namesOf(plan) },
    plan,
    issues: plan.issues.map((issue) => placeIssue(model, name, issue)),
  };
}

const namesOf = ({ endpointName, environmentName }: ModePlan): Pick<ServingPlan, "endpointName" | "environmentName"> => ({
  ...(endpointName === undefined ? {} : { endpointName }),
  ...(environmentName === undefined ? {} : { environmentName }),
});

/** What CloudWatch charges an alarm for: the metrics that it looks at. */
function metricsOf({ metricQueries }: PlannedResourceOf<typeof ALARM>["inputs"]): number {
  return Array.isArray(metricQueries) ? metricQueries.filter((query: MetricQuery) => query.metric !== undefined).length : 1;
}

/** Version → share of the traffic, 0–1. Weights are relative; a weight of 0 is a share of 0. */
export function sharesOf(model: ResolvedModel): { readonly [version: string]: number } {
  const sum = model.traffic.reduce((total, share) => total + share.weight, 0);
  return Object.fromEntries(byVersion(model).map((share) => [share.version, sum === 0 ? 0 : share.weight / sum]));
}

function byVersion(model: ResolvedModel): ResolvedModel["traffic"] {
  return [...model.traffic].sort((a, b) => (a.version < b.version ? -1 : 1));
}

/** What SageMaker may do for the model; no role where it serves nothing of it. */
function planRole(model: ResolvedModel, facts: StackFacts, planned: readonly { readonly mode: ModeName; readonly plan: ModePlan }[]): PlannedResource[] {
  const plans = planned.flatMap(({ plan }) => (plan.environmentName === undefined ? [plan] : []));
  if (plans.length === 0) return [];
  const placed = planned.some(({ mode }) => takesNetwork(mode));
  const names = modelNames(model.name);
  const served = [...byVersion(model), ...(model.shadow === null ? [] : [model.shadow])];
  const keyUses = [...uploadKeyUses(model), ...plans.flatMap(({ keyUses: uses = [] }) => uses)];
  return [
    {
      type: "aws:iam/role:Role",
      name: names.role,
      parent: model.name,
      inputs: {
        name: physicalName("aws:iam/role:Role", ["slipway", facts.stack, model.name, ...globalSuffix(facts)]),
        description: `What ${model.name} may do while it serves in ${facts.stack}.`,
        assumeRolePolicy: trustPolicy,
        tags: tagsOf(facts, model),
      },
    },
    {
      type: "aws:iam/rolePolicy:RolePolicy",
      name: names.rolePolicy,
      parent: model.name,
      inputs: {
        name: physicalName("aws:iam/rolePolicy:RolePolicy", ["serve", model.name]),
        role: ref(names.role, "name"),
        policy: executionPolicy({
          region: facts.region,
          image: model.container === null ? { repository: sharedNames.repository } : { uri: model.container.image },
          artifacts: served.map(({ version }) => artifactOf(model, version).arn),
          endpointNames: plans.flatMap(({ endpointName }) => endpointName ?? []),
          rollbackAlarms: plans.flatMap(({ rollbackAlarms = [] }) => rollbackAlarms),
          grants: [
            ...artifactKeyGrants(facts, model, served.map(({ version }) => version)),
            ...plans.flatMap(({ grants = [] }) => grants),
            ...keyGrants(facts, keyUses),
            ...(placed ? placementGrants(facts) : []),
          ],
        }),
      },
    },
  ];
}

function outputsOf(
  model: ResolvedModel,
  facts: StackFacts,
  planned: readonly { readonly mode: ModeName; readonly plan: ModePlan }[],
  shown: ShownModel,
  fallback: PlannedFallback | undefined,
): Planned<ModelOutputs> {
  const traffic = sharesOf(model);
  const heaviest = Object.entries(traffic).reduce((most, next) => (next[1] > most[1] ? next : most));
  return {
    version: heaviest[0],
    traffic,
    region: facts.region,
    contractSha256: model.contract.sha256,
    image: imageOf(model, hostingTypeOf(model, heaviest[0])),
    artifacts: Object.fromEntries(byVersion(model).map(({ version }) => [version, model.versions[version]?.sha256 ?? ""])),
    serving: Object.fromEntries(planned.map(({ mode, plan }) => [mode, plan.outputs])),
    ...(fallback === undefined ? {} : { fallback: fallback.outputs }),
    invokePolicyArn: ref(invokePolicyName(model), "arn"),
    alarms: shown.alarms,
    ...(chartsOf(shown).length === 0 ? {} : { dashboardUrl: dashboardUrl(facts) }),
  };
}

/** Of the instances that answer for a version; undefined where none do. */
function hostingTypeOf({ serving, traffic }: ResolvedModel, version: string): string | undefined {
  const own = traffic.find((share) => share.version === version)?.instanceType;
  const ofMode = (serving.realtime ?? serving.async)?.instanceType;
  return own ?? (typeof ofMode === "string" ? ofMode : undefined);
}

/** The outputs where running applications read them, without access to Pulumi. */
function publish(model: ResolvedModel, facts: StackFacts, outputs: Planned<ModelOutputs>): PlannedResource {
  return {
    type: "aws:ssm/parameter:Parameter",
    name: logicalName(model.name, "outputs"),
    parent: model.name,
    inputs: {
      name: parameterName(facts.stack, model.name),
      description: `How to call ${model.name} in ${facts.stack}.`,
      type: "String",
      // Free up to 4 KB, advanced above.
      tier: "Intelligent-Tiering",
      value: jsonDocument({ outputsVersion: 1, stack: facts.stack, models: { [model.name]: outputs } }),
      tags: tagsOf(facts, model),
    },
  };
}

function imageIssues(model: ResolvedModel): Issue[] {
  if (model.container === null || repositoryArn(model.container.image) !== undefined) return [];
  return [
    {
      code: "image-not-pinned",
      severity: "error",
      file: model.file,
      ...model.locate("container.image"),
      path: "container.image",
      message: `"${model.container.image}" is not an image in ECR pinned by its digest`,
      hint: "write: image: <account>.dkr.ecr.<region>.amazonaws.com/<repository>@sha256:<digest>",
      source: "https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ContainerDefinition.html",
    },
  ];
}

/** What AWS fills in is counted as long as it can get; an ECR image with its digest is the longest. */
const LONGEST_REFERENCE = 255;

function sizeIssues(model: ResolvedModel, outputs: Planned<ModelOutputs>): Issue[] {
  const text = JSON.stringify(outputs, (_key, value: unknown) =>
    value !== null && typeof value === "object" && "$ref" in value ? "x".repeat(LONGEST_REFERENCE) : value,
  );
  const limit = limits.parameterBytes;
  if (text.length <= limit.value) return [];
  return [
    {
      code: "outputs-too-large",
      severity: "error",
      file: model.file,
      ...model.locate("traffic"),
      path: "traffic",
      message: `the outputs of ${model.name} take up to ${text.length} bytes, and an SSM parameter holds ${limit.value}`,
      hint: "shorten the names of its versions, or serve fewer at once",
      source: limit.source,
    },
  ];
}
