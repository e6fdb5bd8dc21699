/** Markdown for comments of pull requests, out of text that a descriptor may hold. */
export const folded = (summary: string, content: string): string => `<details><summary>${summary}</summary>\n\n${content}\n\n</details>`;

export const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => "---"), ...rows.map((row) => row.map(cell))].map((row) => `| ${row.join(" | ")} |`).join("\n");

/** Text that cannot leave its cell, or become a link or a mention. */
export const cell = (text: string): string => text.replace(/[|\\]/g, "\\$&").replace(/\s*\n\s*/g, " ");
export const code = (text: string): string => `\`${text.replaceAll("`", "'")}\``;
