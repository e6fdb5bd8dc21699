import { read } from "../house/files";

export interface Block {
  readonly language: string;
  readonly text: string;
}

/** The fenced blocks of a Markdown file, in order. */
export function blocksOf(path: string): Block[] {
  return [...read(path).matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].map(([, language, text]) => ({ language: language!, text: text! }));
}

/** The only block that says something. */
export function blockWith(path: string, text: string | RegExp): string {
  const found = blocksOf(path).filter((block) => (typeof text === "string" ? block.text.includes(text) : text.test(block.text)));
  if (found.length !== 1) throw new Error(`${path} has ${found.length} blocks with ${String(text)}`);
  return found[0]!.text;
}
