/* global Blob, Response, crypto, setTimeout */

import { count, h } from "./dom.mjs";

/** Bytes that travel with the call itself; a larger request goes through S3. */
const INLINE_BYTES = 128_000;
const LOOK_MS = 100;

/**
 * One request to an endpoint with a queue, as a client makes it: put in, then
 * looked for in S3. Answers with what `fetch` of a direct call would.
 */
export async function invokeQueued(modelName, endpointName, text) {
  const large = new Blob([text]).size > INLINE_BYTES;
  const headers = { "X-Amzn-SageMaker-Content-Type": "application/json", "X-Amzn-SageMaker-Accept": "application/json" };
  if (large) headers["X-Amzn-SageMaker-InputLocation"] = await upload(modelName, text);
  const accepted = await fetch(`/endpoints/${encodeURIComponent(endpointName)}/async-invocations`, { method: "POST", headers, ...(large ? {} : { body: text }) });
  if (!accepted.ok) return accepted;
  const [output, failure] = ["outputlocation", "failurelocation"].map((name) => pathOf(accepted.headers.get(`x-amzn-sagemaker-${name}`)));
  for (;;) {
    if (await isThere(output)) return fetch(output, { cache: "no-store" });
    const failed = (await isThere(failure)) ? await fetch(failure, { cache: "no-store" }) : undefined;
    if (failed) return new Response(await failed.text(), { status: 424, headers: { "x-amzn-errortype": "failed in the queue" } });
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

/** Listed, because a browser reports every object that is not there yet as an error. */
async function isThere(place) {
  const [, bucket, ...key] = place.split("/").map(decodeURIComponent);
  const listed = await fetch(`/${bucket}?list-type=2&prefix=${encodeURIComponent(key.join("/"))}`, { cache: "no-store" });
  return (await listed.text()).includes("<Contents>");
}

async function upload(modelName, text) {
  const { models } = await (await fetch("/slipway/outputs")).json();
  const uri = `${models[modelName].serving.async.inputUri}${crypto.randomUUID()}.json`;
  const { ok, status } = await fetch(pathOf(uri), { method: "PUT", headers: { "Content-Type": "application/json" }, body: text });
  if (!ok) throw new Error(`S3 answered ${status}`);
  return uri;
}

/** Where an `s3://` address is on this machine. */
const pathOf = (uri) => `/${uri.slice("s3://".length).split("/").map(encodeURIComponent).join("/")}`;

/** What waits before an endpoint, what became of it, and who was told. */
export function queuePanel({ queue, variants }) {
  const { waiting, inFlight, oldestSeconds, completed, failed, expired, notifications } = queue;
  const asleep = variants.every(({ instances }) => instances === 0);
  const facts = [
    ["waiting", count(waiting)],
    ["worked on", count(inFlight)],
    ["oldest", oldestSeconds === null ? "—" : `${Math.round(oldestSeconds)} s`],
    ["answered", count(completed)],
    ["failed", count(failed)],
    ["expired", count(expired)],
  ];
  return h(
    "section",
    { class: "panel wide" },
    h("h3", {}, "Queue ", h("span", { class: "quiet" }, asleep ? "asleep: the first request wakes an instance" : "scales in seconds here, in minutes on AWS")),
    h("dl", { class: "pair" }, facts.map(([title, value]) => h("div", {}, h("dt", {}, title), h("dd", {}, value)))),
    notifications.length === 0
      ? null
      : h(
          "details",
          { "data-key": `notifications-${variants.map(({ name }) => name).join()}` },
          h("summary", {}, `${notifications.length} ${notifications.length === 1 ? "notification" : "notifications"} to SNS`),
          h("ul", { class: "lines" }, [...notifications].reverse().slice(0, 10).map(({ topicArn, message }) => h("li", {}, h("span", {}, message.invocationStatus, h("span", { class: "quiet" }, `${topicArn.split(":").at(-1)} · ${message.failureReason ?? message.responseParameters.outputLocation}`))))),
        ),
  );
}
