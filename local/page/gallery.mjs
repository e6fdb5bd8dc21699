/* global Blob, FileReader, atob, createImageBitmap */

import { h } from "./dom.mjs";

/** Bytes that an endpoint of SageMaker takes, less what base64 and JSON add. */
const MAX_PHOTO_BYTES = 4 * 1024 * 1024;
const PREVIEW_PX = 96;

/**
 * For models of pictures: what a person gives (words, or a photo) as a request,
 * and an answer as pictures. Undefined for any other model.
 */
export function pictureTalk(model, id) {
  const { request } = model.example;
  if (model.runtime === "clip-embed") return { input: wordsOrPhoto(request, id), show: showNearest };
  if (model.runtime === "clip-recommend") return { input: photo(request, id), show: showRecommendations };
  if (model.runtime === "image-search") return { input: photo(request, id), show: showCases };
  return undefined;
}

/** A line of words, or a photo instead; `change` is told the request that it makes. */
function wordsOrPhoto(example, id) {
  let change = () => {};
  const words = h("input", { type: "text", id: `${id}-words`, value: example.data ?? "", maxlength: 300, autocomplete: "off", oninput: () => change({ type: "text", data: words.value }) });
  const picker = photoPicker(`${id}-photo`, (base64) => change({ type: "image", data: base64 }));
  const element = h("div", { class: "give" }, h("div", { class: "field" }, h("label", { for: `${id}-words` }, "Describe a garment"), words), h("div", { class: "field" }, h("label", { for: `${id}-photo` }, "or show one"), picker.element));
  const reset = () => {
    words.value = example.data ?? "";
    picker.reset();
  };
  return { element, reset, onChange: (listener) => (change = listener) };
}

/** A photo; until one is chosen, the golden example's. */
function photo(example, id) {
  let change = () => {};
  const picker = photoPicker(`${id}-photo`, (base64) => change({ ...example, image: base64 }));
  const showExample = () => example.image && picker.preview(fromBase64(example.image));
  showExample();
  const element = h("div", { class: "field" }, h("label", { for: `${id}-photo` }, "Photo ", h("span", { class: "quiet" }, "the golden example's until you choose one")), picker.element);
  const reset = () => {
    picker.reset();
    showExample();
  };
  return { element, reset, onChange: (listener) => (change = listener) };
}

function photoPicker(id, chosen) {
  const canvas = h("canvas", { class: "preview", width: PREVIEW_PX, height: PREVIEW_PX, hidden: true, role: "img", "aria-label": "the photo" });
  const note = h("span", { class: "quiet" });
  const input = h("input", {
    type: "file",
    id,
    accept: "image/jpeg,image/png,image/webp,image/gif",
    onchange: async () => {
      const [file] = input.files;
      if (!file) return;
      note.textContent = file.size > MAX_PHOTO_BYTES ? "larger than 4 MiB: the endpoint will refuse it" : "";
      preview(file);
      chosen(await toBase64(file));
    },
  });
  const preview = (blob) => void draw(canvas, blob).catch(() => (canvas.hidden = true));
  const reset = () => {
    input.value = "";
    note.textContent = "";
    canvas.hidden = true;
  };
  return { element: h("div", { class: "picker" }, canvas, h("div", {}, input, note)), preview, reset };
}

/** On a canvas, because the page's policy lets in no picture that the server did not send. */
async function draw(canvas, blob) {
  const bitmap = await createImageBitmap(blob);
  const scale = Math.max(PREVIEW_PX / bitmap.width, PREVIEW_PX / bitmap.height);
  const [width, height] = [bitmap.width * scale, bitmap.height * scale];
  canvas.getContext("2d").drawImage(bitmap, (PREVIEW_PX - width) / 2, (PREVIEW_PX - height) / 2, width, height);
  canvas.hidden = false;
}

const toBase64 = (file) =>
  new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result.slice(reader.result.indexOf(",") + 1));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(file);
  });

const fromBase64 = (text) => new Blob([Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0))]);

/** Where a vector lies: the items of a catalogue that was made with the same network. */
async function showNearest({ embedding }, model, version) {
  const response = await fetch(`/slipway/nearest/${encodeURIComponent(model)}/${encodeURIComponent(version)}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ embedding }),
  });
  if (!response.ok) return [];
  const near = await response.json();
  return [h("p", { class: "quiet caption" }, `Nearest in ${near.model} ${near.version}`), strip(near.items.map(({ id, title, similarity }) => card(near.model, near.version, id, title, similarity.toFixed(3))))];
}

async function showRecommendations({ query_item: query, recommendations }, model, version) {
  const caption = h("p", { class: "quiet caption" }, "Goes with it ", swatch(query.dominant_color_rgb), ` ${query.predicted_gender}`);
  return [caption, recommendations.length === 0 ? h("p", {}, "Nothing scores high enough.") : strip(recommendations.map(({ item_id: id, category, score }) => card(model, version, id, kindOf(category), score.toFixed(3))))];
}

async function showCases({ results }, model, version) {
  const cases = results.similar_cases ?? [];
  return [h("p", { class: "quiet caption" }, "Most similar cases"), strip(cases.map(({ case_id: id, concerns, similarity_score: score }) => card(model, version, id, concerns.join(", ") || id, score.toFixed(3))))];
}

/** A square of a colour, drawn: the page's policy takes no inline style. */
function swatch(rgb) {
  const square = h("canvas", { class: "swatch", width: 12, height: 12, role: "img", "aria-label": `colour ${rgb.join(", ")}` });
  const context = square.getContext("2d");
  context.fillStyle = `rgb(${rgb.join(" ")})`;
  context.fillRect(0, 0, 12, 12);
  return square;
}

const kindOf = (category) => category.slice(category.indexOf("_") + 1).replaceAll("_", " ");
const strip = (cards) => h("ul", { class: "strip" }, cards);

function card(model, version, id, title, score) {
  const source = `/slipway/pictures/${[model, version, id].map(encodeURIComponent).join("/")}`;
  return h("li", { title: id }, h("img", { src: source, alt: id.replaceAll("-", " "), width: 96, height: 96 }), h("span", { class: "name" }, title), h("span", { class: "quiet" }, score));
}
