import { createServer } from "node:net";
import { LOCAL_PORT } from "../contract/local";

/** The port where clients look without being told, if it is free; 0 (any free one) otherwise. */
export function usualPort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", () => resolve(0));
    probe.listen({ host: "127.0.0.1", port: LOCAL_PORT, exclusive: true }, () => probe.close(() => resolve(LOCAL_PORT)));
  });
}
