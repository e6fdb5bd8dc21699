import { defineMode } from "../mode";
import { rolloutIssues, rolloutWords } from "../../rollout/issues";
import { scheduleWords } from "../../schedules/ranges";
import { capacityOf } from "../capacity";
import { multiModelIssues } from "./check";
import { planMultiModel } from "./plan";
import { multiModelDefaults, multiModelSchema, type MultiModelServing } from "./schema";
import { versionsOf } from "./targets";

/** Every version of the descriptor behind one endpoint: a caller names the one it wants. */
export const multiModel = defineMode<MultiModelServing>({
  name: "multiModel",
  summary: "Every version behind one endpoint, loaded when it is asked for by name.",
  schema: multiModelSchema,
  defaults: multiModelDefaults,
  example: ["multiModel:", "  instance: ml.c5.xlarge", "  scaling: { min: 1, max: 3, cpu: 70% }", "  cache: true", "  memory: 6 GiB", ""].join("\n"),
  // It has an endpoint of its own, beside the one that the traffic goes to.
  excludes: [],
  check: (model, serving) => [...multiModelIssues(model, serving), ...rolloutIssues(model, capacityOf(serving).fewest, [serving.instanceType])],
  plan: planMultiModel,
  summarise: (model, serving) => {
    const { fewest, most } = capacityOf(serving);
    const count = fewest === most ? String(fewest) : `${fewest}–${most}`;
    const versions = versionsOf(model).length;
    return `multiModel ${serving.instanceType} × ${count} · ${versions} ${versions === 1 ? "version" : "versions"}${scheduleWords(serving.scaling.schedule)}${rolloutWords(model.rollout)}`;
  },
});
