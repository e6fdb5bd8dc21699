import assert from "node:assert/strict";
import { StartError } from "../../../container/src/failure";
import { readSpec } from "../../../container/src/core/spec";
import { encodeServeSpec, type ServeSpec } from "../../../contract/serve-spec";
import { spec } from "../support/container";

const read = (environment: Record<string, string>): ServeSpec => readSpec(environment, ["forecast"]);
const refused = (environment: Record<string, string>, code: string, message: RegExp): void =>
  assert.throws(() => read(environment), (error: unknown) => error instanceof StartError && error.code === code && message.test(error.message));
const changed = (change: Record<string, unknown>): Record<string, string> => encodeServeSpec({ ...spec, ...change });

describe("the serve spec of an environment", () => {
  it("comes back as the plan wrote it, over several variables", () => {
    const environment = encodeServeSpec(spec);
    assert.ok(Object.keys(environment).length > 1);
    assert.deepEqual(read(environment), spec);
  });

  it("is refused where it is missing, cut short or not an object", () => {
    refused({}, "spec-invalid", /SLIPWAY_SPEC_0 is not set/);
    const { SLIPWAY_SPEC_1: _, ...withGap } = encodeServeSpec(spec);
    refused(withGap, "spec-invalid", /do not add up to JSON/);
    refused({ SLIPWAY_SPEC_0: "[]" }, "spec-invalid", /not a JSON object/);
    refused({ SLIPWAY_SPEC_0: "null" }, "spec-invalid", /not a JSON object/);
  });

  it("is refused in a version this image does not know, before anything else of it is judged", () => {
    refused({ SLIPWAY_SPEC_0: '{"specVersion":2}' }, "spec-version-unknown", /version 2; this image reads version 1/);
    refused({ SLIPWAY_SPEC_0: "{}" }, "spec-version-unknown", /version undefined/);
  });

  it("is refused for a runtime this image does not have, naming those it has", () => {
    refused(changed({ runtime: "clip-embed" }), "runtime-unknown", /"clip-embed"; this image has: forecast/);
  });

  for (const [path, value] of [
    ["model", ""],
    ["settings", []],
    ["artifact", { uri: "s3://example/x" }],
    ["request", true],
    ["limits", { timeoutSeconds: 0, maxBodyBytes: 1 }],
    ["limits", { timeoutSeconds: 1, maxBodyBytes: "6 MB" }],
  ] as const) {
    it(`is refused where ${path} is ${JSON.stringify(value)}`, () => refused(changed({ [path]: value }), "spec-invalid", new RegExp(`^${path}.*must be`)));
  }
});
