import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { Argument, Command, Option } from "commander";
import { hasErrors } from "../../contract/issue";
import { MODELS_FOLDER, REGISTRY_FOLDER } from "../../contract/registry";
import { loadRegistry } from "../../planning";
import type { RegistryFiles } from "../../planning/types";
import { readDescriptors } from "../../registry/read";
import { colorsFor } from "../render/colors";
import { RevisionProblem, readPreviousRegistry } from "../previous-registry";
import { issuesAsGitHub, issuesAsJson, issuesAsText, type Findings } from "../render/issues";

const EXIT_ISSUES = 1;

type Format = "text" | "json" | "github";

/** `slipway validate [paths…] [--against <revision>] [--format text|json|github]` */
export function validateCommand(): Command {
  return new Command("validate")
    .summary("check descriptors and their contracts")
    .description(
      "Checks descriptors and the contracts they name: in the base and in every environment, dev and prod always among them. " +
        "Reports every problem at once, each with the place, what is wrong and what to write instead. Needs no login and no network.",
    )
    .addArgument(new Argument("[paths...]", `descriptors, or folders of them (default: ${REGISTRY_FOLDER}/${MODELS_FOLDER})`))
    .addOption(new Option("-f, --format <format>", "how to report").choices(["text", "json", "github"]).default("text"))
    .option("-a, --against <revision>", "also check what changes against this Git revision")
    .addHelpText("after", HELP)
    .action(validate);
}

const HELP = `
Paths:
  A folder stands for the YAML files in it, or in its models/ where it has one. A
  contract is looked up from the folder above models/; for a descriptor that lives
  elsewhere, from its own folder. A file has at most 256 KiB.

Against a revision:
  Compares each model with itself as that revision has it: a version that changed
  in place, an endpoint that would become another kind, a scaled variant that would
  be removed, a contract that breaks callers. The revision is read from the local
  repository; give what is deployed, or the branch that a pull request goes to.

Formats:
  text    for people; coloured on a terminal, unless NO_COLOR is set
  json    { validateVersion: 1, fileCount, errorCount, warningCount, issues: [
            { code, severity, file, line, column, path, message, hint?, source? } ] }
          Lines and columns count from 1. Codes are listed in docs/reference/errors.md.
  github  workflow commands of GitHub Actions: annotations in the pull request

Exit codes:
  0  no errors; there may be warnings
  1  at least one error
  2  the command line was not understood, or there is nothing at a path

Examples:
  $ npx slipway validate
  $ npx slipway validate registry/models/velib-lstm.yaml
  $ npx slipway validate --against origin/main
  $ npx slipway validate --format json | jq '.issues[].code'
`;

function validate(given: readonly string[], { format, against }: { readonly format: Format; readonly against?: string }, command: Command): void {
  const paths = given.length > 0 ? given : [join(REGISTRY_FOLDER, MODELS_FOLDER)];
  const base = process.cwd();
  for (const path of paths) {
    if (existsSync(resolve(base, path))) continue;
    const hint = given.length > 0 ? "" : "; run this in the repository, or name files or folders";
    command.error(`error: there is no file or folder ${JSON.stringify(path)}${hint}`);
  }
  const files = readDescriptors(paths, base);
  // A check that looked at nothing must not pass.
  if (files.descriptors.length === 0) command.error(`error: there is no descriptor in ${paths.join(", ")}`);
  const { issues } = loadRegistry(files, against === undefined ? {} : { previous: previousRegistry(against, paths, command) });
  process.stdout.write(report({ fileCount: files.descriptors.length + files.contracts.length, issues }, format));
  if (hasErrors(issues)) process.exitCode = EXIT_ISSUES;
}

function previousRegistry(revision: string, paths: readonly string[], command: Command): RegistryFiles {
  try {
    return readPreviousRegistry(revision, paths, process.cwd());
  } catch (error) {
    if (!(error instanceof RevisionProblem)) throw error;
    return command.error(`error: cannot read the registry as it was: ${error.message}`);
  }
}

function report(findings: Findings, format: Format): string {
  switch (format) {
    case "text":
      return issuesAsText(findings, colorsFor(process.stdout));
    case "json":
      return issuesAsJson(findings);
    case "github":
      return issuesAsGitHub(findings);
  }
}
