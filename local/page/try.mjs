import { h, milliseconds } from "./dom.mjs";

/** A form that calls one endpoint as any client would; built once, so that what a person typed stays. */
export function tryForm(model, endpoint) {
  const id = `try-${endpoint.name}`;
  const golden = pretty(model.example.request);
  const body = h("textarea", { id: `${id}-body`, name: "body", rows: Math.min(18, golden.split("\n").length + 2), spellcheck: "false", autocomplete: "off" });
  body.value = golden;
  const variant = h(
    "select",
    { id: `${id}-variant`, name: "variant" },
    h("option", { value: "" }, "by weight"),
    endpoint.variants.map(({ name }) => h("option", { value: name }, name)),
  );
  const button = h("button", { type: "submit" }, "Invoke");
  const result = h("div", { class: "result", role: "status", "aria-live": "polite" });

  const submit = async (event) => {
    event.preventDefault();
    button.disabled = true;
    result.replaceChildren(h("p", { class: "quiet" }, "calling…"));
    result.replaceChildren(...(await call(endpoint.name, body.value, variant.value)));
    button.disabled = false;
  };

  return h(
    "form",
    { class: "try", onsubmit: submit, "aria-label": `Try ${model.name}` },
    h("div", { class: "field" }, h("label", { for: `${id}-body` }, "Request ", h("span", { class: "quiet" }, `golden example ${model.example.name}`)), body),
    h(
      "div",
      { class: "actions" },
      endpoint.variants.length > 1 ? h("div", { class: "inline" }, h("label", { for: `${id}-variant` }, "Variant"), variant) : null,
      h("button", { type: "button", class: "plain", onclick: () => (body.value = golden) }, "Reset"),
      button,
    ),
    result,
  );
}

async function call(endpointName, text, variant) {
  try {
    JSON.parse(text);
  } catch (error) {
    return [badge("bad", "not JSON"), h("pre", {}, error.message)];
  }
  const started = performance.now();
  try {
    const response = await fetch(`/endpoints/${encodeURIComponent(endpointName)}/invocations`, {
      method: "POST",
      headers: { "Content-Type": "application/json", ...(variant ? { "X-Amzn-SageMaker-Target-Variant": variant } : {}) },
      body: text,
    });
    const answer = await response.text();
    const took = milliseconds(performance.now() - started);
    const answeredBy = response.headers.get("x-amzn-invoked-production-variant");
    if (response.ok) {
      return [h("p", { class: "facts" }, badge("good", `${response.status}`), h("span", {}, "variant ", h("b", {}, answeredBy)), h("span", {}, "answered in ", h("b", {}, took))), h("pre", {}, prettyText(answer))];
    }
    const type = response.headers.get("x-amzn-errortype") ?? "error";
    return [h("p", { class: "facts" }, badge("bad", `${response.status} ${type}`), h("span", {}, "after ", h("b", {}, took))), h("pre", {}, failureText(answer))];
  } catch (error) {
    return [badge("bad", "no connection"), h("pre", {}, `The local SageMaker does not answer (${error.message}). Is npm start still running?`)];
  }
}

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
