import assert from "node:assert/strict";
import type { Json } from "../../../contract/json";
import { matchesPattern } from "../../../local/events/pattern";

const event = { source: "aws.sagemaker", detail: { name: "velib-prod-1", status: "Failed", count: 0, gone: null, list: ["a", "b"] } };
type Pattern = { readonly [field: string]: Json };

/** The cases of https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html and -content-based-filtering.html */
const cases: readonly { readonly pattern: Pattern; readonly matches: boolean }[] = [
  { pattern: {}, matches: true },
  { pattern: { source: ["aws.sagemaker"] }, matches: true },
  { pattern: { source: ["aws.ec2", "aws.sagemaker"] }, matches: true },
  { pattern: { source: ["aws.Sagemaker"] }, matches: false },
  { pattern: { source: ["aws.sagemaker"], detail: { status: ["Stopped"] } }, matches: false },
  { pattern: { detail: { status: ["Stopped", "Failed"], name: [{ prefix: "velib-prod-" }] } }, matches: true },
  { pattern: { detail: { name: [{ prefix: "velib-prod-2" }] } }, matches: false },
  { pattern: { detail: { name: [{ suffix: "-1" }] } }, matches: true },
  { pattern: { detail: { name: [{ suffix: "-2" }] } }, matches: false },
  { pattern: { detail: { count: [0] } }, matches: true },
  { pattern: { detail: { count: ["0"] } }, matches: false },
  { pattern: { detail: { count: [{ prefix: "0" }] } }, matches: false },
  { pattern: { detail: { gone: [null] } }, matches: true },
  { pattern: { detail: { missing: [null] } }, matches: false },
  { pattern: { detail: { missing: [{ exists: false }] } }, matches: true },
  { pattern: { detail: { name: [{ exists: false }] } }, matches: false },
  { pattern: { detail: { name: [{ exists: true }] } }, matches: true },
  { pattern: { detail: { list: ["b"] } }, matches: true },
  { pattern: { detail: { list: ["c"] } }, matches: false },
  { pattern: { detail: { status: [{ "anything-but": ["Completed", "Stopped"] }] } }, matches: true },
  { pattern: { detail: { status: [{ "anything-but": "Failed" }] } }, matches: false },
  { pattern: { detail: { missing: [{ "anything-but": "Failed" }] } }, matches: false },
  { pattern: { source: { deeper: ["x"] } }, matches: false },
];

describe("event patterns", () => {
  for (const { pattern, matches } of cases) {
    it(`${JSON.stringify(pattern)} ${matches ? "matches" : "does not match"}`, () => assert.equal(matchesPattern(pattern, event), matches));
  }

  it("refuse what is not read here, in place of guessing", () => {
    for (const pattern of [{ source: [{ wildcard: "aws.*" }] }, { source: "aws.sagemaker" }, { source: [{ prefix: { "equals-ignore-case": "AWS" } }] }, { source: [{ prefix: "a", suffix: "b" }] }] satisfies Pattern[]) {
      assert.throws(() => matchesPattern(pattern, event), /pattern/);
    }
  });
});
