import assert from "node:assert/strict";
import { protectedTypes } from "../../planning/protection";
import { beanstalkDefaults } from "../../planning/modes/beanstalk/schema";
import { allResources, asyncServing, model, planned, realtimeServing } from "./support/resolved";

const models = [
  model({ name: "a", serving: { async: asyncServing() }, region: "eu-west-3" }),
  model({ name: "b", serving: { realtime: realtimeServing() }, fallback: { beanstalk: { ...beanstalkDefaults, instanceType: "m5.large" } } }),
];
const guarded = (protect?: boolean) => allResources(planned(models, protect === undefined ? {} : { protect })).filter((resource) => resource.protect);

describe("slipway:protect", () => {
  it("is off unless asked for", () => {
    assert.deepEqual(guarded(), []);
    assert.deepEqual(guarded(false), []);
  });

  it("guards every type of its table, in every region, and nothing else", () => {
    assert.deepEqual(new Set(guarded(true).map(({ type }) => type)), protectedTypes);
    const all = allResources(planned(models, { protect: true }));
    for (const { type, name, protect } of all) assert.equal(protect === true, protectedTypes.has(type), name);
    assert.ok(guarded(true).some(({ region }) => region === "eu-west-3"));
  });

  it("guards nothing that an ordinary update replaces", () => {
    // What carries its content in its name, or is kept in AWS, leaves the stack with every change.
    for (const { type, retainOnDelete, autoNamed } of allResources(planned(models))) {
      if (protectedTypes.has(type)) assert.ok(retainOnDelete !== true && (autoNamed !== true || type === "aws:secretsmanager/secret:Secret"), type);
    }
  });

  it("changes no name and no input", () => {
    const strip = (protect: boolean) => allResources(planned(models, { protect })).map(({ protect: _, ...rest }) => rest);
    assert.deepEqual(strip(true), strip(false));
  });
});
