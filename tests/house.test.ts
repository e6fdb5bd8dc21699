import assert from "node:assert/strict";
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
  cli: { to: ["planning", "client", "contract", "registry"] },
  // It runs the composition root as it is, in the embedded engine.
  local: { to: ["contract", "registry", "planning", "index.ts"] },
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

/** A comment may speak of what the code must not do. */
const codeOf = (line: string): string => line.replace(/^\s*(\/\/|\*|\/\*).*$/, "");

const describeImport = ({ from, line, to, typeOnly }: Import): string => `${from}:${line} imports ${typeOnly ? "the types of " : ""}${to}`;

function assertNone(offenders: readonly string[]): void {
  assert.ok(offenders.length === 0, `\n  ${offenders.join("\n  ")}`);
}
