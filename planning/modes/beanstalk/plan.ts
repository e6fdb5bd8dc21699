import type { EnvironmentOutputs } from "../../../contract/outputs";
import { archive, fact, generatedSecret, join, ref, type Planned, type PlannedResource } from "../../../contract/resources";
import { specText } from "../../../contract/serve-spec";
import { artifactOf } from "../../artifact-objects";
import { dataObject, dataPrefix } from "../../data-bucket";
import { mayReadToken, type CallerNeeds } from "../../invoke-policy";
import { artifactKeyGrants } from "../../key";
import { metricsPublishedBy } from "../../metrics";
import { contentHash, logicalName, physicalName } from "../../naming";
import { environmentPlacement } from "../../network/placement";
import { globalSuffix, placeContent } from "../../places";
import { imageOf } from "../../images";
import { sharedNames, tagsOf } from "../../shared";
import type { ResolvedModel, StackFacts } from "../../types";
import type { ModeContext, ModeIssue, ModePlan } from "../mode";
import { environmentAlarms, type EnvironmentAlarms } from "./alarms";
import { bundleFiles, type BundleRequest } from "./bundle";
import { priceIssues, regionIssues } from "./check";
import { environmentCost } from "./cost";
import { instancePolicy, instanceTrust, servicePolicies, serviceTrust } from "./iam";
import type { BeanstalkServing } from "./schema";
import { environmentSettings } from "./settings";

/** Letters and digits of a token: 48 of 62 kinds are 285 bits. */
const TOKEN_LENGTH = 48;
/** Days in which a deleted secret can be brought back. */
const RECOVERY_DAYS = 7;
/** The provider's own 20 minutes are short for a large image on three instances. */
const READY_TIMEOUT = "45m";

export interface PlannedEnvironment {
  readonly environmentName: string;
  readonly resources: readonly PlannedResource[];
  readonly outputs: Planned<EnvironmentOutputs>;
  readonly callers: CallerNeeds;
  readonly cost: ModePlan["cost"];
  readonly alarms: EnvironmentAlarms;
  readonly stores: ModePlan["stores"];
  readonly issues: readonly ModeIssue[];
}

/** What an environment is there for: it names its resources. */
export type EnvironmentPurpose = "beanstalk" | "fallback";

export function planBeanstalk({ model, serving, facts }: ModeContext<BeanstalkServing>): ModePlan {
  const { environmentName, alarms, ...plan } = planEnvironment(model, serving, facts, "beanstalk");
  return { ...plan, environmentName, ownAlarms: alarms, watch: [], publishes: metricsPublishedBy("beanstalk") };
}

/**
 * Application, version and environment, with the roles, the token and the
 * bundle they need. The bundle and the version cannot change once made, so their
 * names end in a hash of what they hold; the environment moves from one version
 * to the next, one instance more at a time.
 */
export function planEnvironment(model: ResolvedModel, serving: BeanstalkServing, facts: StackFacts, purpose: EnvironmentPurpose): PlannedEnvironment {
  const named = (...parts: string[]): string => logicalName(model.name, purpose, ...parts);
  const names = {
    application: named("application"),
    environment: named("environment"),
    instanceRole: named("instance-role"),
    instancePolicy: named("instance-policy"),
    profile: named("instance-profile"),
    serviceRole: named("service-role"),
    health: named("service-health"),
    updates: named("service-updates"),
    // Made up by Pulumi in AWS: a deleted secret keeps its name for days.
    secret: physicalName("aws:secretsmanager/secret:Secret", [model.name, facts.stack, purpose, "token"]),
    secretVersion: named("token"),
  };
  const placement = environmentPlacement(facts, serving.exposure);
  const environmentName = physicalName("aws:elasticbeanstalk/environment:Environment", [model.name, facts.stack]);
  const application = physicalName("aws:elasticbeanstalk/application:Application", ["slipway", facts.stack, model.name]);
  const version = servedVersion(model);
  const bundle = bundleOf(model, serving, facts, version, names.secret);
  const hash = contentHash({
    files: bundleFiles({ ...bundle, image: "" }) as never,
    // The digest is known only once the image is pushed; the hash of its sources stands for it.
    image: model.container?.image ?? facts.imageSourceSha256,
    ...placeContent(facts),
  });
  const key = `${dataPrefix(model, purpose)}${version}-${hash}.zip`;
  const object = named("bundle", hash);
  const tags = tagsOf(facts, model);
  const parent = model.name;

  const resources: PlannedResource[] = [
    {
      type: "aws:secretsmanager/secret:Secret",
      name: names.secret,
      parent,
      autoNamed: true,
      inputs: { description: `The token that callers of ${environmentName} send.`, recoveryWindowInDays: RECOVERY_DAYS, tags },
    },
    {
      type: "aws:secretsmanager/secretVersion:SecretVersion",
      name: names.secretVersion,
      parent,
      inputs: { secretId: ref(names.secret, "id"), secretString: generatedSecret(TOKEN_LENGTH) },
      // Generated anew on every run, and only the first is kept. To change it, put a new value into the secret and deploy.
      ignoreChanges: ["secretString"],
    },
    {
      type: "aws:s3/bucketObjectv2:BucketObjectv2",
      name: object,
      parent,
      inputs: { bucket: ref(sharedNames.dataBucket, "bucket"), key, contentBase64: archive(bundleFiles(bundle)), contentType: "application/zip", tags },
      // A build of the same sources may get another digest; the name already carries the sources.
      ignoreChanges: ["contentBase64"],
    },
    ...planRoles(model, facts, names, {
      facts,
      application,
      environment: environmentName,
      image: model.container === null ? { repository: sharedNames.repository } : { uri: model.container.image },
      artifact: artifactOf(model, version).arn,
      decryptArtifact: artifactKeyGrants(facts, model, [version]),
      bundle: dataObject(key),
      tokenSecret: names.secret,
    }),
    {
      type: "aws:elasticbeanstalk/application:Application",
      name: names.application,
      parent,
      inputs: { name: application, description: `${model.name} in ${facts.stack}.`, tags },
    },
    {
      type: "aws:elasticbeanstalk/applicationVersion:ApplicationVersion",
      name: named("version", hash),
      parent,
      inputs: {
        name: physicalName("aws:elasticbeanstalk/applicationVersion:ApplicationVersion", [version], hash),
        application: ref(names.application, "name"),
        bucket: ref(sharedNames.dataBucket, "bucket"),
        key: ref(object, "key"),
        tags,
      },
    },
    {
      type: "aws:elasticbeanstalk/environment:Environment",
      name: names.environment,
      parent,
      inputs: {
        name: environmentName,
        application: ref(names.application, "name"),
        description: `${model.name} ${version} in ${facts.stack}.`,
        solutionStackName: fact("dockerPlatform"),
        version: ref(named("version", hash), "name"),
        settings: environmentSettings({ serving, placement, profile: names.profile, serviceRole: names.serviceRole }),
        waitForReadyTimeout: READY_TIMEOUT,
        tags,
      },
      // The newest platform when it is made; after that managed updates move it, and a newer one must not replace it by surprise.
      ignoreChanges: ["solutionStackName"],
      dependsOn: [names.instancePolicy, names.health, names.updates, names.secretVersion, ...placement.dependsOn],
    },
  ];
  const alarms = environmentAlarms(model, facts, { environmentName, environment: names.environment, purpose });
  return {
    environmentName,
    resources,
    outputs: {
      environmentName,
      url: serving.hostname === null ? join("http://", ref(names.environment, "cname")) : `https://${serving.hostname}`,
      tokenSecretArn: ref(names.secret, "arn"),
      version,
    },
    callers: mayReadToken(purpose === "fallback" ? "ReadFallbackToken" : "ReadToken", names.secret),
    cost: environmentCost(facts.region, serving),
    alarms,
    stores: [{ prefix: dataPrefix(model, purpose), expireAfterDays: null }],
    issues: [...regionIssues(serving, facts.region), ...priceIssues(serving, facts.region)],
  };
}

