/** The lines of a text that arrives in pieces of UTF-8, without their ends, each as soon as it is whole. */
export async function* linesOf(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const utf8 = new TextDecoder("utf-8", { fatal: true });
  let rest = "";
  for await (const piece of pieces) {
    const lines = (rest + utf8.decode(piece, { stream: true })).split("\n");
    rest = lines.pop()!;
    yield* lines;
  }
  rest += utf8.decode();
  if (rest !== "") yield rest;
}
