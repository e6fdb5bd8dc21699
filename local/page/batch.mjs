import { h } from "./dom.mjs";

const MINUTE_MS = 60_000;
const statuses = { Completed: ["good", "complete"], Failed: ["bad", "failed"], Stopped: ["warn", "stopped"], Stopping: ["busy", "stopping"], InProgress: ["busy", "running"] };

/** When a model's schedule runs next, what its last runs came to, and a button that starts one. */
export function batchPanel({ schedule, runs }, nowMs) {
  return h(
    "section",
    { class: "panel wide" },
    h("h3", {}, "Batch runs ", h("span", { class: "quiet" }, schedule ? `${schedule.expression} ${schedule.timezone}` : "by hand")),
    schedule ? nextRun(schedule, nowMs) : null,
    schedule?.problem ? h("p", { class: "reason" }, `The newest run could not be started: ${schedule.problem}`) : null,
    runs.length === 0 ? h("p", { class: "quiet caption" }, "None yet.") : h("ul", { class: "runs" }, runs.map((run) => row(run, schedule?.timezone))),
  );
}

function nextRun({ name, nextMs, windowMs, timezone }, nowMs) {
  const facts = nextMs === null ? [["next run", "never again"]] : [["next run", clock(nextMs, timezone, true)], ...(windowMs === 0 ? [] : [["starts within", words(windowMs)]]), ["in", words(nextMs - nowMs)]];
  const run = (event) => {
    event.target.disabled = true;
    void fetch(`/slipway/schedules/${encodeURIComponent(name)}/run`, { method: "POST" }).finally(() => (event.target.disabled = false));
  };
  return h(
    "div",
    { class: "next" },
    h("dl", { class: "pair plain" }, facts.map(([title, value]) => h("div", {}, h("dt", {}, title), h("dd", {}, value)))),
    h("button", { type: "button", onclick: run }, "Run now"),
  );
}

function row({ name, status, startedMs, endedMs, scheduled, reason }, timezone = "UTC") {
  const [kind, text] = statuses[status] ?? ["idle", status];
  const took = endedMs === null ? "" : ` · ${Math.max(0.1, Math.round((endedMs - startedMs) / 100) / 10)} s`;
  return h(
    "li",
    {},
    h("span", { class: `badge ${kind}` }, text),
    h("span", {}, h("code", {}, name), h("span", { class: "quiet" }, `${clock(startedMs, timezone, false)}${took} · ${scheduled ? "from the schedule" : "by hand"}`), reason ? h("span", { class: "reason" }, reason) : null),
  );
}

/** A time of day on the schedule's own clock. */
const clock = (instantMs, timeZone, withDay) =>
  new Date(instantMs).toLocaleString("en-GB", { timeZone, hour: "2-digit", minute: "2-digit", ...(withDay ? { weekday: "short", day: "numeric", month: "short" } : { second: "2-digit" }) });

/** `4 d 7 h`, `7 h 5 min`, `5 min`. */
function words(milliseconds) {
  const minutes = Math.max(0, Math.round(milliseconds / MINUTE_MS));
  const [d, hours, min] = [Math.floor(minutes / 1440), Math.floor(minutes / 60) % 24, minutes % 60];
  return d > 0 ? `${d} d ${hours} h` : hours > 0 ? `${hours} h ${min} min` : `${min} min`;
}
