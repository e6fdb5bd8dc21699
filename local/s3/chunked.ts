import { S3Error } from "./errors";

/** A CR LF is at most this far into a chunk's head: a hex length and a signature. */
const MAX_LINE_BYTES = 4096;

/**
 * The bytes inside an `aws-chunked` body, and what its trailers say. The SDKs
 * send it where a checksum is only known at the end.
 * Source: https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html
 *
 * @param trailers filled when the last byte has been read; names in lower case.
 * @throws S3Error `IncompleteBody` where the body ends early or is not in that form.
 */
export async function* decodeChunked(body: AsyncIterable<Buffer>, trailers: Map<string, string>): AsyncGenerator<Buffer> {
  const reader = new LineReader(body);
  for (;;) {
    const size = Number.parseInt((await reader.line()).split(";")[0]!, 16);
    if (!Number.isInteger(size) || size < 0) throw malformed("a chunk has no length");
    if (size === 0) break;
    yield* reader.bytes(size);
    if ((await reader.line()) !== "") throw malformed("a chunk is longer than it says");
  }
  for (let line = await reader.lineOrEnd(); line !== undefined && line !== ""; line = await reader.lineOrEnd()) {
    const colon = line.indexOf(":");
    if (colon > 0) trailers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
  }
}

class LineReader {
  private readonly source: AsyncIterator<Buffer>;
  private held: Buffer = Buffer.alloc(0);

  constructor(body: AsyncIterable<Buffer>) {
    this.source = body[Symbol.asyncIterator]();
  }

  async line(): Promise<string> {
    const line = await this.lineOrEnd();
    if (line === undefined) throw malformed("the body ends inside a chunk");
    return line;
  }

  async lineOrEnd(): Promise<string | undefined> {
    for (;;) {
      const end = this.held.indexOf("\r\n");
      if (end >= 0) {
        const line = this.held.subarray(0, end).toString("latin1");
        this.held = this.held.subarray(end + 2);
        return line;
      }
      if (this.held.length > MAX_LINE_BYTES) throw malformed("a line has no end");
      if (!(await this.more())) return undefined;
    }
  }

  async *bytes(count: number): AsyncGenerator<Buffer> {
    for (let left = count; left > 0; ) {
      if (this.held.length === 0 && !(await this.more())) throw malformed("the body ends inside a chunk");
      const part = this.held.subarray(0, left);
      this.held = this.held.subarray(part.length);
      left -= part.length;
      if (part.length > 0) yield part;
    }
  }

  private async more(): Promise<boolean> {
    const { done, value } = await this.source.next();
    if (done === true) return false;
    this.held = this.held.length === 0 ? value : Buffer.concat([this.held, value]);
    return true;
  }
}

const malformed = (what: string): S3Error => new S3Error("IncompleteBody", `The aws-chunked body is not whole: ${what}`);
