import assert from "node:assert/strict";
import { modelRules } from "../../planning/rules/judgement";
import type { ResolvedModel } from "../../planning/types";
import { model, realtimeServing } from "./support/resolved";

const said = (code: string, fields: Partial<ResolvedModel>): string[] => modelRules.find((rule) => rule.code === code)!.check(model(fields)).map(({ message }) => message);

describe("judgement on what is legal", () => {
  it("knows a repository of ECR by its name, and takes no tag beside a digest", () => {
    const of = (named: string): string[] => said("image-repository", { runtime: null, container: { image: `${named}@sha256:${"d".repeat(64)}` } });
    const registry = "111122223333.dkr.ecr.eu-west-3.amazonaws.com";
    for (const named of ["model", "team/model", "a-b.c_d/e--f/2024"]) assert.deepEqual(of(`${registry}/${named}`), [], named);
    for (const named of ["Model", "team//model", "model/", "-model", "m..l", "m", ""]) assert.deepEqual(of(`${registry}/${named}`), [`ECR names no repository "${named}"`], named);
    assert.deepEqual(of(`${registry}/model:latest`), ['"model:latest" has a tag, and SageMaker takes a tag or a digest']);
    assert.deepEqual(of("docker.io/Model"), [], "which is not in ECR at all, and reported as such");
    assert.deepEqual(said("image-repository", {}), []);
  });

  it("lets requests wait for company only where several come to a container", () => {
    const waits = { batching: { maxSize: 8, maxWaitMs: 5 } };
    const serverless = model().serving.serverless!;
    const queue = (concurrency: number) => ({ async: { ...realtimeServing(), concurrency } });
    const of = (fields: Partial<ResolvedModel>): number => said("batching-waits-alone", { settings: waits, ...fields }).length;
    assert.equal(of({ serving: { serverless } }), 1);
    assert.equal(of({ serving: queue(1) }), 1);
    assert.equal(of({ serving: queue(2) }), 0);
    assert.equal(of({ serving: { realtime: realtimeServing() } }), 0);
    assert.equal(of({ serving: { serverless, batch: realtimeServing() } }), 0, "a job's lines come several at a time");
    assert.equal(of({ serving: { serverless }, fallback: { beanstalk: {} } }), 0, "an environment takes several");
    assert.equal(of({ serving: { serverless }, settings: { batching: { maxSize: 1, maxWaitMs: 5 } } }), 0, "a batch of one is full at once");
    assert.equal(of({ serving: { serverless }, settings: {} }), 0);
  });
});
