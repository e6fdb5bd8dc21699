import { milliseconds, svg } from "./dom.mjs";

const WIDTH = 300;
const HEIGHT = 64;

/**
 * Latency of the last five minutes: p90 as an area, p50 as a line, one point
 * for every five seconds, nothing drawn where nothing was invoked.
 */
export function latencyChart(series) {
  const points = series.map((slot, index) => (slot ? { x: (index / (series.length - 1)) * WIDTH, ...slot } : null));
  const known = points.filter((point) => point !== null);
  const top = Math.max(1, ...known.map(({ p90Ms }) => p90Ms)) * 1.15;
  const y = (value) => HEIGHT - 2 - (value / top) * (HEIGHT - 6);
  const label =
    known.length === 0
      ? "No invocations in the last five minutes"
      : `Latency of the last five minutes: newest p50 ${milliseconds(known.at(-1).p50Ms)}, p90 ${milliseconds(known.at(-1).p90Ms)}`;
  return svg(
    "svg",
    { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", class: "chart", role: "img", "aria-label": label },
    [0.25, 0.5, 0.75].map((part) => svg("line", { x1: 0, x2: WIDTH, y1: HEIGHT * part, y2: HEIGHT * part, class: "grid" })),
    svg("line", { x1: 0, x2: WIDTH, y1: HEIGHT - 1, y2: HEIGHT - 1, class: "axis" }),
    runs(points).flatMap((run) => [
      svg("path", { d: `${path(widen(run), ({ p90Ms }) => y(p90Ms))} L${end(run)} ${HEIGHT - 1} L${start(run)} ${HEIGHT - 1} Z`, class: "p90-area" }),
      svg("path", { d: path(widen(run), ({ p90Ms }) => y(p90Ms)), class: "p90" }),
      svg("path", { d: path(widen(run), ({ p50Ms }) => y(p50Ms)), class: "p50" }),
    ]),
  );
}

/** Neighbouring points; a gap of up to a minute is bridged, a longer one is a gap. */
function runs(points) {
  const found = [];
  let missing = Infinity;
  for (const point of points) {
    if (point === null) missing += 1;
    else {
      if (missing > 12) found.push([]);
      found.at(-1).push(point);
      missing = 0;
    }
  }
  return found;
}

/** A single point is drawn as a short dash. */
const widen = (run) => [{ ...run[0], x: start(run) }, ...run.slice(1, -1), { ...run.at(-1), x: end(run) }];
const start = (run) => (run.length > 1 ? run[0].x : Math.max(0, run[0].x - 3));
const end = (run) => (run.length > 1 ? run.at(-1).x : Math.min(WIDTH, run[0].x + 3));
const path = (run, y) => run.map((point, index) => `${index === 0 ? "M" : "L"}${point.x.toFixed(1)} ${y(point).toFixed(1)}`).join(" ");
