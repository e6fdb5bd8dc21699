import assert from "node:assert/strict";
import { posix } from "node:path";
import { errorRow, errorSections, errorTable, type ErrorCode } from "../contract/errors";
import { codesIn, textsIn } from "./house/codes";
import { isGenerated, listFiles, read } from "./house/files";
import { importsOf, type Import } from "./house/imports";

/** Which room may import which. Nothing else may: a new arrow is a decision, taken here. */
const arrows: { readonly [room: string]: { readonly to: readonly string[]; readonly typesOf?: readonly string[] } } = {
  contract: { to: [] },
  planning: { to: ["contract"] },
  components: { to: ["contract"], typesOf: ["planning"] },
  container: { to: ["contract"] },
  client: { to: ["contract"] },
  provider: { to: ["contract"] },
  // Stack files go through the same guarded reading as descriptors.
  registry: { to: ["contract", "planning"] },
  // Artifacts are packed by what the container reads, and by its own readers.
  packaging: { to: ["contract", "container"] },
  cli: { to: ["planning", "client", "contract", "registry", "packaging"] },
  // It runs the composition root as it is, in the embedded engine, and calls what came up as an application would.
  local: { to: ["contract", "registry", "planning", "client", "packaging", "index.ts"] },
  "index.ts": { to: ["planning", "components", "contract", "registry"] },
  // As an application would: by the package's public name alone.
  examples: { to: ["client"] },
};

/** Rooms that look at every other, and that nothing may look at. */
const outside = new Set(["tests", "scripts", "bench", "training"]);

const roomOf = (path: string): string => path.split("/")[0]!;
const isSource = (path: string): boolean => /\.(ts|mts|cts|js|mjs|cjs)$/.test(path);
const files = listFiles();
const sources = files.filter((path) => isSource(path) && !isGenerated(path));

