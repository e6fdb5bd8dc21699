/* global document */

/**
 * An element with properties and children; a null child is left out. `class`,
 * `data-*`, `aria-*` and SVG's names are attributes, `on…` are listeners.
 */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  assign(element, properties);
  element.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return element;
}

/** The same for SVG. */
export function svg(tag, properties = {}, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  assign(element, properties);
  element.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return element;
}

function assign(element, properties) {
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name.startsWith("--")) element.style.setProperty(name, value);
    else element.setAttribute(name, value === true ? "" : value);
  }
}

/** Replaces the children only when their markup changed, so that focus, selection and open details stay. */
export function render(container, ...children) {
  const next = h("div", {}, ...children);
  if (container.dataset.shown === next.innerHTML) return;
  container.dataset.shown = next.innerHTML;
  const open = new Set([...container.querySelectorAll("details[open]")].map((details) => details.dataset.key));
  container.replaceChildren(...next.childNodes);
  for (const details of container.querySelectorAll("details")) details.open = open.has(details.dataset.key);
}

export const dollars = (amount) => amount.toLocaleString("en-US", { style: "currency", currency: "USD" });
export const count = (number) => number.toLocaleString("en-US");
export const percent = (share) => `${Math.round(share * 1000) / 10} %`;
export const milliseconds = (value) =>
  value === null ? "—" : value >= 1000 ? `${(value / 1000).toFixed(2)} s` : value >= 100 ? `${Math.round(value)} ms` : `${value.toFixed(1)} ms`;
