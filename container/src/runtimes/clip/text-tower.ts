import { ClipTokenizer } from "../../clip/tokenizer";
import type { Inputs } from "../../backends/backend";
import { requireNames } from "./network";
import type { RuntimeContext } from "../runtime";

/** A text as the network takes it. */
export interface TowerTokens {
  readonly ids: readonly number[];
}

/** Turns texts into vectors, one for each. */
export interface TextTower {
  readonly dimension: number;
  prepare(text: string): TowerTokens;
  /** @returns rows of `dimension` floats, as the network gives them: not of unit length. */
  embed(texts: readonly TowerTokens[]): Promise<readonly Float32Array[]>;
}

/**
 * Loads the text tower of an ONNX export in the usual layout.
 *
 * Roles: `textTower` (`input_ids` int64 [B, T ≤ 77], and `attention_mask` where the export has it, to `text_embeds` float32 [B, D]), `tokenizer`
 * (tokenizer.json). A longer text is cut at 77 tokens, the end kept. Setting: `threads`.
 */
export async function loadTextTower(context: RuntimeContext): Promise<TextTower> {
  const tokenizer = new ClipTokenizer(JSON.parse(new TextDecoder().decode(context.take("tokenizer"))));
  const network = await context.loadOnnx(context.take("textTower"), { threads: Number(context.settings.threads ?? 1) });
  requireNames(network, "textTower", "input_ids", "text_embeds", "attention_mask");
  const masked = network.inputNames.includes("attention_mask");

  const run = async (rows: readonly (readonly number[])[]): Promise<Float32Array> => {
    const tokens = Math.max(...rows.map((ids) => ids.length));
    // The tower reads a text where its first end token stands, so more of them change nothing.
    const data = new BigInt64Array(rows.length * tokens).fill(BigInt(tokenizer.endId));
    rows.forEach((ids, row) => ids.forEach((id, place) => (data[row * tokens + place] = BigInt(id))));
    const shape = [rows.length, tokens];
    // No token looks ahead, so what stands behind the end may be seen by all.
    const mask: Inputs = masked ? { attention_mask: { data: new BigInt64Array(data.length).fill(1n), shape } } : {};
    const { text_embeds: embeds } = await network.run({ input_ids: { data, shape }, ...mask });
    return embeds!.data;
  };
  // The first run of a session allocates; nobody should wait for it.
  const dimension = (await run([tokenizer.encode("")])).length;

  return {
    dimension,
    prepare: (text) => ({ ids: tokenizer.encode(text) }),
    async embed(texts) {
      const rows = new Array<Float32Array>(texts.length);
      for (const group of groupsByLength(texts.map(({ ids }) => ids.length))) {
        const data = await run(group.map((place) => texts[place]!.ids));
        group.forEach((place, row) => (rows[place] = data.subarray(row * dimension, (row + 1) * dimension)));
      }
      return rows;
    },
  };
}

/** Reading the network's weights once more costs about as much as so many tokens of padding. */
const RUN_IN_TOKENS = 14;

/**
 * Which texts to compute in one run: each is computed as long as the longest beside it, so a run ends
 * where padding it further would cost more than another run.
 *
 * @returns places, every one once.
 */
export function groupsByLength(lengths: readonly number[]): number[][] {
  const order = lengths.map((_, place) => place).sort((a, b) => lengths[a]! - lengths[b]!);
  const groups: number[][] = [];
  for (const place of order) {
    const group = groups.at(-1);
    const longest = group === undefined ? 0 : lengths[group.at(-1)!]!;
    if (group === undefined || group.length * (lengths[place]! - longest) > RUN_IN_TOKENS) groups.push([place]);
    else group.push(place);
  }
  return groups;
}
