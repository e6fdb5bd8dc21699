import { ClipTokenizer } from "../../clip/tokenizer";
import { requireNames } from "./network";
import type { RuntimeContext } from "../runtime";

/** Turns texts into vectors, one for each. */
export interface TextTower {
  readonly dimension: number;
  /** @returns rows of `dimension` floats, as the network gives them: not of unit length. */
  embed(texts: readonly string[]): Promise<{ readonly rows: readonly Float32Array[]; readonly inferenceMs: number }>;
}

/** Texts that go through the network at once. */
const MAX_BATCH = 32;

/**
 * Loads the text tower of an ONNX export in the usual layout.
 *
 * Roles: `textTower` (`input_ids` int64 [B, T ≤ 77] to `text_embeds` float32 [B, D]), `tokenizer`
 * (tokenizer.json). A longer text is cut at 77 tokens, the end kept. Setting: `threads`.
 */
export async function loadTextTower(context: RuntimeContext): Promise<TextTower> {
  const tokenizer = new ClipTokenizer(JSON.parse(new TextDecoder().decode(context.take("tokenizer"))));
  const network = await context.loadOnnx(context.take("textTower"), { threads: Number(context.settings.threads ?? 1) });
  requireNames(network, "textTower", "input_ids", "text_embeds");

  const run = async (rows: readonly (readonly number[])[]): Promise<Float32Array> => {
    const tokens = Math.max(...rows.map((ids) => ids.length));
    // The tower reads a text where its first end token stands, so more of them change nothing.
    const data = new BigInt64Array(rows.length * tokens).fill(BigInt(tokenizer.endId));
    rows.forEach((ids, row) => ids.forEach((id, place) => (data[row * tokens + place] = BigInt(id))));
    const { text_embeds: embeds } = await network.run({ input_ids: { data, shape: [rows.length, tokens] } });
    return embeds!.data;
  };
  // The first run of a session allocates; nobody should wait for it.
  const dimension = (await run([tokenizer.encode("")])).length;

  return {
    dimension,
    async embed(texts) {
      const ids = texts.map((text) => tokenizer.encode(text));
      const rows = new Array<Float32Array>(texts.length);
      // Texts of like length together: each is computed as long as the longest beside it.
      const order = ids.map((_, place) => place).sort((a, b) => ids[a]!.length - ids[b]!.length);
      let inferenceMs = 0;
      for (let from = 0; from < order.length; from += MAX_BATCH) {
        const batch = order.slice(from, from + MAX_BATCH);
        const began = performance.now();
        const data = await run(batch.map((place) => ids[place]!));
        inferenceMs += performance.now() - began;
        batch.forEach((place, row) => (rows[place] = data.subarray(row * dimension, (row + 1) * dimension)));
      }
      return { rows, inferenceMs };
    },
  };
}
