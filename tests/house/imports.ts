import { existsSync, statSync } from "node:fs";
import { join, posix } from "node:path";
import ts from "typescript";
import { read, root } from "./files";

export interface Import {
  /** The importing file. */
  readonly from: string;
  readonly line: number;
  /** A path of the repository for what is ours; the specifier otherwise. */
  readonly to: string;
  readonly ours: boolean;
  /** Erased by the compiler: nothing of the other side runs. */
  readonly typeOnly: boolean;
}

/** Every import of a source file: static, dynamic, `require`, `export … from`, `import("x").Type`. */
export function importsOf(path: string, text = read(path)): Import[] {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true);
  const found: Import[] = [];
  const add = (node: ts.Node | undefined, typeOnly: boolean): void => {
    if (node === undefined || !ts.isStringLiteralLike(node)) return;
    const line = source.getLineAndCharacterOfPosition(node.getStart()).line + 1;
    const own = resolveOwn(path, node.text);
    found.push({ from: path, line, to: own ?? node.text, ours: own !== undefined, typeOnly });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) add(node.moduleSpecifier, isTypeOnly(node.importClause));
    else if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, node.isTypeOnly);
    else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) add(node.argument.literal, true);
    else if (ts.isExternalModuleReference(node)) add(node.expression, false);
    else if (ts.isCallExpression(node) && loads(node.expression)) add(node.arguments[0], false);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function isTypeOnly(clause: ts.ImportClause | undefined): boolean {
  if (clause === undefined) return false;
  if (clause.isTypeOnly) return true;
  const bindings = clause.namedBindings;
  return (
    clause.name === undefined &&
    bindings !== undefined &&
    ts.isNamedImports(bindings) &&
    bindings.elements.length > 0 &&
    bindings.elements.every((element) => element.isTypeOnly)
  );
}

/** `import(…)`, `require(…)`, `require.resolve(…)`. */
function loads(callee: ts.Expression): boolean {
  if (callee.kind === ts.SyntaxKind.ImportKeyword) return true;
  const name = ts.isPropertyAccessExpression(callee) && callee.name.text === "resolve" ? callee.expression : callee;
  return ts.isIdentifier(name) && name.text === "require";
}

/** The file that a specifier means, if it is one of ours. */
function resolveOwn(from: string, specifier: string): string | undefined {
  if (specifier === "slipway/client") return "client/index.ts";
  if (!specifier.startsWith(".")) return undefined;
  const target = posix.join(posix.dirname(from), specifier);
  const candidates = [target, `${target}.ts`, `${target}.mts`, `${target}.json`, `${target}/index.ts`];
  // One that does not exist is still ours: tsc will say so.
  return candidates.find((candidate) => isFile(candidate)) ?? target;
}

function isFile(path: string): boolean {
  const full = join(root, path);
  return existsSync(full) && statSync(full).isFile();
}