describe("house: imports", () => {
  const imports = sources.filter((path) => arrows[roomOf(path)] !== undefined).flatMap((path) => importsOf(path));

  it("sees every form of import", () => {
    const text = `
      import a from "./a"; import type { B } from "./b"; import { type C } from "./c"; import "./d";
      export * from "./e"; export type { F } from "./f"; type G = import("./g").G;
      const h = await import("./h"); const i = require("./i"); const j = require.resolve("./j"); import k = require("./k");
      // import "./comment"; and "import './text'"
    `;
    const seen = importsOf("client/x.ts", text).map(({ to, typeOnly }) => `${to}${typeOnly ? " (type)" : ""}`);
    const expected = ["a", "b (type)", "c (type)", "d", "e", "f (type)", "g (type)", "h", "i", "j", "k"].map((name) => `client/${name}`);
    assert.deepEqual(seen, expected);
  });

  it("go only along the arrows of the house", () => {
    const allowed = ({ from, to, typeOnly }: Import): boolean => {
      const [room, target] = [roomOf(from), roomOf(to)];
      const arrow = arrows[room]!;
      if (room === target || arrow.to.includes(target)) return true;
      return (arrow.typesOf?.includes(target) ?? false) && typeOnly;
    };
    assertNone(imports.filter((found) => found.ours && !allowed(found)).map(describeImport));
  });

  it("never lead into the rooms that look at all others", () => {
    assertNone(imports.filter(({ ours, to }) => ours && outside.has(roomOf(to))).map(describeImport));
  });

  it("use the client by its public name in examples", () => {
    const examples = sources.filter((path) => roomOf(path) === "examples");
    assert.ok(examples.length > 0);
    assertNone(examples.filter((path) => /from "\.\.?\//.test(read(path))));
  });

  it("belong to a room that the house knows", () => {
    const known = new Set([...Object.keys(arrows), ...outside, "eslint.config.mjs"]);
    assertNone(sources.filter((path) => !known.has(roomOf(path))));
  });
});

describe("house: planning is pure", () => {
  const planning = sources.filter((path) => roomOf(path) === "planning");

  it("imports neither Pulumi, nor the SDK, nor Node's effects", () => {
    // node:crypto hashes bytes it is given: names carry content.
    const pure = /^(node:crypto|yaml|ajv(-formats)?)(\/|$)/;
    const found = planning.flatMap((path) => importsOf(path)).filter(({ ours, to }) => !ours && !pure.test(to));
    assertNone(found.map(describeImport));
  });

  const impure: [what: string, pattern: RegExp][] = [
    ["the clock", /\bDate\.now\b|\bnew Date\(\s*\)|\bperformance\b/],
    ["the process", /\bprocess\./],
    ["chance", /\bMath\.random\b|\brandomUUID\b|\brandomBytes\b/],
    ["timers", /\bset(Timeout|Interval|Immediate)\b/],
    ["the network", /\bfetch\(/],
    ["the terminal", /\bconsole\./],
  ];
  for (const [what, pattern] of impure) {
    it(`does not touch ${what}`, () => assertNone(matches(planning, pattern, codeOf)));
  }
});

describe("house: errors", () => {
  const TABLE = "contract/errors.ts";
  const users = sources.filter((path) => path !== TABLE && (arrows[roomOf(path)] !== undefined || path === "index.ts"));

  it("have a row for every code in the source", () => {
    const unknown = users.flatMap((path) => codesIn(path).filter(({ code }) => !Object.hasOwn(errorTable, code)));
    assertNone(unknown.map(({ path, line, code }) => `${path}:${line}: "${code}" is no row of ${TABLE}`));
  });

  it("use every row somewhere", () => {
    const used = new Set(users.flatMap((path) => textsIn(path)));
    assertNone(Object.keys(errorTable).filter((code) => !used.has(code)));
  });

  it("stand in one section each, sorted", () => {
    const sections = Object.values(errorSections).map((section) => Object.keys(section));
    for (const codes of sections) assert.deepEqual(codes, [...codes].sort());
    assert.equal(sections.flat().length, Object.keys(errorTable).length, "a code of two sections");
  });

  it("are documented, each in the row of the reference that the table would write, and nothing else is", () => {
    const documented = [...read("docs/reference/errors.md").matchAll(/^\| `([a-z0-9-]+)` \|/gm)].map((match) => match[1]!);
    assert.deepEqual(documented, Object.values(errorSections).flatMap((section) => Object.keys(section)));
  });

  it("never try again, nor elsewhere, where the caller must mend the request", () => {
    for (const code of Object.keys(errorTable) as ErrorCode[]) {
      const { status, retryable, failsOver } = errorRow(code);
      if (status === 400 && code !== "endpoint-not-found") assert.ok(!retryable && !failsOver, code);
    }
  });

  it("say what it means and what to do in whole sentences", () => {
    const sentence = /^[A-Z`].*\.$/;
    assertNone(Object.entries(errorTable).flatMap(([code, { meaning, hint }]) => (sentence.test(meaning) && sentence.test(hint) ? [] : [code])));
  });
});

describe("house: files", () => {
  it("are small: one concern each", () => {
    // A table grows with what it lists.
    const tables = new Set(["contract/errors.ts"]);
    const long = sources
      .filter((path) => !tables.has(path) && roomOf(path) !== "tests")
      .map((path) => ({ path, lines: read(path).split("\n").length - 1 }))
      .filter(({ lines }) => lines > 300);
    assertNone(long.map(({ path, lines }) => `${path}: ${lines} lines`));
  });

  it("that are generated say so in their first lines", () => {
    const generated = files.filter(isGenerated);
    assert.ok(generated.length > 0);
    assertNone(generated.filter((path) => !/generated/i.test(read(path).split("\n").slice(0, 3).join("\n"))));
  });

  it("hold no default export", () => {
    const exempt = new Set(["eslint.config.mjs"]);
    assertNone(matches(sources.filter((path) => !exempt.has(path)), /^export default\b/, codeOf));
  });
});

describe("house: documents", () => {
  const documents = files.filter((path) => path.endsWith(".md"));
  const manifest = JSON.parse(read("package.json")) as { scripts: { [name: string]: string } };
  const verbs = [...read("cli/index.ts").matchAll(/\bname: "([a-z-]+)"/g)].map((match) => match[1]!);

  it("name only commands that exist", () => {
    assert.ok(verbs.includes("validate"), "the verbs are read from cli/index.ts");
    const offenders = documents.flatMap((path) => {
      const text = read(path);
      const scripts = [...text.matchAll(/\bnpm run ([a-z][\w:-]*)/g)].filter(([, name]) => manifest.scripts[name!] === undefined);
      const short = [...text.matchAll(/\bnpm (start|test)\b/g)].filter(([, name]) => manifest.scripts[name!] === undefined);
      const called = [...text.matchAll(/\bnpx slipway ([a-z][a-z-]*)/g)].filter(([, verb]) => verb !== "help" && !verbs.includes(verb!));
      return [...scripts, ...short, ...called].map(([command]) => `${path}: ${command}`);
    });
    assertNone(offenders);
  });

  it("link only to files that exist", () => {
    const known = new Set(files);
    const offenders = documents.flatMap((path) =>
      [...prose(read(path)).matchAll(/\]\((?![a-z]+:|#)([^)#\s]+)[^)]*\)/g)]
        .map((match) => posix.join(posix.dirname(path), match[1]!).replace(/\/$/, ""))
        .filter((target) => !known.has(target) && !files.some((file) => file.startsWith(`${target}/`)))
        .map((target) => `${path} links to ${target}`),
    );
    assertNone(offenders);
  });
});

describe("house: words", () => {
  const written = /\.(ts|mts|js|mjs|cjs|json|ya?ml|md|py|sh|html|css|txt)$|^\.ci\/|Dockerfile$/;
  const texts = files.filter((path) => written.test(path) && path !== "package-lock.json" && path !== "tests/house.test.ts");

  const forbidden: [what: string, pattern: RegExp, offender: string, fine: string][] = [
    ["a path of somebody's machine", /(?<![\w.$}])\/(work|home\/\w+|Users\/\w+|root)\//, "see /home/jo/x", "see registry/home/jo/x"],
    [
      "an AWS account but the documentation's",
      /(?:arn:aws[\w-]*:[\w-]*:[\w-]*:|\baccount\D{0,12})(?!111122223333|000000000000)\d{12}\b|(?<!\d)(?!111122223333|000000000000)\d{12}\.dkr\.ecr/,
      "arn:aws:iam::123456789012:role/x",
      "arn:aws:iam::111122223333:role/x",
    ],
    [
      "a bucket but examples",
      /s3:\/\/(?!example\b|sagemaker-|slipway-|bucket\b|other-bucket\b)[a-z0-9][a-z0-9.-]{2,}/,
      "s3://velib-production/x",
      "s3://example-velib-models/x",
    ],
  ];
  for (const [what, pattern, offender, fine] of forbidden) {
    it(`do not name ${what}`, () => {
      assert.ok(pattern.test(offender) && !pattern.test(fine));
      assertNone(matches(texts, pattern));
    });
  }
});

/** `path:line: text` of every line that matches, or whose part that `of` picks does. */
function matches(paths: readonly string[], pattern: RegExp, of = (line: string): string => line): string[] {
  return paths.flatMap((path) =>
    read(path)
      .split("\n")
      .flatMap((line, index) => (pattern.test(of(line)) ? [`${path}:${index + 1}: ${line.trim().slice(0, 120)}`] : [])),
  );
}

/** Markdown without its code: what is between back-ticks is no link. */
const prose = (markdown: string): string => markdown.replace(/^```[\s\S]*?^```/gm, "").replace(/`[^`\n]*`/g, "");

/** A comment may speak of what the code must not do, and an address holds any word. */
const codeOf = (line: string): string => line.replace(/^\s*(\/\/|\*|\/\*).*$/, "").replace(/https:\/\/[^\s"]*/g, "");

const describeImport = ({ from, line, to, typeOnly }: Import): string => `${from}:${line} imports ${typeOnly ? "the types of " : ""}${to}`;

function assertNone(offenders: readonly string[]): void {
  assert.ok(offenders.length === 0, `\n  ${offenders.join("\n  ")}`);
}
