import type { Json } from "../../contract/json";

/** The job cannot go on; the message is the failure's reason. */
export class TransformFailure extends Error {}

const NEWLINE = 0x0a;
const BYTES_PER_MB = 1024 * 1024;

/** The records of an object: its lines, or all of it. A line keeps no line end; what follows the last one is a record where it is not empty. */
export function split(object: Buffer, splitType: string): Buffer[] {
  if (splitType !== "Line") return [object];
  const records: Buffer[] = [];
  for (let start = 0; start < object.byteLength; ) {
    const found = object.indexOf(NEWLINE, start);
    const end = found < 0 ? object.byteLength : found;
    records.push(object.subarray(start, end));
    start = end + 1;
  }
  return records;
}

export interface Payload {
  readonly body: Buffer;
  readonly records: readonly Buffer[];
}

/**
 * Records as requests: as many as fit into each, or one.
 *
 * @param maxPayloadMB 0: no bound.
 * @throws TransformFailure for a record that does not fit alone.
 */
export function payloads(records: readonly Buffer[], strategy: string, maxPayloadMB: number): Payload[] {
  const bound = maxPayloadMB === 0 ? Infinity : maxPayloadMB * BYTES_PER_MB;
  const groups: Buffer[][] = [];
  let bytes = 0;
  for (const record of records) {
    if (record.byteLength > bound) throw new TransformFailure(`ClientError: a record of ${record.byteLength} bytes is larger than MaxPayloadInMB, which is ${maxPayloadMB}`);
    const last = groups.at(-1);
    // Between two records goes a line end.
    if (strategy === "MultiRecord" && last !== undefined && bytes + 1 + record.byteLength <= bound) {
      last.push(record);
      bytes += 1 + record.byteLength;
    } else {
      groups.push([record]);
      bytes = record.byteLength;
    }
  }
  return groups.map((group) => ({ body: joined(group), records: group }));
}

/** Answers in the order of their requests, as one object. */
export function assemble(answers: readonly Buffer[], assembleWith: string): Buffer {
  if (assembleWith !== "Line") return Buffer.concat(answers);
  return Buffer.concat(answers.flatMap((answer) => (answer.at(-1) === NEWLINE ? [answer] : [answer, Buffer.from("\n")])));
}

/**
 * Each answer beside its record, as SageMaker joins JSON: under `SageMakerOutput` of the record where that is an object
 * (https://docs.aws.amazon.com/sagemaker/latest/dg/batch-transform-data-processing.html).
 *
 * @throws TransformFailure where the two cannot be joined.
 */
export function joinInput(records: readonly Buffer[], answer: Buffer): Buffer {
  const answers = records.length === 1 ? [answer] : split(answer, "Line");
  if (answers.length !== records.length) throw new TransformFailure(`ClientError: the model gave ${answers.length} answers to ${records.length} records, which cannot be joined`);
  const lines = records.map((record, index) => {
    const [input, SageMakerOutput] = [json(record), json(answers[index]!)];
    const isObject = typeof input === "object" && input !== null && !Array.isArray(input);
    return JSON.stringify(isObject ? { ...input, SageMakerOutput } : { SageMakerInput: input, SageMakerOutput });
  });
  return Buffer.from(lines.map((line) => `${line}\n`).join(""));
}

function json(text: Buffer): Json {
  try {
    return JSON.parse(text.toString("utf8")) as Json;
  } catch {
    throw new TransformFailure("ClientError: a record that is not JSON cannot be joined with its answer");
  }
}

function joined(records: readonly Buffer[]): Buffer {
  return Buffer.concat(records.flatMap((record, index) => (index === 0 ? [record] : [Buffer.from("\n"), record])));
}
