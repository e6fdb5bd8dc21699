import { INT64, OnnxWriter } from "./onnx-writer";

const [WIDTH, LAYERS, TOKENS, WORDS] = [512, 12, 77, 49_408];

/** Writes CLIP ViT-B/32's text tower as ONNX: the true architecture (63.4 million parameters), random weights. For measuring alone. */
export function writeTextTower(path: string): void {
  const file = new OnnxWriter(path);
  const layerNorm = (input: string, name: string): string => file.layerNorm(input, name, WIDTH);
  const linear = file.linear.bind(file);
  const heads = (input: string, order: number[]): string => file.node("Transpose", [file.node("Reshape", [input, file.integers([0, 0, 8, 64])])], { perm: order });

  const length = file.node("Slice", [file.node("Shape", ["input_ids"]), file.integers([1]), file.integers([2])]);
  const words = file.node("Gather", [file.random("words", [WORDS, WIDTH], 0.02), "input_ids"], { axis: 0 });
  const places = file.node("Slice", [file.random("places", [TOKENS, WIDTH], 0.01), file.integers([0]), length, file.integers([0])]);
  // What comes later is out of sight: minus a lot above the diagonal.
  const hidden = file.node("Trilu", [file.constant("hidden", [TOKENS, TOKENS], -1e9), file.integers([1], true)], { upper: 1 });
  const mask = file.node("Slice", [hidden, file.integers([0, 0]), file.node("Concat", [length, length], { axis: 0 }), file.integers([0, 1])]);

  let stream = file.node("Add", [words, places]);
  for (let layer = 0; layer < LAYERS; layer += 1) {
    const name = `layer${layer}`;
    const normed = layerNorm(stream, `${name}.norm1`);
    const query = file.node("Mul", [linear(normed, `${name}.q`, WIDTH, WIDTH), file.constant(`${name}.scale`, [], 1 / 8)]);
    const scores = file.node("Add", [file.node("MatMul", [heads(query, [0, 2, 1, 3]), heads(linear(normed, `${name}.k`, WIDTH, WIDTH), [0, 2, 3, 1])]), mask]);
    const mixed = file.node("MatMul", [file.node("Softmax", [scores], { axis: -1 }), heads(linear(normed, `${name}.v`, WIDTH, WIDTH), [0, 2, 1, 3])]);
    const joined = file.node("Reshape", [file.node("Transpose", [mixed], { perm: [0, 2, 1, 3] }), file.integers([0, 0, WIDTH])]);
    stream = file.node("Add", [stream, linear(joined, `${name}.out`, WIDTH, WIDTH)]);
    const wide = linear(layerNorm(stream, `${name}.norm2`), `${name}.up`, WIDTH, 4 * WIDTH);
    const gate = file.node("Sigmoid", [file.node("Mul", [wide, file.constant(`${name}.quick`, [], 1.702)])]);
    stream = file.node("Add", [stream, linear(file.node("Mul", [wide, gate]), `${name}.down`, 4 * WIDTH, WIDTH)]);
  }
  // The end token has the highest number of all.
  const end = file.node("ArgMax", ["input_ids"], { axis: 1, keepdims: 1 });
  const last = file.node("GatherND", [layerNorm(stream, "final"), end], { batch_dims: 1 });
  file.node("MatMul", [last, file.random("projection", [WIDTH, 512], 1 / Math.sqrt(WIDTH))], {}, "text_embeds");
  file.end({ name: "input_ids", shape: ["batch", "tokens"], type: INT64 }, { name: "text_embeds", shape: ["batch", 512] });
}
