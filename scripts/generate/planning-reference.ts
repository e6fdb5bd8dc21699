import { hostingInstanceTypes, familyOf, isArm, isBurstable, retiredFamilies, vCpuCountOf } from "../../planning/instances";
import { limits } from "../../planning/limits";
import { metricNames, metrics } from "../../planning/metrics";
import { namingRules } from "../../planning/naming";
import { priceRows, prices } from "../../planning/prices";
import { fillBlocks } from "./blocks";

/** `docs/reference/limits.md`: the numbers and names of AWS's that a plan keeps. */
export const limitsReference = (current: string): string =>
  fillBlocks(
    current,
    new Map([
      ["limits", table(["Limit", "Value", "Read"], Object.values(limits).map((limit) => [linked(limit.summary, limit.source), `${grouped(limit.value)} ${limit.unit}`, limit.read]))],
      [
        "names",
        table(
          ["Resource", "Longest", "Takes"],
          Object.entries(namingRules).flatMap(([type, rule]) => (rule === null ? [] : [[linked(`\`${type}\``, rule.source), String(rule.maxLength), `\`${rule.pattern.source}\``]])),
        ),
      ],
    ]),
  );

/** `docs/reference/prices.md` */
export const pricesReference = (current: string): string =>
  fillBlocks(
    current,
    new Map([
      [
        "prices",
        table(
          ["Region", "What", "US dollars", "Read"],
          Object.entries(prices).flatMap(([region, rows]) =>
            priceRows(rows).map(({ what, price }) => [region, linked(what, price.source), `${price.usd.toFixed(6).replace(/0{1,4}$/, "")} per ${price.per}`, price.read]),
          ),
        ),
      ],
    ]),
  );

/** `docs/reference/metrics.md` */
export const metricsReference = (current: string): string =>
  fillBlocks(
    current,
    new Map([
      [
        "metrics",
        table(
          ["Metric", "Namespace", "Dimensions", "Unit", "Published by", "What it is"],
          metricNames.map((name) => {
            const { namespace, dimensions, unit, summedOver, publishedBy, onlyWith, summary, source } = metrics[name];
            const named = dimensions === "variant" ? "EndpointName, VariantName" : "EndpointName";
            return [linked(`\`${name}\``, source), `\`${namespace}\``, named, summedOver === undefined ? unit : `${unit} × ${summedOver}`, publishedBy.join(", ") + (onlyWith === undefined ? "" : `, with ${onlyWith}`), summary];
          }),
        ),
      ],
    ]),
  );

/** `docs/reference/instances.md`: by family, what may host a model. */
export const instancesReference = (current: string): string => {
  const families = [...new Set(hostingInstanceTypes.map(familyOf))];
  const sizesOf = (family: string): string =>
    hostingInstanceTypes.filter((type) => familyOf(type) === family).map((type) => `${type.split(".")[2]} (${vCpuCountOf(type)})`).join(", ");
  return fillBlocks(
    current,
    new Map([["instances", table(["Family", "Sizes (vCPUs)", "Note"], families.map((family) => [`\`ml.${family}\``, sizesOf(family), noteOf(family)]))]]),
  );
};

function noteOf(family: string): string {
  const retired = retiredFamilies[family];
  return [
    ...(retired === undefined ? [] : [retired.severity === "error" ? `retired: refused, use ${retired.instead}` : `being retired: warned of, use ${retired.instead}`]),
    ...(isArm(`ml.${family}.large`) ? ["Arm: refused, the image is built for linux/amd64"] : []),
    ...(isBurstable(`ml.${family}.large`) ? ["burstable: cannot be scaled automatically"] : []),
  ].join("; ");
}

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => "---"), ...rows.map((row) => row.map((cell) => cell.replaceAll("|", "\\|")))].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
const linked = (text: string, url: string): string => `[${text}](${url})`;
const grouped = (value: number): string => String(value).replace(/\B(?=(\d{3})+$)/g, ",");
