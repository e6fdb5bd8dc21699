import assert from "node:assert/strict";
import { type CheckedContract, readContract } from "../../planning/contracts";

const read = (text: string): CheckedContract => readContract({ path: "registry/contracts/x.yaml", content: Buffer.from(text) });
const issues = (text: string): string[] => read(text).issues.map(({ line, column, code, path }) => `${line}:${column} ${code} ${path}`);

const GOOD = `request:
  type: object
  additionalProperties: false
  required: [hour]
  properties:
    hour: { type: integer, minimum: 0, maximum: 23 }
response:
  type: object
  required: [count, time]
  properties: { count: { type: integer }, time: { type: string } }
examples:
  - name: one
    request: { hour: 7 }
    response: { count: 3 }
`;

describe("contracts", () => {
  it("are read where schemas compile and examples satisfy them; golden answers may leave fields out", () => {
    const { contract, issues: found } = read(GOOD);
    assert.deepEqual(found, []);
    assert.equal(contract!.examples.length, 1);
    assert.match(contract!.sha256, /^[0-9a-f]{64}$/);
  });

  it("have a digest of what they say, not of how it is written", () => {
    const other = `# a comment\n${GOOD.replace("{ type: integer, minimum: 0, maximum: 23 }", "\n      maximum: 23\n      minimum: 0\n      type: integer")}`;
    assert.equal(read(other).contract!.sha256, read(GOOD).contract!.sha256);
    assert.notEqual(read(GOOD.replace("maximum: 23", "maximum: 24")).contract!.sha256, read(GOOD).contract!.sha256);
  });

  const bad: readonly (readonly [string, string, string[]])[] = [
    ["a request that breaks its own schema", GOOD.replace("hour: 7", "hour: 24"), ["13:22 contract-example examples.0.request.hour"]],
    ["a request that leaves a field out", GOOD.replace("{ hour: 7 }", "{}"), ["13:5 contract-example examples.0.request.hour"]],
    ["an answer of the wrong type", GOOD.replace("count: 3", "count: three"), ["14:24 contract-example examples.0.response.count"]],
    ["a type that is none", GOOD.replace("type: integer,", "type: integr,"), ["6:19 contract-schema request.properties.hour.type"]],
    ["a misspelt keyword", GOOD.replace("maximum: 23", "maximun: 23"), ["6:40 contract-schema request.properties.hour.maximun"]],
    ["a broken pattern", GOOD.replace("{ type: string }", '{ type: string, pattern: "(" }'), ["10:74 contract-schema response.properties.time.pattern"]],
    ["a reference to elsewhere", GOOD.replace("{ type: string }", "{ $ref: https://example.com/schema }"), ["7:1 contract-schema response"]],
    ["another draft", GOOD.replace("request:\n", "request:\n  $schema: https://json-schema.org/draft/2020-12/schema\n"), ["2:12 contract-schema request.$schema"]],
    ["an unknown section", `${GOOD}exmples: []\n`, ["15:1 unknown-field exmples"]],
    ["no examples", GOOD.slice(0, GOOD.indexOf("examples:")), ["1:1 missing-field examples"]],
    ["two examples of one name", `${GOOD}  - name: one\n    request: { hour: 8 }\n    response: {}\n`, ["15:11 contract-example examples.1.name"]],
  ];
  for (const [what, text, expected] of bad) {
    it(`with ${what} are refused in place`, () => {
      assert.deepEqual(issues(text), expected);
      assert.equal(read(text).contract, undefined);
    });
  }

  it("with a schema that refers to itself for ever are refused, and end", () => {
    const endless = GOOD.replace("request:\n  type: object\n", "request:\n  $ref: '#'\n  type: object\n");
    assert.deepEqual(issues(endless).map((issue) => issue.split(" ")[1]), ["contract-schema"]);
  });

  it("may share an $id without disturbing each other", () => {
    const named = GOOD.replace("request:\n", "request:\n  $id: https://example.com/request\n");
    assert.deepEqual([issues(named), issues(named)], [[], []]);
  });
});
