import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { bytesSource } from "../../container/src/backends/index-file";
import { piecesOf, sizeOf } from "../../packaging/content";
import { portText, readOnnxFile, readOnnxHeader } from "../../packaging/onnx-header";
import { inlined } from "../../packaging/onnx-inline";
import type { SourceFile } from "../../packaging/source";
import { lengthPrefix, varint, WireReader } from "../../packaging/wire";
import { demoFiles, imageTower, onnxSketch, temporaryFolder, wireField, wireNumber } from "./support";

const header = (bytes: Uint8Array) => readOnnxHeader(bytesSource(bytes));

describe("the head of an ONNX file", () => {
  it("tells what the demo models take and give", async () => {
    const velib = header((await demoFiles("velib-lstm"))["model.onnx"]!);
    assert.deepEqual([velib.irVersion, velib.opset, velib.producer, velib.precision, velib.external], [8, 17, "slipway", "fp32", []]);
    assert.deepEqual([...velib.inputs, ...velib.outputs].map(portText), ["history float32 [batch, 24]", "statics float32 [batch, 7]", "forecast float32 [batch, 3]"]);
    const clip = await demoFiles("omnisearch-clip");
    assert.deepEqual([header(clip["text_model.onnx"]!).precision, header(clip["vision_model.onnx"]!).precision], ["int8", "int8"]);
  });

  it("is what onnxruntime makes of the same file", async () => {
    const bytes = (await demoFiles("omnisearch-clip"))["text_model.onnx"]!;
    const session = await InferenceSession.create(bytes);
    assert.deepEqual([header(bytes).inputs, header(bytes).outputs].map((ports) => ports.map(({ name }) => name)), [[...session.inputNames], [...session.outputNames]]);
  });

  it("counts no weight among the inputs, as files of before IR version 4 do", () => {
    const { inputs } = header(onnxSketch({ inputs: [{ name: "pixel_values" }, { name: "w" }], outputs: [{ name: "y" }] }));
    assert.deepEqual(inputs.map(({ name }) => name), ["pixel_values"]);
  });

  it("knows four-bit weights by their operator", () => {
    const node = wireField(1, Buffer.concat([wireField(1, "x"), wireField(4, "MatMulNBits")]));
    assert.equal(header(onnxSketch({ inputs: [{ name: "x" }], outputs: [{ name: "y" }], weight: 2, extra: [node] })).precision, "4-bit");
  });

  it("is refused for other files, and for every cut of a good one", () => {
    const good = imageTower();
    for (const bytes of [Buffer.alloc(0), Buffer.from("not protobuf at all"), Buffer.from("<html>"), Buffer.alloc(64), Buffer.alloc(64, 255)]) assert.throws(() => header(bytes), Error);
    const whole = JSON.stringify(header(good));
    for (let length = 0; length < good.length; length += 1) {
      try {
        // A cut between two fields of the outermost message leaves a message.
        assert.equal(JSON.stringify(header(good.subarray(0, length))).includes('"opset":17'), false, String(length));
      } catch (error) {
        assert.ok(error instanceof Error && !(error instanceof RangeError), String(error));
      }
    }
    assert.ok(whole.includes('"opset":17'));
  });

  it("comes to an end with whatever bytes, and throws nothing but an Error", function () {
    this.timeout(60_000);
    const good = imageTower();
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat({ max: good.length - 1 }), fc.nat({ max: 255 })), { maxLength: 8 }), fc.uint8Array({ maxLength: 64 }), (edits, tail) => {
        const bytes = Buffer.concat([good, tail]);
        for (const [at, value] of edits) bytes[at] = value;
        try {
          header(bytes);
        } catch (error) {
          assert.ok(error instanceof Error && !(error instanceof RangeError) && !(error instanceof TypeError), String(error));
        }
      }),
      { numRuns: 3000 },
    );
  });
});

