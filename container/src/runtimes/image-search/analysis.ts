import type { Neighbours } from "../../backends/vector-index";
import type { Pixels } from "../../clip/decode";
import { scale } from "../../clip/preprocess";
import type { Json } from "../../../../contract/json";
import type { Case } from "./cases";

/** What the most similar cases say of an image. */
export interface Analysis {
  readonly skinType: string;
  readonly concerns: readonly string[];
  readonly recommendations: readonly string[];
  /** 0–1: the mean similarity of the cases that were found. */
  readonly confidence: number;
  readonly similar: readonly { readonly case: Case; readonly similarity: number }[];
}

/** At most so many concerns and recommendations are passed on: the counts of the seed's handler. */
const MAX_CONCERNS = 3;
const MAX_RECOMMENDATIONS = 4;

/**
 * Every found case votes with its similarity for its skin type, its concerns and its
 * recommendations; negative similarity has no vote. Equal votes go to what is met first, the nearest.
 *
 * @param neighbours by cosine, the nearest first.
 */
export function analyse(cases: readonly Case[], neighbours: Neighbours): Analysis {
  const similar = neighbours.ids.map((id, rank) => ({ case: cases[id]!, similarity: neighbours.scores[rank]! }));
  const ranked = (opinions: (known: Case) => readonly string[]): string[] => {
    const votes = new Map<string, number>();
    for (const { case: known, similarity } of similar) {
      for (const opinion of new Set(opinions(known))) votes.set(opinion, (votes.get(opinion) ?? 0) + Math.max(0, similarity));
    }
    return [...votes].sort((a, b) => b[1] - a[1]).map(([opinion]) => opinion);
  };
  const total = similar.reduce((sum, { similarity }) => sum + similarity, 0);
  return {
    skinType: ranked((known) => (known.skinType === "" ? [] : [known.skinType]))[0] ?? "unknown",
    concerns: ranked((known) => known.concerns).slice(0, MAX_CONCERNS),
    recommendations: ranked((known) => known.recommendations).slice(0, MAX_RECOMMENDATIONS),
    confidence: similar.length === 0 ? 0 : Math.min(1, Math.max(0, total / similar.length)),
    similar,
  };
}

/** Side of the square on which texture is measured. Pixels. */
const TEXTURE_SIDE = 224;

/** How uneven an image is: the standard deviation of its luma (ITU-R BT.601) scaled to 224 × 224. 0–127.5. */
export function textureScore(pixels: Pixels): number {
  const side = { width: TEXTURE_SIDE, height: TEXTURE_SIDE };
  const square = scale(pixels, side, { left: 0, top: 0, ...side });
  let sum = 0;
  let squares = 0;
  for (let at = 0; at < square.length; at += 4) {
    const luma = 0.299 * square[at]! + 0.587 * square[at + 1]! + 0.114 * square[at + 2]!;
    sum += luma;
    squares += luma * luma;
  }
  const count = TEXTURE_SIDE ** 2;
  return Math.sqrt(Math.max(0, squares / count - (sum / count) ** 2));
}

/** What the response says of the request beside the analysis. */
export interface RequestFacts {
  /** Size of the image as it was sent. Pixels. */
  readonly width: number;
  readonly height: number;
  readonly textureScore: number;
  readonly processingSeconds: number;
  readonly version: string;
  /** When the request was answered. */
  readonly at: Date;
  readonly backend: "exact" | "faiss";
}

/** The body that the seed's clients read (its shape B), and beside it the cases themselves. */
export function toResponse(analysis: Analysis, facts: RequestFacts): Json {
  return {
    success: true,
    analysis_id: `enhanced_${timestamp(facts.at)}`,
    results: {
      skin_type: analysis.skinType,
      concerns: analysis.concerns,
      recommendations: analysis.recommendations,
      confidence: round(analysis.confidence, 4),
      processing_time: round(facts.processingSeconds, 3),
      ml_features: {
        image_dimensions: `${facts.width}x${facts.height}`,
        texture_score: round(facts.textureScore, 2),
        analysis_method: "similar_cases",
        faiss_available: facts.backend === "faiss",
        timm_available: false,
      },
      similar_cases: analysis.similar.map(({ case: known, similarity }) => ({
        case_id: known.id,
        // A row is of unit length within a thousandth, and callers read a share.
        similarity_score: round(Math.min(1, similarity), 4),
        skin_type: known.skinType,
        concerns: known.concerns,
        metadata: known.metadata,
      })),
    },
    message: `compared with ${analysis.similar.length} similar cases`,
    version: facts.version,
  };
}

/** `20250731_101500`, in UTC. */
const timestamp = (at: Date): string => at.toISOString().slice(0, 19).replace(/[-:]/g, "").replace("T", "_");
const round = (value: number, decimals: number): number => Number(value.toFixed(decimals));
