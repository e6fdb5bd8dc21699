#!/usr/bin/env node
"use strict";
// The command line is TypeScript that runs as it is written: tsx compiles each module when it is
// first required, so a verb pays only for what it uses.
require("tsx/cjs");
const { main } = require("./index.ts");

// Whoever reads the output may stop before its end: slipway validate | head
process.stdout.on("error", (error) => {
  if (error.code !== "EPIPE") throw error;
  process.exit();
});

main(process.argv).then((exitCode) => {
  // Not process.exit(): what was written to a pipe must reach it.
  process.exitCode = exitCode;
});
