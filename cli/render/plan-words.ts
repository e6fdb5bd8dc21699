import type { CostLine, CostSummary, ModelPlan, ServingPlan, StackPlan } from "../../contract/plan";
import type { PlannedResource } from "../../contract/resources";
import { dollars } from "../../planning/cost";
import { SHARED } from "../../planning/shared";

/** `$74.46`, `$74.46 to $297.84`, `up to $1.20` where nothing is paid at rest. */
export function priceRange({ fixedMonthly, maximumMonthly, lines }: Pick<CostSummary, "fixedMonthly" | "maximumMonthly"> & { readonly lines?: readonly unknown[] }): string {
  if (lines?.length === 0) return "–";
  if (fixedMonthly === maximumMonthly) return dollars(fixedMonthly);
  return fixedMonthly === 0 ? `up to ${dollars(maximumMonthly)}` : `${dollars(fixedMonthly)} to ${dollars(maximumMonthly)}`;
}

/** `v4 90 %, v5 10 %`. A share that is not a whole percent shows one decimal. */
export function trafficLine({ traffic }: Pick<ModelPlan, "traffic">): string {
  return Object.entries(traffic)
    .map(([version, share]) => `${version} ${Number((share * 100).toFixed(1))} %`)
    .join(", ");
}

export const servingLine = ({ summary, planned }: ServingPlan): string => (planned ? summary : `${summary} (not planned yet)`);

/** What a model is served by, and what stands behind it. */
export const servingLines = ({ serving, fallback }: Pick<ModelPlan, "fallback" | "serving">): readonly string[] => [...serving.map(servingLine), ...(fallback === undefined ? [] : [fallback.summary])];

/** `aws:sagemaker:Model`, as Pulumi itself prints a type. */
export function shortType(type: PlannedResource["type"]): string {
  const [pkg, module, name] = type.split(":");
  return `${pkg}:${module!.split("/")[0]}:${name}`;
}

/** `1 model`, `4 models`. */
export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`;

/** Every line of the cost below who owns it, so that the total can be traced; what the stack shares comes first. */
export function costByOwner({ models, cost }: StackPlan): readonly { readonly owner: string; readonly lines: readonly CostLine[] }[] {
  const names = new Set(models.map(({ name }) => name));
  return [{ owner: SHARED, lines: cost.lines.filter(({ item }) => !names.has(item)) }, ...models.map(({ name, cost: { lines } }) => ({ owner: name, lines }))];
}

/** What the numbers leave out. */
export const COST_NOTE = "US dollars for 730 hours, on demand; before data transfer, logs, storage, tax and free tier";
