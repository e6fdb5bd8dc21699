import assert from "node:assert/strict";
import { MAX_FILE_BYTES } from "../../contract/registry";
import { MAX_ISSUES_PER_FILE, parse, type ParsedFile } from "../../planning/parse";

const parseText = (text: string): ParsedFile => parseBytes(Buffer.from(text));
const parseBytes = (content: Uint8Array): ParsedFile => parse({ path: "registry/models/x.yaml", content });
const codes = ({ issues }: ParsedFile): string[] => issues.map(({ code }) => code);
const first = ({ issues }: ParsedFile): string => `${issues[0]!.line}:${issues[0]!.column} ${issues[0]!.code}`;

describe("parse: what is read", () => {
  it("is YAML 1.2: no, dates and sexagesimals are text", () => {
    const { data, issues } = parseText("a: no\nb: 2026-11-23\nc: 12:30\nd: 0o17\ne: 1.5\nf: ~\ng: 'it''s'\n");
    assert.deepEqual(data, { a: "no", b: "2026-11-23", c: "12:30", d: 15, e: 1.5, f: null, g: "it's" });
    assert.deepEqual(issues, []);
  });

  it("may have Windows line ends and a byte order mark, and counts columns as editors do", () => {
    const parsed = parseText("\ufeffa: é\r\nb: 😀\r\nc: { d: 'x', d: 1 }\r\n");
    assert.deepEqual(parsed.data, { a: "é", b: "😀", c: { d: "x" } });
    assert.equal(first(parsed), "3:14 yaml-duplicate-key");
    assert.equal(first(parseText("😀😀: 1\n😀😀: 2\n")), "2:1 yaml-duplicate-key");
    assert.equal(first(parseText("{ 😀: 1, 😀: 2 }")), "1:10 yaml-duplicate-key");
  });

  it("keeps names like those of Object's own members as plain data", () => {
    const { data, issues } = parseText("constructor: 1\ntoString: 2\nhasOwnProperty: 3\n");
    assert.deepEqual(Object.entries(data!), [["constructor", 1], ["toString", 2], ["hasOwnProperty", 3]]);
    assert.deepEqual(issues, []);
  });

  it("never sets a prototype", () => {
    const parsed = parseText("a: { __proto__: { polluted: true } }\n__proto__: { polluted: true }\n");
    assert.deepEqual(codes(parsed), ["yaml-key", "yaml-key"]);
    assert.equal(Object.getPrototypeOf(parsed.data!), Object.prototype);
    assert.equal((parsed.data as { polluted?: boolean }).polluted, undefined);
    assert.equal(({} as { polluted?: boolean }).polluted, undefined);
  });
});

