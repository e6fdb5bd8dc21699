import { batching, batchingDefault, type Runtime, settings, threads } from "./runtime";

/** CLIP: a text or an image to a vector of unit length. */
export const clipEmbed: Runtime = {
  name: "clip-embed",
  gpu: true,
  summary: "Embeds one text or one image with CLIP.",
  reachesS3: true,
  schema: settings("Settings of the clip-embed runtime.", {
    batching,
    threads,
    normalize: {
      type: "boolean",
      description: "Whether an embedding is divided by its length where the request does not say.",
    },
  }),
  defaults: { batching: batchingDefault, threads: 2, normalize: true },
};
