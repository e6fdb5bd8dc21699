import assert from "node:assert/strict";
import { pushDockerManifest } from "../../components/inference-image";

describe("pushDockerManifest", () => {
  const transform = (type: string, props: object): object | undefined => pushDockerManifest({ type, name: "image", custom: true, props, opts: {} });

  it("exports docker-build's image as a Docker manifest, and keeps the rest", () => {
    assert.deepEqual(transform("docker-build:index:Image", { tags: ["a"], push: true }), {
      props: { tags: ["a"], push: false, exports: [{ registry: { ociMediaTypes: false } }] },
      opts: {},
    });
  });

  it("leaves everything else alone", () => assert.equal(transform("awsx:ecr:Image", { imageTag: "a" }), undefined));
});
