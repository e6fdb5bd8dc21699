import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { transformSync } from "esbuild";
import ts from "typescript";
import type { Planning } from "./rule-cases";

const root = join(__dirname, "..", "..", "..");
const room = join(root, "planning");

/** Every source of the planning room, by its path. */
const sources: ReadonlyMap<string, string> = new Map(
  readdirSync(room, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => [join(room, name), readFileSync(join(room, name), "utf8")]),
);

interface Compiled {
  readonly run: (module: { exports: unknown }, exports: unknown, require: NodeJS.Require) => void;
}

const compile = (path: string, text: string): Compiled => {
  const { code } = transformSync(text, { loader: "ts", format: "cjs", target: "node20", sourcefile: path });
   
  return { run: new Function("module", "exports", "require", code) as Compiled["run"] };
};

const originals = new Map<string, Compiled>();
/** Compiling schemas is most of the work, and only a few modules change what comes of it. */
const kept: ReadonlyMap<string, RegExp> = new Map([
  [join(room, "check.ts"), /(fields|faults)\.ts$/],
  [join(room, "contracts.ts"), /(contracts?|contract-schema|decode|faults|parse|secrets|values)\.ts$/],
]);
const keptExports = new Map<string, unknown>();

/** Planning with one rule taken out of its source, as far as it could be found there. */
export function planningWithout(code: string): { readonly planning: Planning; readonly removed: number } {
  const changed = new Map<string, Compiled>();
  let removed = 0;
  const byHand = handEdits(code);
  for (const [path, text] of sources) {
    const edit = byHand?.path === path ? byHand : undefined;
    if (edit !== undefined) {
      if (!text.includes(edit.from)) throw new Error(`${path} has no ${edit.from} any more`);
      changed.set(path, compile(path, text.replace(edit.from, edit.to)));
      removed++;
    }
    if (byHand !== undefined || !text.includes(`"${code}"`)) continue;
    const mutant = withoutRule(path, text, code);
    removed += mutant.removed;
    if (mutant.removed > 0) changed.set(path, compile(path, mutant.text));
  }
  return { planning: load(changed), removed };
}

/** Loads the planning room anew, with some of its modules changed; what is not ours is shared. */
function load(changed: ReadonlyMap<string, Compiled>): Planning {
  const loaded = new Map<string, { exports: unknown }>();
  const requireFrom = (from: string): NodeJS.Require => {
    const native = createRequire(from);
    return ((id: string) => {
      const path = id.startsWith(".") ? [`${join(dirname(from), id)}.ts`, join(dirname(from), id, "index.ts")].find((candidate) => sources.has(candidate)) : undefined;
      return path === undefined ? (native(id) as unknown) : moduleAt(path);
    }) as NodeJS.Require;
  };
  const isKept = (path: string): boolean => {
    const changing = kept.get(path);
    return changing !== undefined && ![...changed.keys()].some((each) => changing.test(each));
  };
  const moduleAt = (path: string): unknown => {
    if (isKept(path) && keptExports.has(path)) return keptExports.get(path);
    const known = loaded.get(path);
    if (known !== undefined) return known.exports;
    const module = { exports: {} as unknown };
    loaded.set(path, module);
    if (!originals.has(path)) originals.set(path, compile(path, sources.get(path)!));
    (changed.get(path) ?? originals.get(path)!).run(module, module.exports, requireFrom(path));
    if (isKept(path)) keptExports.set(path, module.exports);
    return module.exports;
  };
  return moduleAt(join(room, "index.ts")) as Planning;
}

/**
 * Rules that are not one expression: what the schema's keywords say in words, what
 * the reader says of a file, and codes that are put together.
 */
function handEdits(code: string): { readonly path: string; readonly from: string; readonly to: string } | undefined {
  const edit = (file: string, from: string, to: string) => ({ path: join(room, file), from, to });
  const but = `filter((fault) => fault.code !== "${code}")`;
  if (["missing-field", "out-of-range", "quantity-malformed", "unknown-field", "wrong-type", "wrong-value"].includes(code)) return edit("faults.ts", ".map(schemaFault);", `.map(schemaFault).${but};`);
  if (code.startsWith("yaml-")) return edit("parse.ts", "[...faults, ...(value?.faults ?? [])].map(", `[...faults, ...(value?.faults ?? [])].${but}.map(`);
  if (/^schedule-(at|cron|rate)$/.test(code)) return edit(join("schedules", "issues.ts"), "return [wrong(malformed[way].code", `if (malformed[way].code === "${code}") return []; return [wrong(malformed[way].code`);
  if (code === "stack-unknown") return edit("stack-file.ts", "if (stacks.includes(stack)) return undefined;", "return undefined;");
  if (code === "name-taken") return edit("load.ts", "reportTakenNames(descriptors, found);", "");
  if (code === "file-refused") return edit("decode.ts", 'if ("refused" in content) {', 'if ("refused" in content) return { text: "" }; if (false) {');
  if (code === "file-not-text") return edit("decode.ts", "if (control >= 0) {", "if (false) {");
  return undefined;
}

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/**
 * Takes what makes issues of a code out of a source: the rule out of its list,
 * the issue out of what a check returns, the keyword out of a schema.
 */
