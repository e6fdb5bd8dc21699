import type { Json } from "../../../contract/json";
import type { CostLine } from "../../../contract/plan";
import { type DataCaptureConfig, type Planned } from "../../../contract/resources";
import { cents, grouped } from "../../cost";
import { dataObjects, dataPrefix, dataUri, type StoredData } from "../../data-bucket";
import type { Statement } from "../../iam";
import { keyArn } from "../../key";
import { DAYS_PER_MONTH } from "../../limits";
import { pricesFor } from "../../prices";
import type { ResolvedModel, StackFacts } from "../../types";
import type { ModeIssue } from "../mode";
import type { RealtimeServing } from "./schema";

type Capture = NonNullable<RealtimeServing["capture"]>;

const captureDefaults = { input: true, output: true, retentionDays: 30 } as const;

/** What a descriptor asks for, with what it leaves out filled in; undefined where nothing is kept. */
export const captureOf = ({ capture }: RealtimeServing): Capture | undefined => (capture === null ? undefined : { ...captureDefaults, ...capture });

const prefixOf = (model: ResolvedModel): string => dataPrefix(model, "capture");

/** Text is kept as text: without the content types SageMaker writes base64 (https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CaptureContentTypeHeader.html). */
export function dataCaptureConfig(model: ResolvedModel, facts: StackFacts, { percent, input, output }: Capture): Planned<DataCaptureConfig> {
  return {
    enableCapture: true,
    initialSamplingPercentage: percent,
    destinationS3Uri: dataUri(prefixOf(model)),
    kmsKeyId: keyArn(facts),
    captureOptions: [...(input ? [{ captureMode: "Input" as const }] : []), ...(output ? [{ captureMode: "Output" as const }] : [])],
    captureContentTypeHeader: { jsonContentTypes: ["application/json"], csvContentTypes: ["text/csv"] },
  };
}

export function captureGrants(model: ResolvedModel): Statement[] {
  return [{ Sid: "WriteCaptures", Effect: "Allow", Action: "s3:PutObject", Resource: dataObjects(prefixOf(model)) }];
}

export const captureStores = (model: ResolvedModel, { retentionDays }: Capture): StoredData[] => [{ prefix: prefixOf(model), expireAfterDays: retentionDays }];

/**
 * What a month of captures costs at a load: kept for as long as they are, and written. A copy is as large as the
 * contract's examples are on average; SageMaker puts several into one object, so one for each is the upper end.
 */
export function captureCost(region: string, { serving: { realtime }, contract: { examples } }: ResolvedModel, requestsPerMonth: number): CostLine[] {
  const capture = realtime === undefined ? undefined : captureOf(realtime as unknown as RealtimeServing);
  if (capture === undefined || examples.length === 0) return [];
  const { storage, storageWrites } = pricesFor(region).rows;
  const copies = (requestsPerMonth * capture.percent) / 100;
  const bytes = Math.round(
    examples.reduce((sum, { request, response }) => sum + (capture.input ? sizeOf(request) : 0) + (capture.output ? sizeOf(response) : 0), 0) / examples.length,
  );
  const keptGB = (copies * (capture.retentionDays / DAYS_PER_MONTH) * bytes) / 1e9;
  return [
    {
      item: `captures of ${grouped(Math.round(copies))} requests, kept ${capture.retentionDays} days`,
      fixedMonthly: 0,
      maximumMonthly: cents(storage.usd * keptGB + (storageWrites.usd * copies) / 1000),
      basis: `$${storage.usd}/GB-month × ${grouped(Math.round(copies))} × ${grouped(bytes)} bytes × ${capture.retentionDays} days + $${storageWrites.usd} a thousand written`,
    },
  ];
}

const sizeOf = (body: Json): number => new TextEncoder().encode(JSON.stringify(body)).byteLength;

export function captureIssues(serving: RealtimeServing): ModeIssue[] {
  const capture = captureOf(serving);
  if (capture === undefined || capture.input || capture.output) return [];
  return [
    {
      code: "capture-nothing",
      path: "capture",
      message: "capture keeps neither requests nor answers",
      hint: "write: input: true, or take capture out",
      source: "https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DataCaptureConfig.html",
    },
  ];
}
