import type { Json } from "../contract/json";
import { alarmDefaults, alarmNames } from "./alarm-defaults";
import { listed } from "./faults";
import { isObject } from "./merge-patch";
import { declaredModes } from "./modes";
import { parseQuantity } from "./quantities";
import { shadowOfOne, shadowOnInstances, shadowVersion } from "./shadow-rules";
import { rollingTermination, rolloutOnInstances, rolloutWays } from "./rollout/rules";
import { artifactRules } from "./rules/artifacts";
import { fieldsIn, type Finding, type Rule } from "./rules/rule";
import { secretRules } from "./rules/secrets";
import { trafficRules } from "./rules/traffic";
import { nearest } from "./suggest";

const ALARM = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html";
/** One digit, over and over: nothing hashes to that. */
const isPlaceholder = (sha256: Json | undefined): boolean => typeof sha256 === "string" && /^([0-9a-f])\1{63}$/.test(sha256);

/** Rules over a descriptor as one environment sees it. */
export const environmentRules: readonly Rule[] = [
  {
    code: "runtime-or-container",
    check: ({ runtime, container, ...others }) => {
      if (runtime === undefined && container === undefined) {
        // A misspelt one is reported as an unknown field.
        if (Object.keys(others).some((field) => field !== "contract" && nearest(field, ["runtime", "container"]) !== undefined)) return [];
        return [{ path: [], at: "key", message: "neither runtime nor container is given", hint: "write runtime: with what Slipway's container should do, or container: { image: … } for your own" }];
      }
      if (runtime === undefined || container === undefined) return [];
      return [{ path: ["container"], at: "key", message: "both runtime and container are given", hint: "keep runtime for Slipway's own container, container for yours" }];
    },
  },
  {
    code: "settings-without-runtime",
    check: ({ settings, container, runtime }) =>
      settings !== undefined && container !== undefined && runtime === undefined
        ? [{ path: ["settings"], at: "key", message: "settings are those of a runtime, and this model brings its own container", hint: "remove settings; bake them into the image" }]
        : [],
  },
  {
    code: "traffic-unknown-version",
    check: ({ traffic, versions }) => {
      const known = Object.keys(fieldsIn(versions));
      return Object.keys(fieldsIn(traffic))
        .filter((version) => !known.includes(version))
        .map((version) => {
          const guess = nearest(version, known);
          const hint = guess === undefined ? `the versions are ${listed(known)}` : `did you mean "${guess}"?`;
          return { path: ["traffic", version], at: "key", message: `traffic goes to "${version}", which is not among versions`, hint };
        });
    },
  },
  {
    code: "traffic-zero",
    check: ({ traffic }) => {
      const weights = Object.values(fieldsIn(traffic)).map((share) => (isObject(share) ? share.weight : share));
      return weights.length > 0 && weights.every((weight) => weight === 0)
        ? [{ path: ["traffic"], at: "key", message: "every weight in traffic is 0: no version would answer", hint: "give one version a weight above 0" }]
        : [];
    },
  },
  {
    code: "sha256-placeholder",
    check: ({ traffic, versions }) =>
      Object.entries(fieldsIn(versions))
        .filter(([version, artifact]) => Object.hasOwn(fieldsIn(traffic), version) && isPlaceholder(fieldsIn(artifact).sha256))
        .map(([version]) => ({
          severity: "warning",
          path: ["versions", version, "sha256"],
          message: `the sha256 of ${version} is a placeholder: its container will refuse to start`,
          hint: "write what `sha256sum model.tar.gz` prints",
        })),
  },
  {
    code: "serving-exclusive",
    check: ({ serving }) => {
      const declared = declaredModes.filter((mode) => Object.hasOwn(fieldsIn(serving), mode.name));
      return declared.flatMap((mode, index) =>
        declared
          .slice(0, index)
          .filter((earlier) => mode.excludes.includes(earlier.name) || earlier.excludes.includes(mode.name))
          .map((earlier) => ({
            path: ["serving", mode.name],
            at: "key" as const,
            message: `${mode.name} and ${earlier.name} cannot serve one model in the same environment: they would share an endpoint name`,
            hint: "remove one; in an overlay, null takes away what the base declares",
            source: "https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateEndpoint.html",
          })),
      );
    },
  },
  { code: "rollout-unsupported", check: ({ rollout, serving }) => rolloutOnInstances(rollout, serving) },
  { code: "shadow-version", check: ({ shadow, traffic, versions }) => shadowVersion(shadow, traffic, versions) },
  { code: "shadow-unsupported", check: ({ shadow, serving }) => shadowOnInstances(shadow, serving) },
  { code: "shadow-one-version", check: ({ shadow, traffic }) => shadowOfOne(shadow, traffic) },
  { code: "rollout-way", check: ({ rollout }) => rolloutWays(rollout) },
  { code: "rollout-termination", check: ({ rollout }) => rollingTermination(rollout) },
  { code: "alarm-window", check: ({ alarms }) => alarmNames.flatMap((name) => alarmFaults(name, fieldsIn(alarms)[name])) },
  ...artifactRules,
  ...secretRules,
  ...trafficRules,
];

