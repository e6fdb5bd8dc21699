import pc from "picocolors";
import type { ModelView, ServingView, StateView } from "../view/state";

type Colour = (text: string) => string;
const plain: Colour = (text) => text;

/** The stack as a table for a terminal, with what is not served and why below it. */
export function stackTable(view: StateView): string {
  const rows = view.models.flatMap((model) => model.serving.map((serving, index) => row(model, serving, index === 0)));
  const header = ["model", "mode", "traffic", "endpoint", "status", "cost / month"];
  const widths = header.map((title, column) => Math.max(title.length, ...rows.map((cells) => cells[column]!.text.length)));
  const line = (cells: readonly Cell[]) => `  ${cells.map(({ text, colour }, column) => colour(text.padEnd(widths[column]!))).join("   ").trimEnd()}`;
  const notes = view.models.flatMap((model) => model.serving.flatMap((serving) => note(model, serving)));
  return [line(header.map((text) => ({ text, colour: pc.dim }))), ...rows.map(line), ...(notes.length > 0 ? ["", ...notes] : []), "", `  ${budget(view)}`].join("\n");
}

interface Cell {
  readonly text: string;
  readonly colour: Colour;
}

function row(model: ModelView, { summary, endpoint, planned }: ServingView, first: boolean): Cell[] {
  const traffic = endpoint?.variants.map(({ name, share }) => `${name} ${percent(share)}`).join(", ") ?? "—";
  const { fixedMonthly, maximumMonthly } = model.cost;
  return [
    { text: first ? model.name : "", colour: pc.bold },
    { text: summary, colour: plain },
    { text: traffic, colour: plain },
    { text: endpoint?.name ?? "—", colour: plain },
    planned ? statusCell(endpoint?.status) : { text: "not planned yet", colour: pc.dim },
    { text: first ? costRange(fixedMonthly, maximumMonthly) : "", colour: plain },
  ];
}

function statusCell(status: string | undefined): Cell {
  if (status === "InService") return { text: "● in service", colour: pc.green };
  if (status === "OutOfService") return { text: "○ not served here", colour: pc.yellow };
  if (status === "Failed") return { text: "✗ failed", colour: pc.red };
  return { text: status ?? "—", colour: plain };
}

function note(model: ModelView, { endpoint, planned, mode }: ServingView): string[] {
  if (!planned) return [pc.dim(`  ${model.name}: ${mode} is declared, and nothing is planned for it yet`)];
  if (!endpoint?.failureReason) return [];
  return [pc.dim(`  ${model.name}: ${endpoint.failureReason}`)];
}

function budget({ cost }: StateView): string {
  const planned = `planned ${costRange(cost.fixedMonthly, cost.maximumMonthly)} a month on AWS; nothing is charged here`;
  return cost.monthlyBudget === null ? planned : `budget ${dollars(cost.monthlyBudget)}, ${planned}`;
}

export function costRange(fixed: number, maximum: number): string {
  return dollars(fixed) === dollars(maximum) ? dollars(fixed) : `${dollars(fixed)} – ${dollars(maximum)}`;
}

const dollars = (amount: number): string => `$${amount.toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;
const percent = (share: number): string => `${Math.round(share * 1000) / 10} %`;
