/* global document, setTimeout */

import { batchPanel } from "./batch.mjs";
import { latencyChart } from "./chart.mjs";
import { count, dollars, h, milliseconds, percent, render } from "./dom.mjs";
import { queuePanel } from "./queue.mjs";
import { tryForm } from "./try.mjs";

const POLL_MS = 1000;
const cards = new Map();
const find = (id) => document.getElementById(id);

async function refresh() {
  const live = find("live");
  try {
    const response = await fetch("/slipway/state", { cache: "no-store" });
    if (!response.ok) throw new Error(String(response.status));
    show(await response.json());
    live.className = "live on";
    if (live.textContent !== "live") live.textContent = "live";
  } catch {
    live.className = "live off";
    if (live.textContent !== "stopped") live.textContent = "stopped";
  }
  setTimeout(refresh, document.hidden ? POLL_MS * 5 : POLL_MS);
}

function show(state) {
  find("stack").textContent = state.stack;
  find("place").textContent = `${[...new Set(state.models.map(({ region }) => region))].sort().join(", ")} · SageMaker on this machine · up ${uptime(state.nowMs - state.startedAtMs)}`;
  document.title = `Slipway ${state.stack}`;
  render(find("summary"), ...summary(state));
  for (const model of state.models) {
    if (!cards.has(model.name)) {
      cards.set(model.name, card(model));
      find("models").append(cards.get(model.name).element);
    }
    cards.get(model.name).update(model, state.nowMs);
  }
}

function summary({ models, cost }) {
  const endpoints = models.flatMap(({ serving }) => serving.flatMap(({ endpoint }) => endpoint ?? []));
  const variants = endpoints.flatMap((endpoint) => endpoint.variants);
  const total = (pick) => variants.reduce((sum, variant) => sum + pick(variant), 0);
  const errors = total(({ errors4xx, errors5xx }) => errors4xx + errors5xx);
  const alarms = models.flatMap((model) => model.alarms);
  const ringing = alarms.filter(({ state }) => state === "ALARM").length;
  const served = models.filter(({ serving }) => serving.some(({ endpoint, environment }) => endpoint?.status === "InService" || environment?.status === "Ready")).length;
  const { fixedMonthly, maximumMonthly, monthlyBudget } = cost;
  return [
    tile("Models served here", `${served}`, `of ${models.length} in the registry`),
    tile("Invocations", count(total(({ invocations }) => invocations)), errors === 0 ? "no errors" : `${count(errors)} ${errors === 1 ? "error" : "errors"}`, errors > 0 ? "warn" : null),
    tile("Alarms", ringing === 0 ? "all quiet" : `${ringing} ringing`, `${alarms.length} planned`, ringing > 0 ? "bad" : null),
    tile(
      "On AWS, per month",
      whole(fixedMonthly) === whole(maximumMonthly) ? whole(fixedMonthly) : `${whole(fixedMonthly)} – ${whole(maximumMonthly)}`,
      monthlyBudget === null ? "no budget set" : [`of ${whole(monthlyBudget)} budget`, meter(maximumMonthly / monthlyBudget, "Share of the monthly budget")],
    ),
  ];
}

const tile = (title, value, detail, kind) =>
  h("div", { class: kind ? `tile ${kind}` : "tile" }, h("h2", {}, title), h("p", { class: "value" }, value), h("p", { class: "quiet" }, detail));

function meter(share, label) {
  const shown = Math.min(1, share);
  return h("span", { class: share > 1 ? "meter over" : "meter", role: "meter", "aria-label": label, "aria-valuemin": 0, "aria-valuemax": 100, "aria-valuenow": Math.round(shown * 100) }, h("span", { "--share": shown }));
}

