import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { parse } from "yaml";
import { addressBeside, editVersion, versionIn, type VersionFields } from "../../registry/edit-version";

const folder = join(__dirname, "../../registry/models");
const descriptors = readdirSync(folder).map((name) => readFileSync(join(folder, name), "utf8"));
const edited = (text: string, version: string, fields: VersionFields): string => {
  const result = editVersion(text, version, fields);
  assert.ok("text" in result, JSON.stringify(result));
  return result.text;
};

describe("editing a version", () => {
  it("adds lines and changes none", () => {
    for (const text of descriptors) {
      const before = text.split("\n");
      const after = edited(text, "v9", { artifact: addressBeside(text, "v9")!, sha256: "7".repeat(64) }).split("\n");
      const at = after.findIndex((line) => line === "  v9:");
      assert.match(after[at + 1]!, /^ {4}artifact: s3:\/\/.*\/v9\/model\.tar\.gz$/);
      assert.equal(after[at + 2], `    sha256: "${"7".repeat(64)}"`);
      assert.deepEqual([...after.slice(0, at), ...after.slice(at + 3)], before);
    }
  });

  it("changes the one value that it is asked to, and nothing beside it", () => {
    const text = 'a: 1 # one\nversions:\n  v1:\n    artifact: s3://example/v1/m.tar.gz   # where\n    sha256: "11"   # what\n\n  # the second\n  v2: { artifact: s3://example/v2/m.tar.gz,   sha256: "22" } # flow\n\n# traffic\ntraffic: { v1:   100 }\n';
    assert.equal(edited(text, "v1", { sha256: "33" }), text.replace('"11"', '"33"'));
    assert.equal(edited(text, "v2", { sha256: "33", memory: "900 MiB" }), text.replace('"22" }', '"33", memory: 900 MiB }'));
    assert.equal(edited(text, "v1", { memory: "900 MiB" }), text.replace("# what\n", "# what\n    memory: 900 MiB\n"));
    assert.equal(edited(text, "v3", { artifact: "s3://example/v3/m.tar.gz", sha256: "33" }), text.replace("# flow\n", '# flow\n  v3: { artifact: s3://example/v3/m.tar.gz, sha256: "33" }\n'));
    assert.equal(edited(text.replaceAll("\n", "\r\n"), "v1", { sha256: "33" }), text.replaceAll("\n", "\r\n").replace('"11"', '"33"'));
  });

  it("gives back what was asked for, for any names and styles", () => {
    const name = fc.stringMatching(/^[a-z][a-z0-9]{0,5}$/);
    const text = fc.stringMatching(/^[\x20-\x7e]{1,20}$/);
    fc.assert(
      fc.property(fc.uniqueArray(name, { minLength: 1, maxLength: 4 }), name, text, text, fc.nat({ max: 2 }), (names, version, artifact, sha256, style) => {
        const body = names.map((each) => (style === 0 ? `  ${each}:\n      artifact: x # c\n      sha256: "1"` : `  ${each}: { artifact: x, sha256: "1" }`)).join("\n");
        const flow = `versions: { ${names.map((each) => `${each}: { artifact: x, sha256: "1" }`).join(", ")} }`;
        const source = `name: m\n${style === 2 ? flow : `versions:\n${body}`}\nend: 1\n`;
        const result = editVersion(source, version, { artifact, sha256 });
        assert.ok("text" in result);
        assert.deepEqual(parse(result.text), { ...(parse(source) as object), versions: { ...(parse(source) as { versions: object }).versions, [version]: { artifact, sha256 } } });
        assert.deepEqual(versionIn(result.text, version), { artifact, sha256 });
      }),
      // What YAML takes for a map, or for no text at all, where it is not quoted.
      { examples: ["A:", "s3://example/a:", "null", "True", "~", "1e3", "./a", "x #"].map((written) => [["a"], "b", written, written, 0]) },
    );
  });

  it("says why it cannot", () => {
    const problem = (text: string): string => (editVersion(text, "v1", { sha256: "1" }) as { problem: string }).problem;
    assert.match(problem("a: [1"), /^is not YAML: /);
    assert.equal(problem("name: m"), "has no versions to write beside");
    assert.equal(problem("versions: { v1: null }"), "does not say what v1 is");
    assert.equal(addressBeside("versions: { v1: { artifact: s3://example/model.tar.gz } }", "v2"), undefined);
    assert.equal(addressBeside("versions: { v1: { artifact: s3://example/v1/m-v1.tar.gz } }", "v2"), "s3://example/v2/m-v1.tar.gz");
  });
});
