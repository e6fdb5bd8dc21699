import { OnnxWriter } from "./onnx-writer";

/**
 * Writes CLIP's ViT-B/32 image tower as ONNX: the true architecture (87.8 million parameters), the
 * usual names of inputs and outputs, random weights. For measuring, and for nothing else.
 *
 * @param size another than the true one: a multiple of 64, and how many layers.
 */
export function writeVitB32(path: string, { width: WIDTH = 768, layers = 12 } = {}): void {
  const PATCHES = 49;
  const file = new OnnxWriter(path);
  const layerNorm = (input: string, name: string): string => file.layerNorm(input, name, WIDTH);
  const linear = file.linear.bind(file);
  const heads = (input: string, order: number[]): string => file.node("Transpose", [file.node("Reshape", [input, file.integers([0, 0, WIDTH / 64, 64])])], { perm: order });

  const patches = file.node("Conv", ["pixel_values", file.random("patch.weight", [WIDTH, 3, 32, 32], 0.02)], { kernel_shape: [32, 32], strides: [32, 32] });
  const sequence = file.node("Transpose", [file.node("Reshape", [patches, file.integers([0, WIDTH, PATCHES])])], { perm: [0, 2, 1] });
  const batch = file.node("Slice", [file.node("Shape", ["pixel_values"]), file.integers([0]), file.integers([1])]);
  const classToken = file.node("Expand", [file.random("class", [1, 1, WIDTH], 0.02), file.node("Concat", [batch, file.integers([1, WIDTH])], { axis: 0 })]);
  const embedded = file.node("Add", [file.node("Concat", [classToken, sequence], { axis: 1 }), file.random("position", [PATCHES + 1, WIDTH], 0.02)]);

  let stream = layerNorm(embedded, "pre");
  for (let layer = 0; layer < layers; layer += 1) {
    const name = `layer${layer}`;
    const normed = layerNorm(stream, `${name}.norm1`);
    const query = file.node("Mul", [linear(normed, `${name}.q`, WIDTH, WIDTH), file.constant(`${name}.scale`, [], 1 / 8)]);
    const scores = file.node("MatMul", [heads(query, [0, 2, 1, 3]), heads(linear(normed, `${name}.k`, WIDTH, WIDTH), [0, 2, 3, 1])]);
    const mixed = file.node("MatMul", [file.node("Softmax", [scores], { axis: -1 }), heads(linear(normed, `${name}.v`, WIDTH, WIDTH), [0, 2, 1, 3])]);
    const joined = file.node("Reshape", [file.node("Transpose", [mixed], { perm: [0, 2, 1, 3] }), file.integers([0, 0, WIDTH])]);
    stream = file.node("Add", [stream, linear(joined, `${name}.out`, WIDTH, WIDTH)]);
    const wide = linear(layerNorm(stream, `${name}.norm2`), `${name}.up`, WIDTH, 4 * WIDTH);
    // QuickGELU, as OpenAI's weights have it.
    const gate = file.node("Sigmoid", [file.node("Mul", [wide, file.constant(`${name}.quick`, [], 1.702)])]);
    stream = file.node("Add", [stream, linear(file.node("Mul", [wide, gate]), `${name}.down`, 4 * WIDTH, WIDTH)]);
  }
  const first = file.node("Gather", [stream, file.integers([0], true)], { axis: 1 });
  file.node("MatMul", [layerNorm(first, "post"), file.random("projection", [WIDTH, 512], 1 / Math.sqrt(WIDTH))], {}, "image_embeds");
  file.end({ name: "pixel_values", shape: ["batch", 3, 224, 224] }, { name: "image_embeds", shape: ["batch", 512] });
}
