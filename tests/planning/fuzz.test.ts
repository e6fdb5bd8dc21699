import assert from "node:assert/strict";
import { join } from "node:path";
import fc from "fast-check";
import { isErrorCode } from "../../contract/errors";
import type { Issue } from "../../contract/issue";
import { loadRegistry } from "../../planning/load";
import { readRegistry } from "../../registry/read";

const registry = readRegistry(join(__dirname, "..", ".."));
const velib = registry.contracts.filter(({ path }) => path.endsWith("velib-lstm.yaml"));
const texts = registry.descriptors.map(({ content }) => Buffer.from(content as Uint8Array).toString("utf8"));
const contractText = Buffer.from(velib[0]!.content as Uint8Array).toString("utf8");

/** Every issue is a row of the table, and stands inside the file as an editor shows it. */
function assertSound(issues: readonly Issue[], text: string): void {
  const lines = text.replace(/^\ufeff/, "").split(/\r\n|\n/);
  for (const issue of issues) {
    assert.ok(isErrorCode(issue.code), issue.code);
    assert.ok(issue.line >= 1 && issue.line <= lines.length, `line ${issue.line} of ${lines.length}: ${issue.code}`);
    assert.ok(issue.column >= 1 && issue.column <= lines[issue.line - 1]!.length + 1, `column ${issue.column} of "${lines[issue.line - 1]!}": ${issue.code}`);
    assert.ok(issue.message.length > 0 && issue.message.length < 1000 && !issue.message.includes("\n"), issue.message);
  }
}

const descriptorIssues = (content: Uint8Array): Issue[] => loadRegistry({ descriptors: [{ path: "registry/models/x.yaml", content }], contracts: [] }).issues;

/** What breaks YAML, numbers, names and merges, when it lands where it should not. */
const shards = fc.constantFrom(
  ": ", "\n", "\n  ", "- ", "{", "}", "[", "]", '"', "'", "#", "&a ", "*a", "!!js ", "? ", "|\n", ">-\n", "\t", "\r\n", "---\n", "%YAML 1.1\n", ",",
  "null", "~", "<<: *a\n", "__proto__: 1\n", "constructor: { prototype: 1 }\n", "{ toString: 1, valueOf: 2 }", "environments:\n  prod:\n    serving: null\n", "9".repeat(30), "-1", "1e999", ".nan", "2500 MiB", "5 min",
  "\u0000", "\ufeff", "\u202e", "😀", "é", "\ud800",
);

const mutation = fc.record({ at: fc.nat(), length: fc.oneof(fc.constant(0), fc.nat({ max: 12 })), insert: fc.oneof(shards, fc.string({ maxLength: 6 })) });
const mutate = (text: string, mutations: readonly { at: number; length: number; insert: string }[]): string =>
  mutations.reduce((result, { at, length, insert }) => {
    const start = at % (result.length + 1);
    return result.slice(0, start) + insert + result.slice(start + length);
  }, text);

describe("whatever a file holds", () => {
  it("a mutated descriptor gives issues in place, and never an exception", () => {
    fc.assert(
      fc.property(fc.constantFrom(...texts), fc.array(mutation, { minLength: 1, maxLength: 6 }), (text, mutations) => {
        const mutated = Buffer.from(mutate(text, mutations));
        assertSound(descriptorIssues(mutated), mutated.toString("utf8"));
      }),
      { numRuns: 600 },
    );
  });

  it("a descriptor with a value replaced by any other gives issues in place", () => {
    const lines = texts.flatMap((text) => text.split("\n").map((line, index) => ({ text, line, index })).filter(({ line }) => /^\s*[\w-]+: \S/.test(line)));
    fc.assert(
      fc.property(fc.constantFrom(...lines), fc.json({ maxDepth: 2 }), ({ text, line, index }, value) => {
        const changed = text.split("\n").with(index, line.replace(/: .*/s, () => `: ${value}`)).join("\n");
        assertSound(descriptorIssues(Buffer.from(changed)), changed);
      }),
      { numRuns: 300 },
    );
  });

  it("random bytes and random text give issues in place", () => {
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), fc.array(shards, { maxLength: 30 }).map((parts) => new Uint8Array(Buffer.from(parts.join(""))))), (content) => {
        const issues = descriptorIssues(content);
        assert.ok(issues.length > 0);
        assertSound(issues, Buffer.from(content).toString("utf8"));
      }),
      { numRuns: 600 },
    );
  });

  it("a mutated contract gives issues in place, and never an exception", () => {
    const load = (content: Uint8Array): Issue[] => loadRegistry({ descriptors: [], contracts: [{ path: "registry/contracts/x.yaml", content }] }).issues;
    fc.assert(
      fc.property(fc.array(mutation, { minLength: 1, maxLength: 4 }), (mutations) => {
        const mutated = Buffer.from(mutate(contractText, mutations));
        assertSound(load(mutated), mutated.toString("utf8"));
      }),
      { numRuns: 60 },
    );
  });
});
