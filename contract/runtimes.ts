/** What the container does with a model. Each is a folder under `container/src/runtimes/`. */
export const runtimeNames = ["clip-embed", "clip-recommend", "forecast", "image-search"] as const;
export type RuntimeName = (typeof runtimeNames)[number];

/** How a model is served, in the order in which it is shown: endpoints, environments, jobs. Each is a folder under `planning/modes/`. */
export const modeNames = ["async", "multiModel", "realtime", "serverless", "beanstalk", "batch"] as const;
export type ModeName = (typeof modeNames)[number];
