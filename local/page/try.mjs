import { h, milliseconds } from "./dom.mjs";
import { pictureTalk } from "./gallery.mjs";
import { invokeQueued } from "./queue.mjs";

/**
 * Whom a request may be sent to: an endpoint by the weights of its variants, or one variant in place of them; where
 * versions share an endpoint, each by its name.
 */
function choicesOf(served) {
  return served.flatMap(({ endpoint, targets }) => {
    if (targets) return Object.entries(targets).map(([version, target]) => ({ label: served.length > 1 ? `${version} by name` : version, endpoint, named: { "Target-Model": target }, version }));
    const { variants, queue } = endpoint;
    if (queue || variants.length === 1) return [{ label: queue ? "through the queue" : variants[0].name, endpoint, named: {} }];
    return [{ label: "by weight", endpoint, named: {} }, ...variants.map(({ name }) => ({ label: name, endpoint, named: { "Target-Variant": name } }))];
  });
}

/**
 * A form that calls a model's endpoints as any client would; built once, so that what a person typed stays.
 * @param served the modes whose endpoint answers here.
 */
export function tryForm(model, served) {
  const choices = choicesOf(served);
  const id = `try-${model.name}`;
  const golden = pretty(model.example.request);
  const body = h("textarea", { id: `${id}-body`, name: "body", rows: Math.min(18, golden.split("\n").length + 2), spellcheck: "false", autocomplete: "off" });
  body.value = golden;
  const choice = h("select", { id: `${id}-variant`, name: "variant" }, choices.map(({ label }, index) => h("option", { value: String(index) }, label)));
  const button = h("button", { type: "submit" }, "Invoke");
  const result = h("div", { class: "result", role: "status", "aria-live": "polite" });

  // A model of pictures is asked with words or a photo; the request stays to be seen, and edited, below.
  const talk = pictureTalk(model, id);
  talk?.input.onChange((request) => (body.value = pretty(request)));
  const show = talk && ((answer, version) => talk.show(answer, model.name, version));

  const submit = async (event) => {
    event.preventDefault();
    button.disabled = true;
    result.replaceChildren(h("p", { class: "quiet" }, "calling…"));
    result.replaceChildren(...(await call(model, choices[Number(choice.value)], body.value, show)));
    button.disabled = false;
  };
  const reset = () => {
    body.value = golden;
    talk?.input.reset();
  };
  const request = h("div", { class: "field" }, h("label", { for: `${id}-body` }, "Request ", h("span", { class: "quiet" }, `golden example ${model.example.name}`)), body);

  return h(
    "form",
    { class: "try", onsubmit: submit, "aria-label": `Try ${model.name}` },
    talk?.input.element,
    talk ? h("details", {}, h("summary", {}, "The request as JSON"), request) : request,
    h(
      "div",
      { class: "actions" },
      choices.length > 1 ? h("div", { class: "inline" }, h("label", { for: `${id}-variant` }, choices.some(({ version }) => version) ? "Version" : "Variant"), choice) : null,
      h("button", { type: "button", class: "plain", onclick: reset }, "Reset"),
      button,
    ),
    result,
  );
}

/** @param show answers with the elements that show an answer, where it is more than text. */
async function call(model, { endpoint, named, version }, text, show) {
  try {
    JSON.parse(text);
  } catch (error) {
    return [badge("bad", "not JSON"), h("pre", {}, error.message)];
  }
  const started = performance.now();
  try {
    const response = await (endpoint.queue ? invokeQueued(model.name, endpoint.name, text) : invoke(endpoint.name, text, named));
    const answer = await response.text();
    const took = milliseconds(performance.now() - started);
    // An answer that S3 gives does not say who made it; a queue has one variant.
    const answeredBy = version ?? response.headers.get("x-amzn-invoked-production-variant") ?? endpoint.variants[0].name;
    if (response.ok) {
      const facts = h("p", { class: "facts" }, badge("good", `${response.status}`), h("span", {}, version ? "version " : "variant ", h("b", {}, answeredBy)), h("span", {}, "answered in ", h("b", {}, took)));
      const text = h("pre", {}, prettyText(answer));
      if (!show) return [facts, text];
      const shown = await show(JSON.parse(answer), answeredBy).catch(() => []);
      return [facts, ...shown, h("details", {}, h("summary", {}, "The answer as JSON"), text)];
    }
    const type = response.headers.get("x-amzn-errortype") ?? "error";
    return [h("p", { class: "facts" }, badge("bad", `${response.status} ${type}`), h("span", {}, "after ", h("b", {}, took))), h("pre", {}, failureText(answer))];
  } catch (error) {
    return [badge("bad", "no connection"), h("pre", {}, `The local SageMaker does not answer (${error.message}). Is npm start still running?`)];
  }
}

const invoke = (endpointName, text, named) =>
  fetch(`/endpoints/${encodeURIComponent(endpointName)}/invocations`, {
    method: "POST",
    headers: { "Content-Type": "application/json", ...Object.fromEntries(Object.entries(named).flatMap(([name, value]) => (value ? [[`X-Amzn-SageMaker-${name}`, value]] : []))) },
    body: text,
  });

const badge = (kind, text) => h("span", { class: `badge ${kind}` }, text);

/** A model error carries the container's own answer; that is what a person wants to read. */
function failureText(answer) {
  try {
    const { OriginalMessage, Message } = JSON.parse(answer);
    return prettyText(OriginalMessage ?? Message ?? answer);
  } catch {
    return answer;
  }
}

function prettyText(text) {
  try {
    return pretty(JSON.parse(text));
  } catch {
    return text;
  }
}

/** JSON for reading: lists of plain values stay on one line. */
function pretty(value) {
  return JSON.stringify(value, null, 2).replace(/\[\s+([^[\]{}]*?)\s+\]/g, (_, items) => `[${items.replace(/\s*\n\s*/g, " ")}]`);
}
