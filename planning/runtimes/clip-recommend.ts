import { batching, batchingDefault, label, type Runtime, searchWidth, settings, threads } from "./runtime";

/** CLIP, a FAISS index of garments, and rules of colour and category. */
export const clipRecommend: Runtime = {
  name: "clip-recommend",
  gpu: true,
  summary: "Recommends catalogue items that go with the one in a photo.",
  reachesS3: true,
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
    compatibility: {
      type: "array",
      uniqueItems: true,
      items: { type: "string", enum: ["countIgnored", "itemColoursGrey", "queryUnisex"] },
      description:
        "Faults of the Stygig V4 endpoint to repeat, for callers that came to depend on them: the counts that callers ask for are not applied; every item counts as grey; every query counts as unisex. Default: none.",
      examples: [["queryUnisex"]],
    },
    batching,
    label,
    searchWidth,
    threads,
  }),
  defaults: { batching: batchingDefault, candidates: 50, maxRecommendations: 26, threads: 2 },
};
