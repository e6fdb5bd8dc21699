import { join } from "node:path";
import { oncePerName } from "../../cli/commands/types";
import { modelsFile } from "../../cli/types/models-file";
import { hasErrors, issueText } from "../../contract/issue";
import { loadRegistry } from "../../planning";
import { readRegistry } from "../../registry/read";

/** `client/models.gen.ts`: the client's types for the models of this repository, as `slipway types` writes them. */
export function clientTypesFile(): Promise<string> {
  const { models, issues } = loadRegistry(readRegistry(join(__dirname, "..", "..")));
  if (hasErrors(issues)) throw new Error(`the registry has errors:\n${issues.map(issueText).join("\n")}`);
  return modelsFile(oncePerName(models));
}
