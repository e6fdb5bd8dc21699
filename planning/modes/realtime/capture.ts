import { type DataCaptureConfig, type Planned } from "../../../contract/resources";
import { dataObjects, dataPrefix, dataUri, type StoredData } from "../../data-bucket";
import type { Statement } from "../../iam";
import { keyArn } from "../../key";
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
