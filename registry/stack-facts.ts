import * as fs from "node:fs";
import { dirname, join } from "node:path";
import type { Issue } from "../contract/issue";
import { parseStackFile } from "../planning/stack-file";
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
  if (!/^[A-Za-z0-9][A-Za-z0-9_.-]*$/.test(stack) || !fs.existsSync(path)) return { issues: [unknownStack(root, stack)] };
  const { settings, issues } = parseStackFile(readInside(path, dirname(path), name));
  if (settings === undefined) return { issues };
  const today = new Date().toISOString().slice(0, 10);
  return { facts: { stack, ...settings, imageSourceSha256: imageSourceSha256(root), today }, issues };
}

function unknownStack(root: string, stack: string): Issue {
  const stacks = fs.readdirSync(root).flatMap((file) => /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1] ?? []);
  const message = `there is no stack ${JSON.stringify(stack)}: it has no file Pulumi.${stack}.yaml`;
  const hint = stacks.length === 0 ? "write one with config: and aws:region" : `the stacks are ${stacks.sort().join(", ")}`;
  return { code: "stack-unknown", severity: "error", file: "Pulumi.yaml", line: 1, column: 1, path: "", message, hint };
}
