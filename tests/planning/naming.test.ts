import assert from "node:assert/strict";
import fc from "fast-check";
import { contentHash, namingRules, parameterName, physicalName, slug, variantName, type NamedType } from "../../planning/naming";

const named = (Object.keys(namingRules) as NamedType[]).filter((type) => namingRules[type] !== null && type !== ("aws:ssm/parameter:Parameter" as NamedType));

describe("naming", () => {
  it("makes lower-case slugs without hyphens at the ends", () => {
    assert.equal(slug("Velib_LSTM.v3 "), "velib-lstm-v3");
    assert.equal(slug("--a__b--"), "a-b");
  });

  it("ends an immutable name in its hash, however long the rest, with room for what Pulumi appends", () => {
    const name = physicalName("aws:sagemaker/model:Model", ["m".repeat(40), "production", "v".repeat(20)], "0123456789");
    assert.equal(name.length, 55);
    assert.match(name, /-[0-9a-f]{6}-0123456789$/);
  });

  it("keeps two long names apart that begin alike", () => {
    const long = "x".repeat(80);
    assert.notEqual(physicalName("aws:sagemaker/endpoint:Endpoint", [`${long}a`]), physicalName("aws:sagemaker/endpoint:Endpoint", [`${long}b`]));
  });

  it("makes names that every service takes, whatever the parts", () => {
    const part = fc.string({ minLength: 1, unit: "grapheme" }).filter((text) => slug(text) !== "");
    fc.assert(
      fc.property(fc.constantFrom(...named), fc.array(part, { minLength: 1, maxLength: 4 }), fc.option(fc.json()), (type, parts, content) => {
        const name = physicalName(type, parts, content === null ? undefined : contentHash(content));
        assert.ok(name.length <= namingRules[type].maxLength);
        assert.match(name, namingRules[type].pattern);
      }),
    );
  });

  it("hashes content, not the order in which its keys were written", () => {
    assert.equal(contentHash({ a: 1, b: { c: 2, d: 3 } }), contentHash({ b: { d: 3, c: 2 }, a: 1 }));
    assert.notEqual(contentHash({ a: 1 }), contentHash({ a: 2 }));
    assert.match(contentHash(null), /^[0-9a-f]{10}$/);
  });

  it("names a variant as its version wherever SageMaker takes that", () => {
    assert.equal(variantName("v3"), "v3");
    assert.equal(variantName("V3-Beta"), "V3-Beta");
    assert.equal(variantName("v1.0"), "v1-0");
  });

  it("files a model's outputs under its stack", () => {
    assert.equal(parameterName("prod", "velib-lstm"), "/slipway/prod/models/velib-lstm");
    assert.match(parameterName("Prod EU", "a_b"), namingRules["aws:ssm/parameter:Parameter"].pattern);
  });
});
