import type { Wire } from "../wire";

export const searchWire: Omit<Wire, "file"> = {
  kinds: { image: 8 },
  // The prefix that the seed registered, and the bare path that its documents show.
  routes: [{ path: "/api/analyze/skin" }, { path: "/api/enhanced/analyze/skin" }],
  // The seed's clients look for `features.ml_available`, in one object and flat.
  health: {
    paths: ["/api/health"],
    fields: (healthy, at) => ({ timestamp: at.toISOString(), ml_available: healthy, features: { ml_available: healthy, ai_services: { scin_dataset: healthy } } }),
  },
};
