import { Composer, Lexer, LineCounter, Parser, type CST, type Document, type ParsedNode } from "yaml";
import { sortIssues, type Issue } from "../contract/issue";
import type { Json } from "../contract/json";
import { decode } from "./decode";
import { issueAt } from "./issues";
import { type Path, Positions } from "./positions";
import type { RegistryFile } from "./types";
import { MAX_DEPTH, readValue, type ValueFault } from "./values";

/** One file as data, with the way back from the data to the text. */
export interface ParsedFile {
  readonly file: string;
  /** Undefined where nothing can be said of the content: not text, not YAML, not one map. */
  readonly data: { readonly [key: string]: Json } | undefined;
  readonly positions: Positions;
  /** Paths whose content was refused; what stands there in `data` means nothing. */
  readonly unreadable: readonly Path[];
  readonly issues: readonly Issue[];
}

/** After so many problems in one file, the rest is left for the next run. */
export const MAX_ISSUES_PER_FILE = 100;

/**
 * Reads one YAML file: bytes to plain data. YAML 1.2, core schema, one document,
 * a map at its root; no anchors, aliases, merge keys, tags or directives, so that
 * every value stands where it is read. Never throws; every problem is an issue.
 */
export function parse(source: RegistryFile): ParsedFile {
  const lines = new LineCounter();
  const decoded = decode(source);
  if (!("text" in decoded)) {
    const issue = issueAt(source.path, decoded.position, [], decoded);
    return { file: source.path, data: undefined, positions: new Positions(null, lines), unreadable: [], issues: [issue] };
  }
  // Counted here: the library's parser misses the line ends inside what it cannot make sense of.
  lines.addNewLine(0);
  for (let end = decoded.text.indexOf("\n"); end >= 0; end = decoded.text.indexOf("\n", end + 1)) lines.addNewLine(end + 1);
  const { document, faults } = compose(decoded.text);
  const value = document === undefined || faults.length > 0 ? undefined : readValue(document.contents);
  const positions = new Positions(value === undefined ? null : (document!.contents), lines);
  // The end of the text may lie behind the last line that an editor shows.
  const end = Math.max(decoded.text.trimEnd().length - 1, 0);
  const issues = [...faults, ...(value?.faults ?? [])].map((fault) => issueAt(source.path, positions.at(Math.min(fault.offset, end)), fault.path, fault));
  return { file: source.path, data: value?.data, positions, unreadable: value?.unreadable ?? [], issues: sortIssues(issues).slice(0, MAX_ISSUES_PER_FILE) };
}

const options = {
  version: "1.2",
  schema: "core",
  strict: true,
  merge: false,
  resolveKnownTags: false,
  // Ours is linear, and says where both stand; the library's compares every pair of keys.
  uniqueKeys: false,
  prettyErrors: false,
  logLevel: "silent",
} as const;

/**
 * Text to syntax tree. The library's composer recurses, and a deep enough
 * document takes the process with it, beyond any catch. Its parser does not, so
 * the depth is watched there, token by token, before anything is composed.
 */
function compose(text: string): { document?: Document.Parsed; faults: ValueFault[] } {
  const parser = new Parser();
  const tokens: CST.Token[] = [];
  for (const lexeme of new Lexer().lex(text)) {
    for (const token of parser.next(lexeme)) tokens.push(token);
    if (parser.stack.length > MAX_DEPTH + 2) {
      return { faults: [syntaxFault("yaml-too-deep", parser.offset, `collections are nested more than ${MAX_DEPTH} deep here`, "a descriptor needs no more than eight levels")] };
    }
  }
  tokens.push(...parser.end());
  const refused = refusedToken(tokens);
  if (refused !== undefined) return { faults: [refused] };

  const composer = new Composer<ParsedNode>(options);
  const [document] = [...composer.compose(tokens, true, text.length)] as Document.Parsed[];
  return { document: document!, faults: syntaxFaults(document!) };
}

/** Directives, which could change the meaning of all that follows, and second documents, which would go unread. */
function refusedToken(tokens: readonly CST.Token[]): ValueFault | undefined {
  let documents = 0;
  for (const token of tokens) {
    if (token.type === "directive") return syntaxFault("yaml-syntax", token.offset, `the directive ${quote(token.source)} is not read`, "remove it: files are YAML 1.2 throughout");
    if (token.type === "document" && ++documents === 2) {
      return syntaxFault("yaml-multiple-documents", token.offset, "a second document starts here", "one file holds one document: move this to a file of its own, or remove the ---");
    }
  }
  return undefined;
}

/** One mistake in the syntax often raises several errors behind it on the same line; the first says it. */
function syntaxFaults(document: Document.Parsed): ValueFault[] {
  const faults: ValueFault[] = [];
  for (const error of document.errors.slice(0, MAX_ISSUES_PER_FILE)) {
    const tab = error.code === "TAB_AS_INDENT";
    // The library quotes the token, which may be the rest of the file.
    const said = error.message.replace(/ token in YAML stream: .*/s, " here").replace(/\.$/, "");
    const message = said.charAt(0).toLowerCase() + said.slice(1);
    faults.push(
      tab
        ? syntaxFault("yaml-tab", error.pos[0], "a tab cannot indent", "use two spaces for each level")
        : syntaxFault("yaml-syntax", error.pos[0], `this is not YAML: ${message}`, SYNTAX_HINTS[error.code]),
    );
  }
  return faults;
}

const SYNTAX_HINTS: { readonly [code: string]: string } = {
  BAD_INDENT: "indent it like its neighbours",
  BLOCK_AS_IMPLICIT_KEY: "start the inner map on a line of its own, or put the value in quotes",
  MISSING_CHAR: "look for a missing quote, comma or bracket before this place",
  MULTILINE_IMPLICIT_KEY: "look for a missing colon on this line or the one before",
  UNEXPECTED_TOKEN: "look for a missing quote, comma or bracket before this place",
};

const syntaxFault = (code: string, offset: number, message: string, hint?: string): ValueFault => ({ code, offset, path: [], message, ...(hint === undefined ? {} : { hint }) });

const quote = (text: string): string => JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
