import ts from "typescript";
import { read } from "./files";

export interface UsedCode {
  readonly path: string;
  readonly line: number;
  readonly code: string;
}

/** How the codes of the error table are written; nobody else's are (`ENOENT`, `ValidationException`, `commander.help`). */
const KEBAB = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

/** Every literal given as an error's `code` in a file. */
export function codesIn(path: string): UsedCode[] {
  const found: UsedCode[] = [];
  walk(path, (node, source) => {
    if (!ts.isPropertyAssignment(node) || !ts.isIdentifier(node.name) || node.name.text !== "code") return;
    for (const literal of literalsOf(node.initializer)) {
      if (KEBAB.test(literal.text)) found.push({ path, line: source.getLineAndCharacterOfPosition(literal.getStart()).line + 1, code: literal.text });
    }
  });
  return found;
}

/** Every string literal of a file. */
export function textsIn(path: string): string[] {
  const found: string[] = [];
  walk(path, (node) => {
    if (ts.isStringLiteralLike(node)) found.push(node.text);
  });
  return found;
}

/** `"a"`, and both of `x ? "a" : "b"`. */
function literalsOf(value: ts.Expression): ts.StringLiteralLike[] {
  if (ts.isStringLiteralLike(value)) return [value];
  return ts.isConditionalExpression(value) ? [...literalsOf(value.whenTrue), ...literalsOf(value.whenFalse)] : [];
}

function walk(path: string, visit: (node: ts.Node, source: ts.SourceFile) => void): void {
  const source = ts.createSourceFile(path, read(path), ts.ScriptTarget.ES2022, true);
  const step = (node: ts.Node): void => {
    visit(node, source);
    ts.forEachChild(node, step);
  };
  step(source);
}