/** What CloudWatch asks of an alarm's periods, over defaults where the descriptor is silent. */
function alarmFaults(name: (typeof alarmNames)[number], alarm: Json | undefined): Finding[] {
  if (!isObject(alarm)) return [];
  const defaults = alarmDefaults[name];
  const path = ["alarms", name];
  const { period: written = `${defaults.periodSeconds}s` } = alarm;
  if (typeof written !== "string") return [];
  const period = parseQuantity(written, { kind: "duration", unit: "seconds" });
  const periods = alarm.evaluationPeriods ?? defaults.evaluationPeriods;
  const breaching = alarm.datapointsToAlarm ?? defaults.datapointsToAlarm;
  if (!("value" in period) || typeof periods !== "number" || typeof breaching !== "number") return [];

  const faults: Finding[] = [];
  // Less than a minute is out of the field's own range.
  if (period.value >= 60 && period.value % 60 !== 0) {
    const hint = `write: period: ${Math.ceil(period.value / 60)}m`;
    faults.push({ path: [...path, "period"], message: `period is ${period.value} s; CloudWatch counts SageMaker's metrics in whole minutes`, hint, source: ALARM });
  }
  if (breaching > periods) {
    const message = `${breaching} of the latest ${periods} periods cannot be above the threshold`;
    const at = alarm.datapointsToAlarm === undefined ? "evaluationPeriods" : "datapointsToAlarm";
    faults.push({ path: [...path, at], message, hint: `write: evaluationPeriods: ${breaching}, or datapointsToAlarm: ${periods}`, source: ALARM });
  }
  const [longest, words] = period.value >= 3600 ? [7 * 86_400, "seven days"] : [86_400, "one day"];
  if (period.value * periods > longest) {
    const message = `${periods} periods of ${period.value} s are longer than CloudWatch looks back, which is ${words}`;
    faults.push({ path, at: "key", message, hint: `write: evaluationPeriods: ${Math.floor(longest / period.value)}`, source: ALARM });
  }
  return faults;
}

/** Rules over a descriptor as written, all environments together. */
export const descriptorRules: readonly Rule[] = [
  {
    code: "version-unused",
    check: ({ traffic, versions, serving, shadow, environments }) => {
      if (!isObject(traffic)) return [];
      // A multi-model endpoint serves every version, whatever its traffic.
      if ([serving, ...Object.values(fieldsIn(environments)).map((overlay) => fieldsIn(overlay).serving)].some((modes) => isObject(fieldsIn(modes).multiModel))) return [];
      const overlays = Object.values(fieldsIn(environments)).map((overlay) => fieldsIn(fieldsIn(overlay).traffic));
      const shadows = [shadow, ...Object.values(fieldsIn(environments)).map((overlay) => fieldsIn(overlay).shadow)].map(fieldsIn);
      const used = new Set([traffic, ...overlays, ...shadows].flatMap((shares) => Object.keys(shares)));
      const known = Object.keys(fieldsIn(versions));
      // Traffic to a version that is not there was probably meant for one that is.
      if ([...used].some((version) => !known.includes(version))) return [];
      return known
        .filter((version) => !used.has(version))
        .map((version) => ({
          severity: "warning",
          path: ["versions", version],
          at: "key",
          message: `no environment sends traffic to ${version}`,
          hint: `write traffic: { ${version}: 0 } to deploy it without traffic, or remove the version`,
        }));
    },
  },
  {
    code: "environment-misspelt",
    check: ({ environments }) =>
      Object.keys(fieldsIn(environments)).flatMap((environment) => {
        const guess = usualEnvironments.includes(environment) ? undefined : nearest(environment, usualEnvironments);
        if (guess === undefined) return [];
        return [{ severity: "warning", path: ["environments", environment], at: "key", message: `the overlay "${environment}" is for a stack of that very name`, hint: `did you mean "${guess}"?` }];
      }),
  },
];

/** Environments that are checked whether a descriptor names them or not. */
export const usualEnvironments: readonly string[] = ["dev", "prod"];
