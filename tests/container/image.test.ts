import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { SOURCE_FILES, SOURCE_FOLDERS } from "../../registry/image-source";
import { builder, example, extractDemo, invoke, root, start, temporaryFolder } from "./support/container";

/*
 * No Docker engine runs in these tests. What an engine would do is checked as far
 * as it can be without one: what is sent, what is copied, and that the folder the
 * build makes serves from outside the repository. scripts/prove-image.sh executes
 * the Dockerfile itself, and takes minutes.
 */

const dockerfile = readFileSync(join(root, "container/Dockerfile"), "utf8");
const allowList = readFileSync(join(root, ".dockerignore"), "utf8")
  .split("\n")
  .filter((line) => line !== "" && !line.startsWith("#"));

/** By Docker's rules for plain paths: the last line that matches the path or a folder above it decides. */
function admitted(path: string): boolean {
  let sent = true;
  for (const line of allowList) {
    const pattern = line.replace(/^!/, "");
    if (pattern === "*" || path === pattern || path.startsWith(`${pattern}/`)) sent = line.startsWith("!");
  }
  return sent;
}

const imageSources = [...SOURCE_FOLDERS, ...SOURCE_FILES];

/** What the first stage copies out of the build context: [sources, destination]. */
const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+) (\S+)$/gm)].map(([, sources, to]) => ({ sources: sources!.split(" "), to: to! }));

describe("the image", () => {
  it("has an allow-list of plain paths, which the rules above are written for", () => {
    assert.equal(allowList[0], "*");
    for (const line of allowList.slice(1)) assert.match(line, /^!?[\w./-]+$/);
  });

  it("copies only what exists and what the allow-list sends", () => {
    assert.ok(copied.length > 0);
    for (const path of copied.flatMap(({ sources }) => sources)) {
      assert.ok(existsSync(join(root, path)), path);
      assert.ok(admitted(path), path);
    }
  });

  it("is sent nothing that it does not copy, and hashes all of it into the image's tag", () => {
    const wanted = copied.flatMap(({ sources }) => sources);
    for (const path of allowList.flatMap((line) => (line.startsWith("!") ? [line.slice(1)] : []))) {
      assert.ok(wanted.includes(path), path);
      assert.ok(imageSources.includes(path), path);
    }
    const sent = readdirSync(root).filter((name) => admitted(name) || allowList.some((line) => line.startsWith(`!${name}/`)));
    for (const name of sent) assert.ok(wanted.some((path) => path === name || path.startsWith(`${name}/`)), name);
    for (const path of ["Pulumi.prod.yaml", ".git/config", "node_modules/x", "container/dist/serve.cjs", "container/node_modules/x", "tests/x", "registry/models/velib-lstm.yaml", "scripts/generate.ts"]) {
      assert.equal(admitted(path), false, path);
    }
    for (const path of ["container/src/serve.ts", "container/build.mjs", "contract/serve-spec.ts"]) assert.equal(admitted(path), true, path);
  });

  it("starts the server in exec form, as root that it leaves, with SageMaker's argument by default, on both kinds of machine", () => {
    const stages = Object.fromEntries(dockerfile.split(/^(?=FROM )/m).slice(1).map((stage) => [/^FROM \S+(?: AS (\S+))?/.exec(stage)![1] ?? "default", stage]));
    assert.match(stages.default!, /^FROM cpu\n$/);
    for (const stage of [stages.cpu!, stages.gpu!]) {
      assert.match(stage, /^ENTRYPOINT \["node", "\/opt\/slipway\/serve\.cjs"\]\nCMD \["serve"\]$/m);
      assert.match(stage, /^HEALTHCHECK .* CMD \["node", "\/opt\/slipway\/serve\.cjs", "ping"\]$/m);
      assert.doesNotMatch(stage, /^USER /m);
      assert.match(stage, / SLIPWAY_USER=1000:1000\b/);
      assert.match(stage, /com\.amazonaws\.sagemaker\.capabilities\.accept-bind-to-port="true"/);
    }
    assert.match(stages.cpu!, /com\.amazonaws\.sagemaker\.capabilities\.multi-models="true"/);
    assert.doesNotMatch(stages.gpu!, /multi-models/, "GPUs behind a multi-model endpoint are Triton's alone");
    assert.match(stages.gpu!, / SLIPWAY_EXECUTION=cuda\b/);
    assert.match(stages.gpu!, /ldd \S+libonnxruntime_providers_cuda\.so/, "a provider without its libraries stops the build");
    assert.doesNotMatch(stages.cpu!, /SLIPWAY_EXECUTION/);
  });

  it("holds a folder that serves velib from outside the repository, with this platform's native files alone", async () => {
    const folder = temporaryFolder();
    const { serve } = await (await builder()).buildStandalone(folder);

    const packages = readdirSync(join(folder, "node_modules")).sort();
    const faiss = existsSync(join(root, "node_modules/faiss-node/build/Release/faiss-node.node")) ? ["bindings", "faiss-node", "file-uri-to-path"] : [];
    assert.deepEqual(packages, ["@img", "detect-libc", "onnxruntime-common", "onnxruntime-node", "semver", "sharp", ...faiss].sort());
    const native = readdirSync(join(folder, "node_modules/@img")).filter((name) => name !== "colour");
    assert.ok(native.length > 0 && native.every((name) => name.includes(process.platform) && name.endsWith(process.arch)), native.join());
    const binaries = join(folder, "node_modules/onnxruntime-node/bin/napi-v6");
    assert.deepEqual(readdirSync(binaries), [process.platform]);
    assert.deepEqual(readdirSync(join(binaries, process.platform)), [process.arch]);
    assert.ok(sizeOf(folder) < 90 * 1024 * 1024, `${sizeOf(folder)} bytes`);

    const served = await start({ serveFile: serve, modelDirectory: await extractDemo(temporaryFolder()) });
    await served.ready();
    const reply = await invoke(served, example.request);
    assert.deepEqual(reply.body.predictions, (example.response as { predictions: object }).predictions);
    served.child.kill("SIGTERM");
    assert.equal(await served.exited, 0);
  });
});

function sizeOf(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}
