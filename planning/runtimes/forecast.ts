import { batching, batchingDefault, label, type Runtime, settings, threads } from "./runtime";

/** An LSTM over the last 24 hours of a station and seven facts about it. */
export const forecast: Runtime = {
  name: "forecast",
  gpu: false,
  summary: "Forecasts a count one, two and three hours ahead from its last 24 hours.",
  reachesS3: false,
  schema: settings("Settings of the forecast runtime.", { batching, label, threads }),
  // One thread: the network is small, and a second one costs more to wake than it computes.
  defaults: { batching: batchingDefault, threads: 1 },
};
