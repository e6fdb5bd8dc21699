/** One bar: what it stands for, how long it is in the unit of its group, and what is written behind it. */
export interface Bar {
  readonly name: string;
  readonly value: number;
  readonly text: string;
  /** Slipway's own bars stand out. */
  readonly ours?: boolean;
}

export interface Group {
  readonly title: string;
  readonly bars: readonly Bar[];
  /** Where the target lies: a line across the group. */
  readonly target?: { readonly value: number; readonly text: string };
}

const [WIDTH, LEFT, RIGHT, BAR, GAP, HEAD] = [760, 210, 130, 18, 6, 34];

/** Horizontal bars in groups, each group to its own scale, as SVG that can be read on light and on dark ground. */
export function barsSvg(label: string, groups: readonly Group[]): string {
  let y = 8;
  const parts: string[] = [];
  for (const { title, bars, target } of groups) {
    const most = Math.max(...bars.map(({ value }) => value), target?.value ?? 0);
    const long = (value: number): number => Math.max(1, Math.round(((WIDTH - LEFT - RIGHT) * value) / most));
    parts.push(text(0, y + 16, title, "title"));
    y += HEAD - 8;
    const top = y;
    for (const { name, value, text: written, ours } of bars) {
      parts.push(text(LEFT - 10, y + 13, name, "name"));
      parts.push(`<rect class="${ours === true ? "ours" : "theirs"}" x="${LEFT}" y="${y}" width="${long(value)}" height="${BAR}" rx="2"/>`);
      parts.push(text(LEFT + long(value) + 8, y + 13, written, "value"));
      y += BAR + GAP;
    }
    if (target !== undefined) {
      const x = LEFT + long(target.value);
      parts.push(`<line class="target" x1="${x}" y1="${top - 4}" x2="${x}" y2="${y + 2}"/>`, text(x, y + 14, target.text, "target-text"));
      y += 16;
    }
    y += 14;
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${y}" role="img" aria-label="${escaped(label)}">
<style>
text { font: 13px system-ui, sans-serif; fill: #1f2328 }
.title { font-weight: 600 } .name { text-anchor: end } .target-text { text-anchor: middle; font-size: 11px; fill: #b3261e }
.ours { fill: #2563c9 } .theirs { fill: #9aa2ad } .target { stroke: #b3261e; stroke-width: 1.5; stroke-dasharray: 4 3 }
@media (prefers-color-scheme: dark) { text { fill: #e6edf3 } .ours { fill: #6aa5ff } .theirs { fill: #6e7681 } .target { stroke: #ff8a80 } .target-text { fill: #ff8a80 } }
</style>
${parts.join("\n")}
</svg>
`;
}

const text = (x: number, y: number, content: string, kind: string): string => `<text class="${kind}" x="${x}" y="${y}">${escaped(content)}</text>`;
const escaped = (content: string): string => content.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