/** One model: what changes is rendered anew, the form is built once. */
function card(model) {
  const head = h("div", {});
  const facts = h("div", { class: "panels" });
  const form = h("div", { class: "form" });
  const element = h("article", { class: "card", id: `model-${model.name}`, "aria-label": model.name }, head, h("div", { class: "body" }, facts, form));
  let formFor = null;
  const update = (next, nowMs) => {
    const served = next.serving.filter(({ endpoint }) => endpoint?.status === "InService" || endpoint?.status === "Updating");
    const environment = next.serving.some(({ environment }) => environment?.status === "Ready");
    element.classList.toggle("unserved", served.length === 0 && !environment);
    render(head, ...heading(next));
    render(facts, ...panels(next, nowMs));
    const key = served.length > 0 && next.example ? served.flatMap(({ endpoint }) => [endpoint.name, ...endpoint.variants.map(({ name }) => name)]).join() : null;
    if (key !== formFor) {
      formFor = key;
      form.replaceChildren(...(key === null ? [] : [h("h3", {}, "Try it"), tryForm(next, served)]));
    }
  };
  return { element, update };
}

function heading(model) {
  const lines = model.serving.map(({ mode, summary, planned, endpoint, environment, batch }) =>
    h("li", {}, batch ? scheduled(batch) : status(planned, endpoint ?? environment), h("span", { class: "mode" }, summary || mode), endpoint ? h("code", {}, endpoint.name) : environment ? h("code", {}, environment.url) : batch?.schedule ? h("code", {}, batch.schedule.name) : null),
  );
  const reasons = model.serving.flatMap(({ endpoint, environment, planned, mode }) =>
    endpoint?.failureReason ? [endpoint.failureReason] : environment?.reason ? [environment.reason] : planned ? [] : [`${mode} is declared; nothing is planned for it yet.`],
  );
  return [
    h("div", { class: "title" }, h("h2", {}, model.name, " ", h("span", { class: "quiet region" }, model.region)), h("p", { class: "quiet" }, model.description)),
    h("ul", { class: "serving" }, lines),
    reasons.map((reason) => h("p", { class: "reason" }, reason)),
  ];
}

const statuses = { InService: ["good", "in service"], Ready: ["good", "in service"], Severe: ["bad", "does not answer"], OutOfService: ["idle", "not served here"], Failed: ["bad", "failed"], Creating: ["busy", "creating"], Updating: ["busy", "updating"], RollingBack: ["warn", "rolling back"], Deleting: ["busy", "deleting"] };

function status(planned, endpoint) {
  const [kind, text] = !planned ? ["idle", "not planned yet"] : (statuses[endpoint?.status] ?? ["busy", "waiting"]);
  return h("span", { class: `badge ${kind}` }, text);
}

const scheduled = ({ schedule }) => h("span", { class: `badge ${schedule ? "good" : "idle"}` }, schedule ? "scheduled" : "by hand");

function panels(model, nowMs) {
  const endpoints = model.serving.flatMap(({ endpoint }) => endpoint ?? []);
  const served = endpoints.filter(({ status }) => status !== "OutOfService" && status !== "Failed");
  const idle = endpoints.filter((endpoint) => !served.includes(endpoint));
  // Several endpoints of a model are told apart by their names.
  const named = served.length > 1;
  const batches = model.serving.flatMap(({ batch }) => batch ?? []);
  return [...served.flatMap((endpoint) => [traffic(endpoint, named), latency(endpoint), ...(endpoint.queue ? [queuePanel(endpoint)] : [])]), ...idle.map(plannedTraffic), ...batches.map((batch) => batchPanel(batch, nowMs)), alarms(model, served.length > 0), cost(model)].filter((panel) => panel !== null);
}

const bar = (variants) =>
  h(
    "div",
    { class: "shares", role: "img", "aria-label": variants.map(({ name, share }) => `${name} ${percent(share)}`).join(", ") },
    variants.map(({ share }, index) => h("span", { class: `share c${index % 5}`, "--share": share })),
  );

/** Of an endpoint that is not served here: what it would be. */
function plannedTraffic({ variants }) {
  const names = variants.map(({ name, share }, index) => h("span", {}, h("span", { class: `key c${index % 5}` }), h("b", {}, name), ` ${percent(share)}`));
  return h("section", { class: "panel wide" }, h("h3", {}, "Traffic"), bar(variants), h("p", { class: "legend" }, names));
}

