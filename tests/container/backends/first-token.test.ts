import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { OnnxWriter } from "../../../bench/assets/onnx-writer";
import { writeVitB32 } from "../../../bench/assets/vit-b32";
import { firstTokenAlone } from "../../../container/src/backends/first-token";
import { loadOnnx } from "../../../container/src/backends/onnx";
import { readOnnxGraph } from "../../../container/src/backends/onnx-file";
import { returnable } from "../../../container/src/memory";

const PIXELS = { data: Float32Array.from({ length: 3 * 3 * 224 * 224 }, (_, at) => Math.sin(at * at)), shape: [3, 3, 224, 224] };
const TOKENS = { data: Float32Array.from({ length: 3 * 5 * 16 }, (_, at) => Math.sin(at * at)), shape: [3, 5, 16] };

describe("the last layer for the first token alone", () => {
  const folder = mkdtempSync(join(tmpdir(), "slipway-first-token-"));
  const path = join(folder, "network.onnx");
  after(() => rmSync(folder, { recursive: true, force: true }));

  it("leaves a vision transformer's vectors as they were, one by one and together", async () => {
    writeVitB32(path, { width: 128, layers: 3 });
    const exact = readFileSync(path);
    const file = read(exact);
    const narrowed = firstTokenAlone(file);
    // Two sums, a norm, the products up and down with their biases, three of the activation, the product out of attention with its bias.
    assert.equal(narrowed?.nodes, 12);
    const added = readOnnxGraph(file).nodes.filter(({ type }) => type === "Gather").length - readOnnxGraph(exact).nodes.filter(({ type }) => type === "Gather").length;
    assert.equal(added, 2);
    near(await run(file, "pixel_values", PIXELS, "image_embeds"), await run(exact, "pixel_values", PIXELS, "image_embeds"));

    narrowed.undo();
    assert.deepEqual(Buffer.from(file), exact);
  });

  it("is how networks are loaded", async () => {
    writeVitB32(path, { width: 64, layers: 2 });
    const exact = readFileSync(path);
    const network = await loadOnnx(read(exact), { threads: 1 });
    const { image_embeds: embeds } = await network.run({ pixel_values: PIXELS });
    near(embeds!.data, await run(exact, "pixel_values", PIXELS, "image_embeds"));
    await network.dispose();
  });

  it("goes through products of whole numbers, whose scale is then that of the token", async () => {
    const file = chain({ quantized: true });
    const exact = Buffer.from(file);
    assert.equal(firstTokenAlone(file)?.nodes, 7);
    const [ours, theirs] = [await run(file, "tokens", TOKENS, "first"), await run(exact, "tokens", TOKENS, "first")];
    ours.forEach((value, at) => assert.ok(Math.abs(value - theirs[at]!) < 0.02 * Math.max(...theirs.map(Math.abs)), `${value} and ${theirs[at]}`));
  });

  it("gives the same where the numbers are not quantized", async () => {
    const file = chain({});
    const exact = Buffer.from(file);
    assert.equal(firstTokenAlone(file)?.nodes, 4);
    near(await run(file, "tokens", TOKENS, "first"), await run(exact, "tokens", TOKENS, "first"));
  });

  it("leaves a network alone that gives every token as well", () => assertLeft(chain({ allTokens: true })));
  it("leaves a network alone that looks at another token", () => assertLeft(chain({ token: 1 })));
  it("leaves a network alone that looks at two tokens", () => assertLeft(chain({ another: true })));
  it("leaves a network alone whose sides it does not know", () => assertLeft(chain({ unknownRank: true })));
  it("leaves a network alone that adds what differs from token to token", () => assertLeft(chain({ positions: true })));

  it("leaves alone what is no network, and never fails over it", () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => assertLeft(read(bytes))));
    writeVitB32(path, { width: 64, layers: 1 });
    const exact = readFileSync(path);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: exact.length - 1 }), (length) => {
        const file = read(exact.subarray(0, length));
        firstTokenAlone(file)?.undo();
        assert.deepEqual(Buffer.from(file), exact.subarray(0, length));
      }),
      { numRuns: 30 },
    );
  });

  interface Kind {
    readonly quantized?: boolean;
    readonly allTokens?: boolean;
    readonly another?: boolean;
    readonly unknownRank?: boolean;
    readonly positions?: boolean;
    readonly token?: number;
  }

  /** Norm, product, bias, activation over tokens, of which one is then taken. */
  function chain({ quantized, allTokens, another, unknownRank, positions, token = 0 }: Kind): Uint8Array {
    const file = new OnnxWriter(path);
    const tokens = unknownRank === true ? file.node("Squeeze", [file.node("Unsqueeze", ["tokens", file.integers([0])]), file.integers([0])]) : "tokens";
    const normed = file.node("LayerNormalization", [tokens, file.constant("scale", [16], 1), file.constant("bias", [16], 0)], { axis: -1, epsilon: 1e-5 });
    let product: string;
    if (quantized === true) {
      file.node("DynamicQuantizeLinear", [normed], {}, "whole", "step", "zero");
      const sums = file.node("MatMulInteger", ["whole", file.bytes("weight", [16, 16]), "zero"]);
      product = file.node("Mul", [file.node("Cast", [sums], { to: 1 }), file.node("Mul", ["step", file.constant("steps", [16], 0.01)])]);
    } else product = file.node("MatMul", [normed, file.random("weight", [16, 16], 1)]);
    const biased = file.node("Add", [product, positions === true ? file.random("positions", [5, 16], 1) : file.random("added", [16], 1)]);
    const active = file.node("Sigmoid", [biased], {}, "active");
    file.node("Gather", [active, file.integers([token], true)], { axis: 1 }, "first");
    if (another === true) file.node("Gather", [active, file.integers([0], true)], { axis: 1 }, "second");
    const outputs = [{ name: "first", shape: ["batch", 16] }, ...(allTokens === true ? [{ name: "active", shape: ["batch", "tokens", 16] }] : []), ...(another === true ? [{ name: "second", shape: ["batch", 16] }] : [])];
    file.end({ name: "tokens", shape: ["batch", "tokens", 16] }, ...outputs);
    return read(readFileSync(path));
  }
});

function read(bytes: Uint8Array): Uint8Array {
  const file = returnable(bytes.length);
  file.set(bytes);
  return file;
}

function assertLeft(file: Uint8Array): void {
  const before = Buffer.from(file);
  assert.equal(firstTokenAlone(file), undefined);
  assert.deepEqual(Buffer.from(file), before);
}

async function run(file: Uint8Array, input: string, { data, shape }: typeof PIXELS, output: string): Promise<Float32Array> {
  const session = await InferenceSession.create(file, { logSeverityLevel: 3 });
  const results = await session.run({ [input]: new Tensor("float32", data, shape) });
  await session.release();
  return results[output]!.data as Float32Array;
}

function near(ours: Float32Array, theirs: Float32Array): void {
  assert.equal(ours.length, theirs.length);
  ours.forEach((value, at) => assert.ok(Math.abs(value - theirs[at]!) < 1e-5, `${value} and ${theirs[at]} at ${at}`));
}
