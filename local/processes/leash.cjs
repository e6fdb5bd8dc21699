"use strict";
// Preloaded into every container process (`node --require leash.cjs …`): when the
// local SageMaker is gone, however it went, its containers go too. A SIGKILL runs
// no handler in the parent, but it does close the channel between the two.
process.on("disconnect", () => process.exit(0));
// The channel alone is no reason to stay: a drained container may end by itself.
process.channel?.unref();
