import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { startMany, versions } from "../multi/support";
import { contract, example, extractDemo, type Running, start, temporaryFolder } from "../support/container";
import { contractOf, type DemoName, sample, startDemo } from "../support/demo";
import { pictures } from "./bodies";
import type { FuzzTarget } from "./requests";

export interface Fuzzed {
  readonly running: Running;
  readonly target: FuzzTarget;
  /** Of the requests of a run. */
  readonly share: number;
}

/** Small, so that bodies above it are cheap to make. */
const LIMIT_BYTES = 256 * 1024;
const gets = ["/ping", "/health", "/metrics"];

/** A store that has nothing, so that no address of an image leads off this machine. */
async function emptyStore(): Promise<Record<string, string>> {
  const store = createServer((_request, response) => void response.writeHead(404, { "content-type": "application/xml" }).end("<Error><Code>NoSuchKey</Code><Message>none</Message></Error>"));
  await once(store.listen(0, "127.0.0.1"), "listening");
  after(() => {
    store.close();
    store.closeAllConnections();
  });
  return { AWS_ENDPOINT_URL: `http://127.0.0.1:${(store.address() as AddressInfo).port}`, AWS_ACCESS_KEY_ID: "local", AWS_SECRET_ACCESS_KEY: "local", AWS_REGION: "eu-west-3", AWS_MAX_ATTEMPTS: "1" };
}

async function images(name: DemoName, posts: readonly string[], share: number, more: FuzzTarget["examples"] = []): Promise<Fuzzed> {
  const examples = contractOf(name).examples.map(({ request }) => request);
  return {
    running: await startDemo(name, { maxBodyBytes: LIMIT_BYTES, environment: { SLIPWAY_ROUTES: "app", ...(await emptyStore()) } }),
    target: { examples: [...examples, ...more], pictures: [...(await pictures()), { type: "image/jpeg", bytes: sample("light-rings-swatch.jpg") }], posts, gets, files: true },
    share,
  };
}

/** Every runtime, with the routes of apps, and the two ways of SageMaker's beside: transform jobs and several models. */
export const fuzzed: { readonly [name: string]: () => Promise<Fuzzed> } = {
  "velib-lstm": async () => ({
    running: await ready(await start({ modelDirectory: await extractDemo(temporaryFolder()), spec: { limits: { timeoutSeconds: 20, maxBodyBytes: LIMIT_BYTES } }, environment: { SLIPWAY_ROUTES: "app" } })),
    target: { examples: contract.examples.map(({ request }) => request), pictures: await pictures(), posts: ["/invocations"], gets, files: true },
    share: 0.3,
  }),
  "omnisearch-clip": () => images("omnisearch-clip", ["/invocations", "/embed/text", "/embed/batch/text", "/embed/image"], 0.25, [{ text: "red shirt" }, { texts: ["red shirt", "blue"] }]),
  "stygig-clip": () => images("stygig-clip", ["/invocations"], 0.15),
  "scin-search": () => images("scin-search", ["/invocations", "/api/analyze/skin", "/api/enhanced/analyze/skin"], 0.15),
  "velib-lstm, a transform job": async () => ({
    running: await ready(await start({ modelDirectory: await extractDemo(temporaryFolder()), environment: { SAGEMAKER_BATCH: "true" } })),
    target: { examples: [example.request], pictures: [], posts: ["/invocations"], gets: ["/ping", "/execution-parameters"], files: false },
    share: 0.1,
  }),
  "velib-lstm, several models": async () => {
    const { v1: url } = await versions("v1");
    const { running, load } = await startMany();
    await load("v1", url!);
    return { running, target: { examples: [example.request, { model_name: "v1", url: url! }], pictures: [], posts: ["/models/v1/invoke", "/models"], gets: ["/ping", "/models", "/models/v1"], files: false }, share: 0.05 };
  },
};

async function ready(running: Running): Promise<Running> {
  await running.ready();
  return running;
}
