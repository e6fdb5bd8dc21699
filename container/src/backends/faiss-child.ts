import type { FaissQuery, FaissStart, FromFaiss } from "./faiss-protocol";

/**
 * The process that holds FAISS and nothing else: an error inside FAISS may end it, and the server
 * goes on. It leaves when its parent does.
 */
const send = (message: FromFaiss): void => void process.send!(message);
const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

async function main(): Promise<void> {
  const { file } = JSON.parse(process.argv[2]!) as FaissStart;
  const { Index } = (await import("faiss-node")).default;
  const index = Index.read(file);
  process.on("message", ({ call, query, k }: FaissQuery) => {
    try {
      // The addon takes plain arrays alone.
      const { labels, distances } = index.search(Array.from(query), k);
      const found = labels.map((id, at) => ({ id, score: distances[at]! })).filter(({ id }) => id >= 0);
      send({ type: "found", call, ids: found.map(({ id }) => id), scores: found.map(({ score }) => score) });
    } catch (error) {
      send({ type: "failed", call, message: messageOf(error) });
    }
  });
  send({ type: "ready", dimension: index.getDimension(), size: index.ntotal() });
}

process.on("disconnect", () => process.exit(0));
main().catch((error: unknown) => send({ type: "cannotStart", message: messageOf(error) }));
