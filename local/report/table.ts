import { colors as pc } from "./colors";
import type { ModelView, ServingView, StateView } from "../view/state";

type Colour = (text: string) => string;
const plain: Colour = (text) => text;

interface Cell {
  readonly text: string;
  readonly colour: Colour;
}

const GAP = "   ";
const NONE = "—";

/**
 * The stack as a table for a terminal of that many columns, with what is not
 * served and why below it. Where the terminal is too narrow, mode and endpoint
 * go to a line of their own.
 */
export function stackTable(view: StateView, columns: number): string {
  const rows = view.models.flatMap((model) => model.serving.map((serving, index) => cells(model, serving, index === 0, view.nowMs)));
  const wide = lines([header("model", "mode", "traffic", "endpoint", "status", "cost / month"), ...rows.map(({ model, mode, traffic, endpoint, status, cost }) => [model, mode, traffic, endpoint, status, cost])]);
  const table = wide.width <= columns ? wide.text : folded(rows);
  const notes = view.models.flatMap((model) => model.serving.flatMap((serving) => note(model, serving)));
  return [table, ...(notes.length > 0 ? ["", ...notes] : []), "", `  ${budget(view)}`].join("\n");
}

function folded(rows: readonly ReturnType<typeof cells>[]): string {
  const { text } = lines([header("model", "traffic", "status", "cost / month"), ...rows.map(({ model, traffic, status, cost }) => [model, traffic, status, cost])]);
  const [title, ...heads] = text.split("\n");
  const detail = ({ mode, endpoint }: ReturnType<typeof cells>) => [mode.text, ...(endpoint.text === NONE ? [] : [endpoint.text])].join(" · ");
  return [title, ...heads.flatMap((head, index) => [head, pc.dim(`    ${detail(rows[index]!)}`)])].join("\n");
}

function lines(rows: readonly (readonly Cell[])[]): { readonly text: string; readonly width: number } {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.text.length)));
  const text = rows.map((row) => `  ${row.map(({ text, colour }, column) => colour(text) + " ".repeat(widths[column]! - text.length)).join(GAP).trimEnd()}`).join("\n");
  return { text, width: 2 + widths.reduce((sum, width) => sum + width + GAP.length, -GAP.length) };
}

const header = (...titles: string[]): Cell[] => titles.map((text) => ({ text, colour: pc.dim }));

function cells(model: ModelView, { summary, endpoint, environment, planned, targets, batch }: ServingView, first: boolean, nowMs: number) {
  const { fixedMonthly, maximumMonthly } = model.cost;
  return {
    model: { text: first ? model.name : "", colour: pc.bold },
    mode: { text: summary, colour: plain },
    traffic: { text: targets ? `${Object.keys(targets).join(", ")} by name` : (endpoint?.variants.map(({ name, share }) => `${name} ${percent(share)}`).join(", ") ?? NONE), colour: plain },
    endpoint: { text: endpoint?.name ?? environment?.url ?? batch?.schedule?.name ?? NONE, colour: plain },
    status: planned ? (batch === undefined ? statusCell(endpoint?.status ?? environment?.status) : scheduleCell(batch.schedule?.nextMs ?? null, nowMs)) : { text: "not planned yet", colour: pc.dim },
    cost: { text: first ? costRange(fixedMonthly, maximumMonthly) : "", colour: plain },
  };
}

function statusCell(status: string | undefined): Cell {
  if (status === "InService" || status === "Ready") return { text: "● in service", colour: pc.green };
  if (status === "OutOfService") return { text: "○ not served here", colour: pc.yellow };
  if (status === "Failed") return { text: "✗ failed", colour: pc.red };
  return { text: status ?? NONE, colour: plain };
}

function scheduleCell(nextMs: number | null, nowMs: number): Cell {
  return nextMs === null ? { text: "○ run by hand", colour: plain } : { text: `● next run in ${inWords(nextMs - nowMs)}`, colour: pc.green };
}

const MINUTE_MS = 60_000;

/** `4 d 7 h`, `7 h 5 min`, `5 min`. */
function inWords(ms: number): string {
  const minutes = Math.max(0, Math.round(ms / MINUTE_MS));
  const [d, h, min] = [Math.floor(minutes / 1440), Math.floor(minutes / 60) % 24, minutes % 60];
  return d > 0 ? `${d} d ${h} h` : h > 0 ? `${h} h ${min} min` : `${min} min`;
}

function note(model: ModelView, { endpoint, environment, planned, mode }: ServingView): string[] {
  if (!planned) return [pc.dim(`  ${model.name}: ${mode} is declared, and nothing is planned for it yet`)];
  const reason = endpoint?.failureReason ?? environment?.reason;
  return reason === undefined || reason === null ? [] : [pc.dim(`  ${model.name}: ${reason}`)];
}

function budget({ cost }: StateView): string {
  const planned = `planned ${costRange(cost.fixedMonthly, cost.maximumMonthly)} a month on AWS; nothing is charged here`;
  return cost.monthlyBudget === null ? planned : `budget ${dollars(cost.monthlyBudget)}, ${planned}`;
}

function costRange(fixed: number, maximum: number): string {
  return dollars(fixed) === dollars(maximum) ? dollars(fixed) : `${dollars(fixed)} – ${dollars(maximum)}`;
}

const dollars = (amount: number): string => `$${amount.toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;
const percent = (share: number): string => `${Math.round(share * 1000) / 10} %`;
