import assert from "node:assert/strict";
import fc from "fast-check";
import { connect, SlipwayError } from "../../client";
import { toSlipwayError } from "../../client/from-aws";
import { errorRow, errorTable } from "../../contract/errors";
import { json, startFixtureServer, type FixtureServer } from "./fixture-server";
import { velibRequest } from "./support";

describe("client: mapping of errors", () => {
  it("makes a SlipwayError of the table from anything that can be thrown", () => {
    fc.assert(
      fc.property(fc.anything(), (thrown) => {
        const error = toSlipwayError(thrown, { model: "m", endpoint: "e" });
        assert.ok(error instanceof SlipwayError);
        assert.ok(Object.hasOwn(errorTable, error.code));
      }),
    );
  });

  it("makes one from any mixture of the fields of AWS errors", () => {
    const text = fc.oneof(fc.string(), fc.constantFrom("ModelError", "ValidationError", "constructor", "__proto__", "ECONNRESET"));
    const thrown = fc.record(
      {
        name: fc.oneof(text, fc.anything()),
        message: fc.oneof(text, fc.anything()),
        code: fc.oneof(text, fc.anything()),
        $metadata: fc.oneof(fc.record({ httpStatusCode: fc.integer({ min: 0, max: 999 }), requestId: fc.string() }), fc.anything()),
        OriginalStatusCode: fc.oneof(fc.integer(), fc.anything()),
        OriginalMessage: fc.oneof(
          fc.json(),
          fc.record({ error: fc.record({ code: fc.constantFrom(...Object.keys(errorTable)), message: fc.anything() }) }).map((body) => JSON.stringify(body)),
          fc.anything(),
        ),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(thrown, (candidate) => {
        const error = toSlipwayError(candidate, { model: "m" });
        const row = errorRow(error.code);
        assert.equal(error.retryable, row.retryable);
        assert.equal(error.failsOver, row.failsOver);
        assert.ok(row.where.includes("client") || row.where.includes("container"), error.code);
        assert.notEqual(error.message, "m: ");
      }),
    );
  });

  it("never fails over to a fallback for what the caller must mend", () => {
    for (const [code, row] of Object.entries(errorTable)) {
      // 408: the body came too slowly, which the network may be to blame for.
      const callers = row.status !== null && row.status >= 400 && row.status < 429 && row.status !== 408;
      if (callers && code !== "endpoint-not-found") assert.ok(!row.failsOver && !row.retryable, code);
    }
  });

  describe("over the wire", () => {
    let server: FixtureServer;
    before(async () => {
      server = await startFixtureServer();
    });
    after(() => server.close());

    it("holds for any status and any body", async () => {
      const model = (await connect({ local: server.url }))["velib-lstm"];
      const name = fc.oneof(fc.constantFrom("ModelError", "ValidationError", "ThrottlingException", "Nonsense"), fc.constant(undefined));
      await fc.assert(
        fc.asyncProperty(
          fc.integer({ min: 200, max: 599 }).filter((status) => status !== 204 && status !== 304),
          name,
          fc.oneof(fc.json(), fc.string(), fc.json().map((body) => JSON.stringify({ OriginalStatusCode: 400, OriginalMessage: body }))),
          async (status, errorType, body) => {
            server.answer(json(status, body, errorType === undefined ? {} : { "x-amzn-errortype": errorType }));
            try {
              await model.invoke(velibRequest, { retries: 0, timeoutMs: 5_000 });
            } catch (error) {
              assert.ok(error instanceof SlipwayError, String(error));
            }
          },
        ),
        { numRuns: 150 },
      );
    });
  });
});
