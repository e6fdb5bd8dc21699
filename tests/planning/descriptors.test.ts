import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isErrorCode } from "../../contract/errors";
import type { Issue } from "../../contract/issue";
import { loadRegistry } from "../../planning/load";
import { readRegistry } from "../../registry/read";

const root = join(__dirname, "..", "..");
const folder = join(root, "tests", "descriptors");
const { contracts } = readRegistry(root);

/** A descriptor, whose header says what is wrong with it: `#   12:3 code`, `(warning)` behind it for a warning. */
interface Fixture {
  readonly kind: "valid" | "invalid";
  readonly file: string;
  readonly text: string;
}

const fixtures = (["valid", "invalid"] as const).flatMap((kind): Fixture[] =>
  readdirSync(join(folder, kind))
    .sort()
    .map((file) => ({ kind, file, text: readFileSync(join(folder, kind, file), "utf8") })),
);

function expected(text: string): string[] {
  const header = /# expect:\n((?:# {3}.*\n)*)/.exec(text)?.[1];
  assert.ok(header !== undefined && header !== "", "a fixture says what it expects");
  const lines = header.trimEnd().split("\n").map((line) => line.slice(4));
  return lines[0] === "nothing" ? [] : lines;
}

/** All of them in one registry, as they would stand: an issue of one must not depend on the others. */
function issuesByFile(change: (text: string) => string = (text) => text): Map<string, Issue[]> {
  const descriptors = fixtures.map(({ file, text }) => ({ path: `registry/models/${file}`, content: Buffer.from(change(text)) }));
  const { issues } = loadRegistry({ descriptors, contracts });
  return new Map(fixtures.map(({ file }) => [file, issues.filter((issue) => issue.file === `registry/models/${file}`)]));
}

const short = ({ line, column, code, severity }: Issue): string => `${line}:${column} ${code}${severity === "warning" ? " (warning)" : ""}`;

describe("descriptor fixtures", () => {
  const found = issuesByFile();

  for (const { kind, file, text } of fixtures) {
    it(`${kind}/${file} has the issues that it says, in place`, () => {
      const issues = found.get(file)!;
      assert.deepEqual(issues.map(short), expected(text));
      assert.equal(issues.length === 0, kind === "valid");
      for (const issue of issues) assert.ok(isErrorCode(issue.code), `${issue.code} has no row in contract/errors.ts`);
    });
  }

  it("mean the same with Windows line ends and a byte order mark", () => {
    const windows = issuesByFile((text) => `\ufeff${text.replaceAll("\n", "\r\n")}`);
    for (const { file, text } of fixtures) assert.deepEqual(windows.get(file)!.map(short), expected(text), file);
  });

  it("are quoted by their issues: what stands at the place is what the message names", () => {
    const text = fixtures.find(({ file }) => file === "five-mistakes.yaml")!.text;
    const written = found.get("five-mistakes.yaml")!.map(({ line, column }) => text.split("\n")[line - 1]!.slice(column - 1));
    assert.deepEqual(
      ["ownr", "forcast", "v2", "2500 MiB", "500"].map((start, index) => written[index]!.startsWith(start)),
      [true, true, true, true, true],
    );
  });
});
