import type { Issue } from "../../contract/issue";
import type { StackPlan } from "../../contract/plan";
import { dollars } from "../../planning/cost";
import { byComponent, regionsOf, resourcesOf } from "../../planning/plan-document";
import { cell, code, folded, table } from "./markdown";
import { COST_NOTE, costByOwner, counted, priceRange, servingLines, shortType, trafficLine } from "./plan-words";

/** A plan as the comment of a pull request: models and cost in sight, resources folded away. */
export function planMarkdown(plan: StackPlan, budget: number | undefined, warnings: readonly Issue[]): string {
  const { stack, models, cost } = plan;
  const sections = [
    `### Plan of \`${stack}\` in ${regionsOf(plan).join(", ")}: ${counted(models.length, "model")}, ${counted(resourcesOf(plan).length, "resource")}`,
    table(
      ["Model", "Served as", "Traffic", "Cost a month"],
      models.map((model) => [code(model.name), servingLines(model).join("<br>"), trafficLine(model), priceRange(model.cost)]),
    ),
    ...(warnings.length === 0 ? [] : [warnings.map(warningLine).join("\n")]),
    [
      `**${priceRange({ fixedMonthly: cost.fixedMonthly, maximumMonthly: cost.maximumMonthly })} a month**`,
      budget === undefined ? "" : ` of a budget of ${dollars(budget)}`,
      ` (${COST_NOTE}).`,
    ].join(""),
    folded(
      "Cost, line by line",
      table(
        ["Of", "Item", "At rest", "At most", "Arithmetic"],
        costByOwner(plan).flatMap(({ owner, lines }) => lines.map((line) => [code(owner), line.item, dollars(line.fixedMonthly), dollars(line.maximumMonthly), line.basis])),
      ),
    ),
    folded(
      "Resources",
      table(
        ["Component", "Type", "Name"],
        byComponent(plan).flatMap(({ component, resources }) => resources.map(({ type, name }) => [code(component), shortType(type), code(name)])),
      ),
    ),
  ];
  return `${sections.join("\n\n")}\n`;
}

const warningLine = ({ code: id, file, line, message }: Issue): string => `> ⚠️ ${cell(message)} (${code(id)}, ${code(`${file}:${line}`)})  `;
