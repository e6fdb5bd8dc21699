import assert from "node:assert/strict";
import type { Json } from "../../../contract/json";
import { RequestError, StartError } from "../../../container/src/failure";
import { compileValidator } from "../../../container/src/core/validation";
import { contract, example } from "../support/container";

const validate = compileValidator(contract.request);
const without = (field: string): Json => Object.fromEntries(Object.entries(example.request).filter(([name]) => name !== field));
const fault = (request: Json, bodyBytes = 500): RequestError => {
  try {
    validate(request, bodyBytes);
  } catch (error) {
    assert.ok(error instanceof RequestError);
    assert.equal(error.code, "validation-failed");
    return error;
  }
  return assert.fail("the request was accepted");
};
const change = (fields: Record<string, Json>): Json => ({ ...example.request, ...fields });

describe("a request held against its contract", () => {
  it("passes where it satisfies the schema, at the edges too", () => {
    validate(example.request, 500);
    validate(change({ hour: 0, day_of_week: 6, latitude: -90, longitude: 180, capacity: 0, historical_bikes: Array<number>(24).fill(0) }), 500);
    validate(change({ hour: 14.5 }), 500);
  });

  for (const [name, request, path, message] of [
    ["a missing field", without("hour"), "/hour", /^\/hour is required$/],
    ["a field that is not the contract's", change({ horas: 3 }), "/horas", /\/horas is not a field of this contract/],
    ["23 values", change({ historical_bikes: Array<number>(23).fill(1) }), "/historical_bikes", /fewer than 24 items/],
    ["25 values", change({ historical_bikes: Array<number>(25).fill(1) }), "/historical_bikes", /more than 24 items/],
    ["a negative count", change({ historical_bikes: [...Array<number>(23).fill(1), -1] }), "/historical_bikes/23", />= 0/],
    ["an hour past 23", change({ hour: 24 }), "/hour", /<= 23/],
    ["a number as text", change({ hour: "15" }), "/hour", /must be number/],
    ["0 for false", change({ is_weekend: 0 }), "/is_weekend", /must be boolean/],
    ["null for a number", change({ capacity: null }), "/capacity", /must be number/],
    ["an infinite number, as 1e999 parses", change({ capacity: JSON.parse("1e999") as number }), "/capacity", /must be number/],
    ["an empty code", change({ station_code: "" }), "/station_code", /fewer than 1 character/],
    ["a list", [], "", /^the request must be object$/],
    ["null", null, "", /^the request must be object$/],
    ["a __proto__ member", JSON.parse(JSON.stringify(example.request).replace("{", '{"__proto__":{"hour":1},')) as Json, "/__proto__", /not a field/],
  ] as const) {
    it(`names ${name}`, () => {
      const error = fault(request);
      assert.equal(error.path, path);
      assert.match(error.message, message);
    });
  }

  it("lists every fault of a small body, five in words", () => {
    assert.match(fault({}).message, /^\/station_code is required; \/historical_bikes is required; .*; and 3 more$/);
  });

  it("stops at the first fault of a large body", () => {
    const many = change({ historical_bikes: Array<number>(500_000).fill(-1) });
    assert.doesNotMatch(fault(many, 2_000_000).message, /;/);
  });

  it("escapes the names in a pointer", () => {
    assert.equal(fault(change({ "a/b~c": 1 })).path, "/a~1b~0c");
  });

  it("says what an enumeration allows", () => {
    const check = compileValidator({ type: "object", properties: { kind: { enum: ["a", "b"] } } });
    assert.throws(() => check({ kind: "c" }, 10), { path: "/kind", message: '/kind must be one of "a", "b"' });
  });

  it("knows formats", () => {
    const check = compileValidator({ type: "string", format: "date-time" });
    check("2025-11-02T15:04:09Z", 10);
    assert.throws(() => check("yesterday", 10), { code: "validation-failed" });
  });

  it("is refused as a whole where the schema does not compile", () => {
    assert.throws(() => compileValidator({ type: "nonsense" }), (error: unknown) => error instanceof StartError && error.code === "spec-invalid");
  });
});