function withoutRule(path: string, text: string, code: string): { text: string; removed: number } {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true);
  const edits: Edit[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node) && node.text === code) edits.push(...editsAround(node));
    ts.forEachChild(node, visit);
  };
  visit(source);
  const outermost = edits.filter((edit) => !edits.some((other) => other !== edit && other.start <= edit.start && other.end >= edit.end && (other.end - other.start > edit.end - edit.start || edits.indexOf(other) < edits.indexOf(edit))));
  const changed = outermost.sort((a, b) => b.start - a.start).reduce((left, { start, end, text: put }) => left.slice(0, start) + put + left.slice(end), text);
  return { text: changed, removed: outermost.length };
}

function editsAround(literal: ts.Node): Edit[] {
  const replace = (node: ts.Node, text: string): Edit[] => [{ start: node.getStart(), end: node.getEnd(), text }];
  for (let node = literal; node.parent !== undefined; node = node.parent) {
    const { parent } = node;
    // "x-codes": { pattern: "name-illegal" }: the keyword beside it is the rule.
    if (ts.isPropertyAssignment(parent) && parent.initializer === literal && nameOf(parent.parent.parent) === "x-codes") {
      const keyword = nameOf(parent);
      const schema = parent.parent.parent.parent as ts.ObjectLiteralExpression;
      return schema.properties.flatMap((property) => (nameOf(property) === keyword ? replace(property, `...{}`) : []));
    }
    if (!ts.isExpression(node) || ts.isStringLiteralLike(node)) continue;
    // [..., issue, ...]
    if (ts.isArrayLiteralExpression(parent)) return replace(node, "...[]");
    // issues.push(issue), wrong("code", …)
    if (ts.isCallExpression(node) && ts.isExpressionStatement(parent)) return replace(node, "0");
    // versions.map((version) => issue)
    if (ts.isArrowFunction(parent) && parent.body === node && ts.isCallExpression(parent.parent) && ts.isPropertyAccessExpression(parent.parent.expression)) {
      return [...replace(parent.parent.expression.name, "flatMap"), ...replace(node, "[]")];
    }
    // const issue = …: what it is put into asks for it
    if (ts.isReturnStatement(parent) || (ts.isVariableDeclaration(parent) && ts.isObjectLiteralExpression(node)) || (ts.isArrowFunction(parent) && ts.isVariableDeclaration(parent.parent))) return usesOf(parent).flatMap((use) => editsAround(use));
  }
  return [];
}

/** Where the function or the constant is used that a node is the value of. */
function usesOf(node: ts.Node): ts.Node[] {
  let named: ts.Node | undefined = node;
  while (named !== undefined && !(ts.isFunctionDeclaration(named) || ts.isVariableDeclaration(named)) && named.parent !== undefined) named = named.parent;
  const name = named !== undefined && (ts.isFunctionDeclaration(named) || ts.isVariableDeclaration(named)) ? named.name : undefined;
  if (name === undefined || !ts.isIdentifier(name)) return [];
  const uses: ts.Node[] = [];
  const visit = (at: ts.Node): void => {
    if (ts.isIdentifier(at) && at.text === name.text && at !== name && !ts.isImportSpecifier(at.parent)) uses.push(ts.isCallExpression(at.parent) && at.parent.expression === at ? at.parent : at);
    ts.forEachChild(at, visit);
  };
  visit(node.getSourceFile());
  return uses;
}

const nameOf = (node: ts.Node | undefined): string | undefined =>
  node !== undefined && (ts.isPropertyAssignment(node) || ts.isShorthandPropertyAssignment(node)) && (ts.isIdentifier(node.name) || ts.isStringLiteralLike(node.name)) ? node.name.text : undefined;
