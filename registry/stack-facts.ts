import * as fs from "node:fs";
import { dirname, join } from "node:path";
import type { Issue } from "../contract/issue";
import { parseStackFile, unknownStack } from "../planning/stack-file";
import type { StackFacts } from "../planning/types";
import { imageSourceSha256 } from "./image-source";
import { readInside } from "./read";

export { imageSourceSha256 } from "./image-source";

/**
 * What `Pulumi.<stack>.yaml` says of a stack, the sources of its image, and the
 * day. Never throws for what the file holds, or for a stack that has none.
 *
 * @param root folder of the repository.
 */
export function readStackFacts(root: string, stack: string): { readonly facts?: StackFacts; readonly issues: readonly Issue[] } {
  const name = `Pulumi.${stack}.yaml`;
  const path = join(root, name);
  const unknown = unknownStack(stack, stacksOf(root));
  if (unknown !== undefined) return { issues: [unknown] };
  const { settings, issues } = parseStackFile(readInside(path, dirname(path), name));
  if (settings === undefined) return { issues };
  const today = new Date().toISOString().slice(0, 10);
  return { facts: { stack, ...settings, imageSourceSha256: imageSourceSha256(root), today }, issues };
}

const stacksOf = (root: string): string[] => fs.readdirSync(root).flatMap((file) => /^Pulumi\.([A-Za-z0-9][A-Za-z0-9_.-]*)\.yaml$/.exec(file)?.[1] ?? []);
