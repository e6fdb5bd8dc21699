import { batching, batchingDefault, label, type Runtime, searchWidth, settings, threads } from "./runtime";

/** An image embedding and a FAISS search for the images like it. */
export const imageSearch: Runtime = {
  name: "image-search",
  gpu: true,
  summary: "Finds the reference images most like the one given, and says what they show.",
  reachesS3: false,
  schema: settings("Settings of the image-search runtime.", {
    neighbours: {
      type: "integer",
      minimum: 1,
      maximum: 100,
      description: "Reference images that an answer is drawn from.",
      examples: [5, 10],
    },
    batching,
    label,
    searchWidth,
    threads,
  }),
  defaults: { batching: batchingDefault, neighbours: 5, threads: 4 },
};
