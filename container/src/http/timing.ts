import type { FastifyRequest } from "fastify";

declare module "fastify" {
  interface FastifyRequest {
    /** `performance.now()` when the headers had been read. */
    arrivedAt: number;
  }
}

/** 0 for a request that failed before its first hook. */
export const elapsedMs = ({ arrivedAt }: FastifyRequest): number => (arrivedAt === 0 ? 0 : round(performance.now() - arrivedAt));

export const round = (milliseconds: number): number => Math.round(milliseconds * 100) / 100;
