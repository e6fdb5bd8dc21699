import { constants } from "node:buffer";
import assert from "node:assert/strict";
import fc from "fast-check";
import { MAX_DEPTH, parseJson } from "../../../container/src/core/json-text";
import { RequestError } from "../../../container/src/failure";

const bytes = (text: string): Buffer => Buffer.from(text, "utf8");
const nested = (depth: number): Buffer => bytes("[".repeat(depth) + "]".repeat(depth));
const refused = (body: Uint8Array, message: RegExp): void =>
  assert.throws(() => parseJson(body), (error: unknown) => error instanceof RequestError && error.code === "malformed-json" && message.test(error.message));

describe("a body as JSON", () => {
  it("is what JSON.parse makes of it", () => {
    fc.assert(fc.property(fc.json({ maxDepth: 8 }), (text) => assert.deepEqual(parseJson(bytes(text)), JSON.parse(text))));
  });

  it("never throws anything but malformed-json", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (body) => {
        try {
          parseJson(body);
        } catch (error) {
          assert.ok(error instanceof RequestError && error.code === "malformed-json");
        }
      }),
    );
  });

  it("counts brackets, but not those inside strings", () => {
    assert.doesNotThrow(() => parseJson(nested(MAX_DEPTH)));
    refused(nested(MAX_DEPTH + 1), /deeper than 100/);
    refused(nested(10_000), /deeper than 100/);
    const text = JSON.stringify({ text: "[".repeat(500) + '\\"' + "{".repeat(500) });
    assert.deepEqual(parseJson(bytes(text)), JSON.parse(text));
  });

  it("says what is wrong without quoting the body", () => {
    refused(bytes(""), /empty/);
    refused(bytes('{"name": "Ada Lovelace'), /not JSON/);
    refused(Buffer.from([0x22, 0xff, 0x22]), /not UTF-8/);
    assert.throws(() => parseJson(bytes('{"name": Ada}')), (error: unknown) => !String(error).includes("Ada"));
  });

  it("is refused where it is longer than any text, before it is looked at", () => {
    // Never written to, so it takes no memory.
    assert.throws(() => parseJson(new Uint8Array(constants.MAX_STRING_LENGTH + 1)), (error) => error instanceof RequestError && error.code === "body-too-large");
  });
});
