import { label, type Runtime, settings, threads } from "./runtime";

/** CLIP, a FAISS index of garments, and rules of colour and category. */
export const clipRecommend: Runtime = {
  name: "clip-recommend",
  summary: "Recommends catalogue items that go with the one in a photo.",
  schema: settings("Settings of the clip-recommend runtime.", {
    candidates: {
      type: "integer",
      minimum: 1,
      maximum: 2000,
      description: "Nearest catalogue items that are scored for each request. More find more categories and take longer.",
      examples: [50, 200],
    },
    maxRecommendations: {
      type: "integer",
      minimum: 1,
      maximum: 100,
      description: "Most recommendations in an answer; there is at most one for each category.",
      examples: [26],
    },
    label,
    threads,
  }),
  defaults: { candidates: 50, maxRecommendations: 26, threads: 2 },
};
