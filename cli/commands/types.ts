import { rename, rm, writeFile } from "node:fs/promises";
import { Command } from "commander";
import type { ErrorCode } from "../../contract/errors";
import { MODELS_FOLDER, REGISTRY_FOLDER } from "../../contract/registry";
import { hasErrors } from "../../contract/issue";
import { loadRegistry } from "../../planning";
import type { RegistryFiles, ResolvedModel } from "../../planning/types";
import type { TypedModel } from "../types/models-file";
import { readRegistry } from "../../registry/read";
import { colorsFor } from "../render/colors";
import { issuesAsText } from "../render/issues";
import { CommandFailure, failureAsText } from "../render/failure";

const REGISTRY = `${REGISTRY_FOLDER}/${MODELS_FOLDER}`;
/** The registry has errors, or the file cannot be written. */
const EXIT_FAILED = 1;
/** There is no registry here. */
const EXIT_USAGE = 2;

/** `slipway types [--out file]` */
export function typesCommand(): Command {
  return new Command("types")
    .summary("write TypeScript types for calling the models")
    .description(
      "Writes the TypeScript types of every model's request and answer. It reads the registry alone: no login, nothing deployed.\n" +
        "The same contracts give the same file, so it can be checked in.",
    )
    .option("-o, --out <file>", "write to this file instead of standard output")
    .addHelpText("after", HELP)
    .action(writeTypes);
}

const HELP = `
Use them with the client:
  import { connect } from "slipway/client";
  import { contracts } from "./models";

  const models = await connect({ outputs: "outputs.json", contracts });

Exit codes:
  0  written
  1  the registry has errors, or the file cannot be written
  2  the command line was not understood, or there is no registry in this folder

Examples:
  $ npx slipway types
  $ npx slipway types --out ../shop/src/models.ts
`;

async function writeTypes({ out }: { readonly out?: string }): Promise<void> {
  const files = readFiles();
  if (files === undefined) return fail(REGISTRY, "registry-missing", "there is no such folder here", EXIT_USAGE);
  const { models, issues } = loadRegistry(files);
  if (hasErrors(issues)) {
    process.stderr.write(issuesAsText({ fileCount: files.descriptors.length + files.contracts.length, issues }, colorsFor(process.stderr)));
    process.exitCode = EXIT_FAILED;
    return;
  }
  // The generator is large: only who writes types loads it, not who reads the help.
  const { modelsFile } = require("../types/models-file") as typeof import("../types/models-file");
  const content = await modelsFile(oncePerName(models));
  if (out === undefined) process.stdout.write(content);
  else await writeWhole(out, content);
}

/** The registry of this folder; undefined where there is none. */
function readFiles(): RegistryFiles | undefined {
  try {
    return readRegistry(process.cwd());
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** A contract is the same in every environment; versions are named by callers where any environment serves them behind one endpoint. */
export function oncePerName(models: readonly ResolvedModel[]): TypedModel[] {
  const targets = new Map<string, Set<string>>();
  for (const { name, versions, serving } of models) {
    if (serving.multiModel !== undefined) targets.set(name, new Set([...(targets.get(name) ?? []), ...Object.keys(versions)]));
  }
  return [...new Map(models.map((model) => [model.name, model])).values()].map(({ name, description, contract }) => {
    const named = targets.get(name);
    return { name, description, contract, ...(named === undefined ? {} : { targets: [...named].sort() }) };
  });
}

/** All or nothing: a reader never sees half a file. */
async function writeWhole(path: string, content: string): Promise<void> {
  const partial = `${path}.${process.pid}.partial`;
  try {
    await writeFile(partial, content);
    await rename(partial, path);
  } catch (error) {
    await rm(partial, { force: true });
    fail(path, "file-unwritable", `cannot be written: ${(error as NodeJS.ErrnoException).code ?? String(error)}`);
  }
}

function fail(subject: string, code: ErrorCode, message: string, exitCode = EXIT_FAILED): void {
  process.stderr.write(failureAsText(new CommandFailure(code, subject, message), colorsFor(process.stderr)));
  process.exitCode = exitCode;
}
