import assert from "node:assert/strict";
import { listFiles } from "../house/files";
import { importsOf } from "../house/imports";

const SOURCE = "container/src/";
/** From the wire inwards: a layer may import itself and what stands to its right. */
const layers = ["http", "core", "runtimes", "backends"];

const layerOf = (path: string): number => layers.indexOf(path.slice(SOURCE.length).split("/")[0]!);
const files = listFiles().filter((path) => path.startsWith(SOURCE) && path.endsWith(".ts"));
const imports = files.flatMap((path) => importsOf(path)).filter(({ ours, to }) => ours && to.startsWith(SOURCE));

describe("the container's layers", () => {
  it("each hold something", () => {
    for (const layer of layers) assert.ok(files.some((path) => path.startsWith(`${SOURCE}${layer}/`)), layer);
  });

  it("import one way: http → core → runtimes → backends", () => {
    const inwards = imports.filter(({ from }) => layerOf(from) >= 0);
    assert.ok(inwards.length > 10);
    // A file outside the four layers is a leaf that any may use, or an entry point that wires them: see below.
    const wrong = inwards.filter(({ from, to }) => layerOf(to) >= 0 && layerOf(to) < layerOf(from));
    assert.deepEqual(wrong.map(({ from, line, to }) => `${from}:${line} imports ${to}`), []);
  });

  it("never import the entry points that wire them", () => {
    // A file beside the layers that imports none of them is a word that all of them use.
    const isEntry = (path: string): boolean => !path.slice(SOURCE.length).includes("/") && imports.some(({ from }) => from === path);
    assert.ok(isEntry(`${SOURCE}serve.ts`) && !isEntry(`${SOURCE}failure.ts`));
    const wrong = imports.filter(({ from, to }) => isEntry(to) && !isEntry(from));
    assert.deepEqual(wrong.map(({ from, line, to }) => `${from}:${line} imports ${to}`), []);
  });

  it("keep HTTP out of everything but http, and onnxruntime out of everything but backends", () => {
    const external = files.flatMap((path) => importsOf(path)).filter(({ ours }) => !ours);
    for (const { from, to, typeOnly } of external) {
      if (["fastify", "node:http", "node:net"].includes(to) && !typeOnly) assert.equal(layerOf(from), layers.indexOf("http"), `${from} imports ${to}`);
      if (to.startsWith("onnxruntime")) assert.equal(layerOf(from), layers.indexOf("backends"), `${from} imports ${to}`);
    }
  });
});
