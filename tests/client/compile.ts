import { join } from "node:path";
import ts from "typescript";
import { root } from "./run";

/** Compiles each program by itself, as an ES module in the root of the repository; answers the errors in each. */
export function compileSamples(sources: { readonly [name: string]: string }): Map<string, string[]> {
  const { config } = ts.readConfigFile(join(root, "tsconfig.json"), (path) => ts.sys.readFile(path)) as { config: { compilerOptions: object } };
  const { options } = ts.convertCompilerOptionsFromJson({ ...config.compilerOptions, types: ["node"] }, root);
  // As an ES module, so that the samples may await at their top.
  const files = new Map(Object.entries(sources).map(([name, text]) => [join(root, `type-sample-${name.replaceAll(/\W/g, "-")}.mts`), text]));
  const host = ts.createCompilerHost(options);
  const { readFile, fileExists, getSourceFile } = host;
  host.readFile = (path) => files.get(path) ?? readFile(path);
  host.fileExists = (path) => files.has(path) || fileExists(path);
  host.getSourceFile = (path, version, ...rest) => {
    const text = files.get(path);
    return text === undefined ? getSourceFile(path, version, ...rest) : ts.createSourceFile(path, text, version);
  };
  const program = ts.createProgram([...files.keys()], options, host);
  return new Map(
    Object.keys(sources).map((name, index) => {
      const file = program.getSourceFile([...files.keys()][index]!);
      const found = [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)];
      return [name, found.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, " "))];
    }),
  );
}