describe("parse: hostile input", () => {
  it("stops an alias bomb: nothing is ever expanded", () => {
    const levels = Array.from({ length: 20 }, (_, level) => `l${level + 1}: &l${level + 1} [${`*l${level}, `.repeat(9)}*l${level}]`);
    const parsed = parseText(`l0: &l0 [lol]\n${levels.join("\n")}\n`);
    assert.equal(parsed.issues.length, MAX_ISSUES_PER_FILE);
    assert.ok(codes(parsed).every((code) => code === "yaml-alias"));
    assert.equal(first(parsed), "1:9 yaml-alias");
  });

  for (const [name, text] of [
    ["brackets", `a: ${"[".repeat(10_000)}${"]".repeat(10_000)}`],
    ["brackets that never close", "[".repeat(MAX_FILE_BYTES)],
    ["maps in one line", "{a: ".repeat(50_000)],
    ["compact lists", `${"- ".repeat(10_000)}x`],
    ["complex keys", `${"? ".repeat(100_000)}x`],
    ["empty keys", ": ".repeat(100_000)],
    ["indented maps", Array.from({ length: 700 }, (_, depth) => `${" ".repeat(depth)}a:`).join("\n")],
  ] as const) {
    it(`stops ${name} nested without end, before the library recurses`, () => {
      assert.deepEqual(codes(parseText(text)), ["yaml-too-deep"]);
    });
  }

  it("still reads 60 levels", () => {
    const parsed = parseText(`a: ${"[".repeat(60)}${"]".repeat(60)}`);
    assert.deepEqual(parsed.issues, []);
  });

  it("refuses files over the limit, and reads those at it", () => {
    const padded = (bytes: number): Buffer => Buffer.from(`a: 1 #${"x".repeat(bytes - 6)}`);
    assert.deepEqual(codes(parseBytes(padded(MAX_FILE_BYTES))), []);
    assert.deepEqual(codes(parseBytes(padded(MAX_FILE_BYTES + 1))), ["file-refused"]);
    assert.deepEqual(codes(parseBytes(Buffer.alloc(10 * 1024 * 1024, "a: 1\n"))), ["file-refused"]);
    assert.deepEqual(codes(parse({ path: "x", content: { refused: "it is a symbolic link" } })), ["file-refused"]);
  });

  it("points at the byte that is not UTF-8", () => {
    const at = (...bytes: (string | number[])[]): string => first(parseBytes(Buffer.concat(bytes.map((part) => Buffer.from(part as string)))));
    assert.equal(at("a: 1\nb: é", [0xff], "\n"), "2:5 file-not-text");
    assert.equal(at("\ufeffa: é", [0xc3], "b"), "1:5 file-not-text");
    assert.equal(at("a: ", [0xed, 0xa0, 0x80]), "1:4 file-not-text"); // a lone surrogate
    assert.equal(at("a: ", [0xf0, 0x9f]), "1:4 file-not-text"); // cut off
    assert.equal(at([0xff, 0xfe, 0x61, 0x00]), "1:1 file-not-text"); // UTF-16
  });

  it("points at control characters", () => {
    assert.equal(first(parseText("a: 1\nb: \0x")), "2:4 file-not-text");
    assert.equal(first(parseText("a: \x1b[31mred")), "1:4 file-not-text");
  });

  it("never lets a terminal obey what a file says", () => {
    const { issues } = parseText('"\\e[2Ja": 1\n"\\e[2Ja": 2\n"\\u202eb": 1\n"\\u202eb": 2\n');
    assert.equal(issues.length, 2);
    for (const issue of issues) assert.doesNotMatch(Object.values(issue).join(""), /[\u001b\u202e]/);
    assert.match(issues[0]!.message, /\\u001b\[2Ja is written twice/);
  });

  it("refuses directives, which could turn the file into YAML 1.1", () => {
    assert.equal(first(parseText("%YAML 1.1\n---\na: no\n")), "1:1 yaml-syntax");
    assert.equal(first(parseText("%TAG ! tag:example.com,2026:\n---\na: !x 1\n")), "1:1 yaml-syntax");
  });

  it("finds a second document, even an empty one", () => {
    assert.equal(first(parseText("a: 1\n---\n")), "2:1 yaml-multiple-documents");
    assert.deepEqual(codes(parseText("---\na: 1\n...\n")), []);
  });

  it("reports duplicates among many keys without comparing all with all", () => {
    const keys = Array.from({ length: 20_000 }, (_, index) => `k${index}: 1`).join("\n");
    assert.deepEqual(codes(parseText(`${keys}\nk7: 2\n`)), ["yaml-duplicate-key"]);
  });

  it("reads very long lines", () => {
    assert.equal(String(parseText(`a: ${"x".repeat(200_000)}`).data!["a"]).length, 200_000);
  });

  it("refuses a map with a tag, once", () => {
    assert.deepEqual(codes(parseText("!!js { a: 1 }")), ["yaml-tag"]);
    assert.equal(parseText("!!js { a: 1 }").data, undefined);
  });

  it("never quotes the rest of the file", () => {
    for (const { message } of parseText(`a: 1\n"${"x".repeat(100_000)}\n`).issues) assert.ok(message.length < 200, message.slice(0, 300));
  });

  it("says where and why for what is no map", () => {
    const messages = ["", "# only\n", "- a\n", "text", "null", "*x", "!!map {}", "!!!"].map((text) => codes(parseText(text))[0]);
    assert.deepEqual(messages, ["yaml-empty", "yaml-empty", "yaml-not-a-map", "yaml-not-a-map", "yaml-empty", "yaml-not-a-map", "yaml-tag", "yaml-syntax"]);
  });
});
