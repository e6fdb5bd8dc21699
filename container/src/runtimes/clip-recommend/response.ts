import type { Json } from "../../../../contract/json";
import { round4, type Recommendations } from "./scoring";

/** What the response says of the request beside the recommendations. */
export interface RequestFacts {
  readonly found: number;
  readonly totalItems: number;
  readonly processingMs: number;
  readonly version: string;
  readonly maxRecommendations: number;
}

/** The body that the clients of Stygig V4 read. */
export function toResponse(result: Recommendations, facts: RequestFacts): Json {
  const [red, green, blue] = result.colour;
  return {
    query_item: {
      dominant_color: `RGB(${red}, ${green}, ${blue})`,
      dominant_color_rgb: result.colour,
      predicted_gender: result.gender.gender,
      gender_confidence: round4(result.gender.confidence),
    },
    recommendations: result.items.map(({ item, score, colourScore, genderScore }) => ({
      item_id: item.id,
      category: item.category,
      gender: item.gender,
      score,
      color_score: colourScore,
      // The V4 path has no other.
      category_score: 1,
      gender_score: genderScore,
      colors: item.colour === undefined ? [] : [item.colour],
      path: item.path,
    })),
    total_candidates: facts.found,
    faiss_search_results: facts.found,
    metadata: { processing_time_ms: facts.processingMs, total_items: facts.totalItems, model_version: facts.version },
    // Two for each category is what the seed announces; one is what it gives, and so do we.
    enterprise_config: { items_per_category: 2, max_total_recommendations: facts.maxRecommendations },
  };
}
