import type { ResolvedAlarms } from "./types";

/**
 * What every model is watched for unless its descriptor says otherwise. Metrics
 * and their units: https://docs.aws.amazon.com/sagemaker/latest/dg/monitoring-cloudwatch.html
 */
export const alarmDefaults = Object.freeze({
  // An answer that takes a second is felt by whoever waits for it. Two periods, so that one cold start wakes nobody.
  latency: { thresholdMicroseconds: 1_000_000, statistic: "Average", periodSeconds: 300, evaluationPeriods: 2, datapointsToAlarm: 2 },
  // A 5XX is a defect of ours, never the caller's: one is enough.
  serverErrors: { thresholdCount: 0, statistic: "Sum", periodSeconds: 300, evaluationPeriods: 1, datapointsToAlarm: 1 },
  // Callers make mistakes all day; a hundred in five minutes is a release that sends something new.
  clientErrors: { thresholdCount: 100, statistic: "Sum", periodSeconds: 300, evaluationPeriods: 1, datapointsToAlarm: 1 },
  // Above this, latency climbs steeply with the next bit of load; ten minutes, so that scaling out comes first.
  cpu: { thresholdPercent: 80, statistic: "Average", periodSeconds: 300, evaluationPeriods: 2, datapointsToAlarm: 2 },
  // Memory does not come back as processor time does; at the end of it the container is killed.
  memory: { thresholdPercent: 80, statistic: "Average", periodSeconds: 300, evaluationPeriods: 2, datapointsToAlarm: 2 },
  // An endpoint that sleeps takes some minutes to wake; who waits a quarter of an hour waits for something that is stuck.
  backlogAge: { thresholdSeconds: 900, statistic: "Maximum", periodSeconds: 60, evaluationPeriods: 3, datapointsToAlarm: 3 },
  // Loading a version is paid by whoever asks for it first; a minute of it means that versions push each other out.
  loadingWait: { thresholdMicroseconds: 60_000_000, statistic: "Maximum", periodSeconds: 300, evaluationPeriods: 2, datapointsToAlarm: 2 },
  // As processors, so GPUs.
  gpu: { thresholdPercent: 80, statistic: "Average", periodSeconds: 300, evaluationPeriods: 2, datapointsToAlarm: 2 },
  // Half the time that InvokeEndpoint waits: whoever comes first would soon get a 504 in place of an answer.
  coldStart: { thresholdMicroseconds: 30_000_000, statistic: "Maximum", periodSeconds: 300, evaluationPeriods: 1, datapointsToAlarm: 1 },
  // A request that spills over is answered all the same, after a cold start; a quarter of an hour of them is too few kept warm.
  spillover: { thresholdCount: 0, statistic: "Maximum", periodSeconds: 300, evaluationPeriods: 3, datapointsToAlarm: 3 },
  // As far as processors: above it the next bit of load spills over. Scaling, where there is any, aims lower.
  provisionedUse: { thresholdPercent: 90, statistic: "Average", periodSeconds: 300, evaluationPeriods: 2, datapointsToAlarm: 2 },
  // A request that expired was accepted and never answered: one is enough.
  expiredRequests: { thresholdCount: 0, statistic: "Sum", periodSeconds: 300, evaluationPeriods: 1, datapointsToAlarm: 1 },
} as const satisfies ResolvedAlarms);

export type AlarmName = keyof typeof alarmDefaults;
export const alarmNames = Object.keys(alarmDefaults) as readonly AlarmName[];
