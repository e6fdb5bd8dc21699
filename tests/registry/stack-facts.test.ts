import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { imageSourceSha256, SOURCE_FILES } from "../../registry/image-source";
import { readStackFacts } from "../../registry/stack-facts";

const repository = join(__dirname, "..", "..");

describe("stack facts", () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "slipway-stack-"));
    for (const [path, text] of Object.entries({ "container/src/serve.ts": "1", "container/dist/serve.cjs": "built", "contract/json.ts": "2" })) write(path, text);
    for (const path of SOURCE_FILES) write(path, "{}");
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  const write = (path: string, text: string): void => {
    mkdirSync(join(root, dirname(path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };

  it("are those of the repository's own stacks", () => {
    for (const stack of ["dev", "prod"]) {
      const { facts, issues } = readStackFacts(repository, stack);
      assert.deepEqual(issues, []);
      assert.equal(facts!.stack, stack);
      assert.match(facts!.region, /^[a-z]{2}-[a-z]+-\d$/);
      assert.match(facts!.imageSourceSha256, /^[0-9a-f]{64}$/);
      assert.match(facts!.today, /^\d{4}-\d{2}-\d{2}$/);
      assert.ok(facts!.monthlyBudget! > 0 && facts!.alarmEmails.length > 0);
    }
  });

  it("need only a region; other programs' settings are theirs", () => {
    write("Pulumi.dev.yaml", "encryptionsalt: v1:abc\nconfig:\n  aws:region: eu-west-3\n  other:key: { secure: xyz }\n");
    const { facts, issues } = readStackFacts(root, "dev");
    assert.deepEqual(issues, []);
    assert.deepEqual([facts!.region, facts!.monthlyBudget, facts!.alarmEmails], ["eu-west-3", undefined, []]);
  });

  it("say whether a stack is protected, in YAML's way or in the text that pulumi config writes", () => {
    for (const [written, protect] of [["true", true], ['"true"', true], ["false", undefined], ['"false"', undefined]] as const) {
      write("Pulumi.dev.yaml", `config:\n  aws:region: eu-west-3\n  slipway:protect: ${written}\n`);
      assert.equal(readStackFacts(root, "dev").facts!.protect, protect, written);
    }
    write("Pulumi.dev.yaml", "config:\n  aws:region: eu-west-3\n  slipway:protect: yes please\n");
    assert.deepEqual(readStackFacts(root, "dev").issues.map(({ code, path }) => [code, path]), [["wrong-value", "config.slipway:protect"]]);
  });

  it("state a price as a number, or in the text that pulumi config writes, and refuse another", () => {
    const read = (prices: string): unknown => {
      write("Pulumi.dev.yaml", `config:\n  aws:region: eu-west-3\n  slipway:prices: ${prices}\n`);
      const { facts, issues } = readStackFacts(root, "dev");
      return facts === undefined ? issues.map(({ line, column, code }) => `${line}:${column} ${code}`) : facts.prices;
    };
    assert.deepEqual(read("{ provisionedConcurrency: 0.00001 }"), { provisionedConcurrency: 0.00001 });
    assert.deepEqual(read('{ provisionedConcurrency: "0.00001" }'), { provisionedConcurrency: 0.00001 });
    assert.equal(read("{}"), undefined);
    assert.deepEqual(read("{ provisionedConcurrency: 0 }"), ["3:45 out-of-range"]);
    assert.deepEqual(read('{ provisionedConcurrency: "0.0" }'), ["3:45 wrong-value"]);
    assert.deepEqual(read("{ provisioned: 1 }"), ["3:21 unknown-field"]);
  });

  it("are refused in place", () => {
    write("Pulumi.dev.yaml", "config:\n  aws:region: Paris\n  slipway:monthlyBudget: 0\n  slipway:alarmEmails: [nobody]\n  slipway:montlyBudget: 5\n");
    const { facts, issues } = readStackFacts(root, "dev");
    assert.equal(facts, undefined);
    assert.deepEqual(issues.map(({ line, column, code }) => `${line}:${column} ${code}`), ["2:15 wrong-value", "3:26 out-of-range", "4:25 wrong-value", "5:3 unknown-field"]);
    assert.equal(issues[3]!.hint, 'did you mean "slipway:monthlyBudget"?');
  });

  it("of a stack without a file are an issue that lists the others, whatever the name", () => {
    write("Pulumi.dev.yaml", "config: { aws:region: eu-west-3 }\n");
    for (const stack of ["prd", "../dev", "", "a/b", "."]) {
      const { facts, issues } = readStackFacts(root, stack);
      assert.equal(facts, undefined);
      assert.deepEqual(issues.map(({ code, hint }) => [code, hint]), [["stack-unknown", "the stacks are dev"]]);
    }
  });

  it("hash the image's sources: contents and paths, and nothing that is built", () => {
    const before = imageSourceSha256(root);
    write("container/dist/serve.cjs", "built again");
    write("container/node_modules/x/index.js", "installed");
    write("local/main.ts", "not in the image");
    assert.equal(imageSourceSha256(root), before);
    write("container/src/serve.ts", "3");
    const edited = imageSourceSha256(root);
    assert.notEqual(edited, before);
    write("container/src/serve.ts", "1");
    assert.equal(imageSourceSha256(root), before);
    for (const path of SOURCE_FILES) {
      write(path, "edited");
      assert.notEqual(imageSourceSha256(root), before, path);
      write(path, "{}");
      assert.equal(imageSourceSha256(root), before);
    }
    write("container/src/empty.ts", "");
    assert.notEqual(imageSourceSha256(root), before);
  });
});