function traffic({ name: endpointName, variants }, named) {
  return h(
    "section",
    { class: "panel" },
    h("h3", {}, "Traffic ", named ? h("span", { class: "quiet" }, endpointName) : null),
    bar(variants),
    h(
      "table",
      {},
      h("thead", {}, h("tr", {}, ["Variant", "Share", "Healthy", "Calls", "4xx", "5xx"].map((title, index) => h("th", { scope: "col", class: index > 0 ? "number" : null }, title)))),
      h(
        "tbody",
        {},
        variants.map(({ name, share, healthy, instances, invocations, errors4xx, errors5xx }, index) =>
          h(
            "tr",
            {},
            h("th", { scope: "row" }, h("span", { class: `key c${index % 5}` }), name),
            h("td", { class: "number" }, percent(share)),
            h("td", { class: healthy < instances ? "number bad" : "number" }, `${healthy}/${instances}`),
            h("td", { class: "number" }, count(invocations)),
            h("td", { class: errors4xx > 0 ? "number warn" : "number" }, count(errors4xx)),
            h("td", { class: errors5xx > 0 ? "number bad" : "number" }, count(errors5xx)),
          ),
        ),
      ),
    ),
  );
}

function latency({ p50Ms, p90Ms, series }) {
  return h(
    "section",
    { class: "panel" },
    h("h3", {}, "Latency ", h("span", { class: "quiet" }, "last 5 min")),
    h("dl", { class: "pair" }, h("div", {}, h("dt", { class: "p50-key" }, "p50"), h("dd", {}, milliseconds(p50Ms))), h("div", {}, h("dt", { class: "p90-key" }, "p90"), h("dd", {}, milliseconds(p90Ms)))),
    latencyChart(series),
  );
}

const alarmKinds = { OK: ["good", "OK"], ALARM: ["bad", "alarm"], INSUFFICIENT_DATA: ["idle", "no data"] };

/** Those that ring first; those that this machine has no numbers for folded away. */
function alarms(model, served) {
  if (!served || model.alarms.length === 0) return null;
  const several = new Set(model.alarms.map((alarm) => alarm.of).filter((of) => of !== null)).size > 1;
  const of = (...states) => states.flatMap((state) => model.alarms.filter((alarm) => alarm.state === state)).map((alarm) => alarmRow(alarm, several));
  const unmeasured = of("INSUFFICIENT_DATA");
  return h(
    "section",
    { class: "panel wide" },
    h("h3", {}, "Alarms"),
    h("ul", { class: "alarms" }, of("ALARM", "OK")),
    unmeasured.length === 0 ? null : h("details", { "data-key": `alarms-${model.name}` }, h("summary", {}, `${unmeasured.length} on metrics that only AWS has`), h("ul", { class: "alarms" }, unmeasured)),
  );
}

function alarmRow({ name, rule, of, state, reason, current }, several) {
  const [kind, text] = alarmKinds[state];
  const now = current === null ? reason : state === "ALARM" ? `now ${current}; ${reason}` : `now ${current}`;
  return h("li", { title: name }, h("span", { class: `badge ${kind}` }, text), h("span", {}, h("span", { class: "rule" }, several && of !== null ? h("b", {}, `${of} `) : null, rule), h("span", { class: "quiet" }, now)));
}

function cost({ cost: { fixedMonthly, maximumMonthly, lines }, name }) {
  if (lines.length === 0) return null;
  return h(
    "section",
    { class: "panel wide" },
    h("h3", {}, "Cost on AWS"),
    h("p", { class: "amount" }, range(fixedMonthly, maximumMonthly), h("span", { class: "quiet" }, " per month")),
    h(
      "details",
      { "data-key": `cost-${name}` },
      h("summary", {}, `${lines.length} items`),
      h("ul", { class: "lines" }, lines.map((line) => h("li", {}, h("span", {}, line.item, h("span", { class: "quiet" }, line.basis)), h("b", {}, range(line.fixedMonthly, line.maximumMonthly))))),
    ),
  );
}

const whole = (amount) => dollars(Math.round(amount)).replace(/\.00$/, "");
const range = (low, high) => (dollars(low) === dollars(high) ? dollars(low) : `${dollars(low)} – ${dollars(high)}`);

function uptime(milliseconds) {
  const minutes = Math.floor(milliseconds / 60_000);
  if (minutes < 1) return "less than a minute";
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

void refresh();
