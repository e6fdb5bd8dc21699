import { randomUUID } from "node:crypto";
import type { DataCaptureConfig } from "../control/store";
import type { ObjectStore } from "../s3/store";

/** One request and its answer, as they went by. */
export interface Captured {
  readonly endpoint: string;
  readonly variant: string;
  readonly atMs: number;
  readonly inferenceId?: string;
  readonly input: { readonly contentType: string | undefined; readonly body: Buffer };
  readonly output: { readonly contentType: string; readonly body: Buffer };
}

/** Copies of requests and answers, in the buckets of this machine. SageMaker gathers some in a file; here each has its own. */
export class CaptureLog {
  private writing: Promise<unknown> = Promise.resolve();

  constructor(private readonly objects: ObjectStore) {}

  /** Returns at once. Where the bucket is not there nothing is kept, and nobody is told: that is how SageMaker does it. */
  keep(config: DataCaptureConfig, captured: Captured): void {
    const location = locationOf(config, captured);
    if (location === undefined) return;
    const line = `${JSON.stringify(captureRecord(config, captured))}\n`;
    this.writing = this.writing.then(() => this.objects.put(location, Buffer.from(line), { contentType: "application/jsonlines" })).catch(() => undefined);
  }

  /** Resolves when everything is written. */
  async settled(): Promise<void> {
    await this.writing;
  }
}

/** Source of the form: https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-data-capture-endpoint.html */
export function captureRecord(config: DataCaptureConfig, { atMs, inferenceId, input, output }: Captured): object {
  const modes = new Set(config.CaptureOptions.flatMap(({ CaptureMode }) => (CaptureMode === "InputAndOutput" ? ["Input", "Output"] : [CaptureMode])));
  return {
    captureData: {
      ...(modes.has("Input") ? { endpointInput: part(config, "INPUT", input) } : {}),
      ...(modes.has("Output") ? { endpointOutput: part(config, "OUTPUT", output) } : {}),
    },
    eventMetadata: { eventId: randomUUID(), ...(inferenceId === undefined ? {} : { inferenceId }), inferenceTime: new Date(atMs).toISOString().replace(/\.\d+Z$/, "Z") },
    eventVersion: "0",
  };
}

function part(config: DataCaptureConfig, mode: "INPUT" | "OUTPUT", { contentType, body }: { readonly contentType: string | undefined; readonly body: Buffer }): object {
  const observedContentType = contentType?.split(";")[0]?.trim() ?? "application/octet-stream";
  const encoding = encodingOf(config, observedContentType);
  return { observedContentType, mode, data: body.toString(encoding === "BASE64" ? "base64" : "utf8"), encoding };
}

function encodingOf({ CaptureContentTypeHeader: types }: DataCaptureConfig, contentType: string): "JSON" | "CSV" | "BASE64" {
  if (types?.JsonContentTypes?.includes(contentType)) return "JSON";
  return types?.CsvContentTypes?.includes(contentType) ? "CSV" : "BASE64";
}

/** `<prefix>/<endpoint>/<variant>/2026/11/23/10/47-05-123-<id>.jsonl`. */
function locationOf({ DestinationS3Uri }: DataCaptureConfig, { endpoint, variant, atMs }: Captured): { readonly bucket: string; readonly key: string } | undefined {
  const [, bucket, prefix = ""] = /^s3:\/\/([^/]+)\/?(.*)$/.exec(DestinationS3Uri) ?? [];
  if (bucket === undefined) return undefined;
  const [date = "", time = ""] = new Date(atMs).toISOString().split("T");
  const [hour, ...rest] = time.replace("Z", "").split(/[:.]/);
  const folders = [prefix.replace(/\/$/, ""), endpoint, variant, ...date.split("-"), hour].filter((folder) => folder !== "");
  return { bucket, key: `${folders.join("/")}/${rest.join("-")}-${randomUUID()}.jsonl` };
}
