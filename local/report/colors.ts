import pc from "picocolors";

const { NO_COLOR, TERM } = process.env;

/** Colours on a terminal alone: picocolors by itself also colours what CI pipes into a file. */
export const colors = pc.createColors(process.stdout.isTTY === true && (NO_COLOR ?? "") === "" && TERM !== "dumb");
