import { EventStreamCodec } from "@smithy/core/event-streams";
import { StreamBroken } from "../endpoints/stream";

/** AWS's framing of streams: length, headers, payload, checksums (https://smithy.io/2.0/aws/amazon-eventstream.html). */
export const EVENT_STREAM_TYPE = "application/vnd.amazon.eventstream";

const codec = new EventStreamCodec(
  (bytes) => (typeof bytes === "string" ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8")),
  (text) => Buffer.from(text, "utf8"),
);
const text = (value: string) => ({ type: "string" as const, value });

/** The pieces of an answer as events of SageMaker's `ResponseStream`; what breaks off in the middle is its last event. */
export async function* responseStream(pieces: AsyncIterable<Buffer>): AsyncGenerator<Uint8Array> {
  try {
    for await (const piece of pieces) {
      yield codec.encode({ headers: { ":message-type": text("event"), ":event-type": text("PayloadPart"), ":content-type": text("application/octet-stream") }, body: piece });
    }
  } catch (error) {
    const broken = error instanceof StreamBroken;
    const members = broken ? { Message: error.message, ErrorCode: error.code } : { Message: "the stream failed on this machine" };
    yield codec.encode({
      headers: { ":message-type": text("exception"), ":exception-type": text(broken ? "ModelStreamError" : "InternalStreamFailure"), ":content-type": text("application/json") },
      body: Buffer.from(JSON.stringify(members)),
    });
  }
}
