/**
 * Replaces the generated blocks of a Markdown file and keeps what people wrote
 * around them. A block stands between `<!-- generated: name -->` and
 * `<!-- end of generated -->`.
 *
 * @throws Error where a block is missing in the file, or the file has one that nobody makes.
 */
export function fillBlocks(markdown: string, blocks: ReadonlyMap<string, string>): string {
  const seen = new Set<string>();
  const filled = markdown.replace(
    /<!-- generated: (\S+) -->\n[\s\S]*?<!-- end of generated -->/g,
    (_block: string, name: string) => {
      const content = blocks.get(name);
      if (content === undefined) throw new Error(`nothing makes the block "${name}"`);
      seen.add(name);
      return `<!-- generated: ${name} -->\n${content.trimEnd()}\n<!-- end of generated -->`;
    },
  );
  const missing = [...blocks.keys()].filter((name) => !seen.has(name));
  if (missing.length > 0) throw new Error(`the file has no block ${missing.join(", ")}`);
  return filled;
}