/** The version with the largest share of the traffic: one environment serves one. */
export function servedVersion(model: ResolvedModel): string {
  return model.traffic.reduce((most, share) => (share.weight > most.weight ? share : most)).version;
}

function bundleOf(model: ResolvedModel, serving: BeanstalkServing, facts: StackFacts, version: string, tokenSecret: string): BundleRequest {
  const { artifact: uri, sha256 } = model.versions[version] ?? { artifact: "", sha256: "" };
  const { timeoutSeconds, maxBodyMiB } = serving;
  const spec =
    model.runtime === null
      ? undefined
      : specText({
          specVersion: 1,
          model: model.name,
          version,
          runtime: model.runtime,
          settings: model.settings,
          artifact: { uri, sha256 },
          request: model.contract.request,
          contractSha256: model.contract.sha256,
          limits: { timeoutSeconds, maxBodyBytes: maxBodyMiB * 1024 * 1024 },
        });
  return { image: imageOf(model), artifact: { uri: artifactOf(model, version).uri, sha256 }, spec, tokenSecret, region: facts.region, timeoutSeconds, maxBodyMiB };
}

interface RoleNames {
  readonly instanceRole: string;
  readonly instancePolicy: string;
  readonly profile: string;
  readonly serviceRole: string;
  readonly health: string;
  readonly updates: string;
}

/** The role of the instances with its profile, and the role of the service; Beanstalk makes neither for who calls its API. */
function planRoles(model: ResolvedModel, facts: StackFacts, names: RoleNames, access: Parameters<typeof instancePolicy>[0]): PlannedResource[] {
  const parent = model.name;
  const tags = tagsOf(facts, model);
  const roleName = (end: string): string => physicalName("aws:iam/role:Role", ["slipway", facts.stack, model.name, end, ...globalSuffix(facts)]);
  return [
    {
      type: "aws:iam/role:Role",
      name: names.instanceRole,
      parent,
      inputs: { name: roleName("instance"), description: `What the instances of ${access.environment} may do.`, assumeRolePolicy: instanceTrust, tags },
    },
    {
      type: "aws:iam/rolePolicy:RolePolicy",
      name: names.instancePolicy,
      parent,
      inputs: { name: physicalName("aws:iam/rolePolicy:RolePolicy", ["instances", model.name]), role: ref(names.instanceRole, "name"), policy: instancePolicy(access) },
    },
    {
      type: "aws:iam/instanceProfile:InstanceProfile",
      name: names.profile,
      parent,
      inputs: { name: physicalName("aws:iam/instanceProfile:InstanceProfile", ["slipway", facts.stack, model.name, ...globalSuffix(facts)]), role: ref(names.instanceRole, "name"), tags },
    },
    {
      type: "aws:iam/role:Role",
      name: names.serviceRole,
      parent,
      inputs: { name: roleName("service"), description: `What Elastic Beanstalk may do for ${access.environment}.`, assumeRolePolicy: serviceTrust, tags },
    },
    ...(["health", "updates"] as const).map(
      (what): PlannedResource => ({
        type: "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
        name: names[what],
        parent,
        inputs: { role: ref(names.serviceRole, "name"), policyArn: servicePolicies[what] },
      }),
    ),
  ];
}