describe("a network whose weights lie in files beside it", () => {
  const folder = temporaryFolder();

  /** The same network as exporters write it when told to keep weights apart: every tensor of some size in one file. */
  function apart(bytes: Buffer, name: string): { network: Buffer; data: Buffer } {
    const reader = new WireReader(bytesSource(bytes));
    const data: Buffer[] = [Buffer.alloc(7)];
    const outer: Buffer[] = [];
    for (const field of reader.fields(0, bytes.length)) {
      if (!("start" in field) || field.number !== 7) {
        outer.push(bytes.subarray(field.from, field.to));
        continue;
      }
      const inner: Buffer[] = [];
      for (const part of reader.fields(field.start, field.end)) inner.push("start" in part && part.number === 5 ? tensor(part.start, part.end) : bytes.subarray(part.from, part.to));
      outer.push(wireField(7, Buffer.concat(inner)));
    }
    return { network: Buffer.concat(outer), data: Buffer.concat(data) };

    function tensor(start: number, end: number): Buffer {
      const fields = [...reader.fields(start, end)];
      const raw = fields.find((field) => field.number === 9 && "start" in field && field.end - field.start >= 64) as { start: number; end: number; number: number } | undefined;
      if (raw === undefined) return wireField(5, bytes.subarray(start, end));
      const offset = data.reduce((sum, part) => sum + part.length, 0);
      data.push(bytes.subarray(raw.start, raw.end));
      const entry = (key: string, value: string): Buffer => wireField(13, Buffer.concat([wireField(1, key), wireField(2, value)]));
      const kept = fields.filter(({ number }) => number !== 9).map(({ from, to }) => bytes.subarray(from, to));
      return wireField(5, Buffer.concat([...kept, entry("location", name), entry("offset", String(offset)), entry("length", String(raw.end - raw.start)), wireNumber(14, 1)]));
    }
  }

  const sourceFile = (path: string): SourceFile => ({ name: path, path, absolute: join(folder, path), bytes: readFileSync(join(folder, path)).length });

  it("becomes one file that computes the same", async () => {
    const original = (await demoFiles("velib-lstm"))["model.onnx"]!;
    const { network, data } = apart(original, "model.onnx.data");
    assert.ok(network.length < 10_000 && data.length > 400_000);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "model.onnx"), network);
    writeFileSync(join(folder, "model.onnx.data"), data);
    const file = sourceFile("model.onnx");
    const content = inlined(file, readOnnxFile(file.absolute));
    assert.ok(!(content.length > 0 && "code" in content[0]!));
    const pieces: Buffer[] = [];
    for await (const piece of piecesOf(content as never)) pieces.push(Buffer.from(piece));
    const whole = Buffer.concat(pieces);
    assert.equal(whole.length, sizeOf(content as never));
    assert.deepEqual(header(whole).external, []);

    const feeds = { history: new Tensor("float32", Float32Array.from({ length: 24 }, (_, hour) => Math.sin(hour)), [1, 24]), statics: new Tensor("float32", Float32Array.of(15, 3, 0, 28, 7, 48.8, 2.3), [1, 7]) };
    const answers = await Promise.all([original, whole].map(async (bytes) => [...((await (await InferenceSession.create(bytes)).run(feeds)).forecast!.data as Float32Array)]));
    assert.deepEqual(answers[1], answers[0]);
  });

  it("is packed with numbers as protobuf writes them", () => {
    fc.assert(
      fc.property(fc.nat({ max: 2 ** 31 - 1 }), fc.integer({ min: 1, max: 1000 }), (value, number) => {
        const [field] = [...new WireReader(bytesSource(Buffer.concat([varint(number * 8), varint(value)]))).fields(0, varint(number * 8).length + varint(value).length)];
        assert.deepEqual(field && "varint" in field && [field.number, Number(field.varint)], [number, value]);
        assert.equal(lengthPrefix(number, value).length, varint(number * 8 + 2).length + varint(value).length);
      }),
    );
  });
});
