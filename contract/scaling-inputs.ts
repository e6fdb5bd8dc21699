/** Inputs of Application Auto Scaling, as `ResourceInputs` has them. */
export interface ScalingInputs {
  "aws:appautoscaling/target:Target": {
    tags?: { readonly [key: string]: string };
    serviceNamespace: "sagemaker";
    resourceId: string;
    scalableDimension: ScalableDimension;
    minCapacity: number;
    maxCapacity: number;
  };
  "aws:appautoscaling/policy:Policy": {
    name: string;
    policyType: "TargetTrackingScaling" | "StepScaling";
    serviceNamespace: "sagemaker";
    resourceId: string;
    scalableDimension: ScalableDimension;
    stepScalingPolicyConfiguration?: {
      adjustmentType: "ChangeInCapacity";
      metricAggregationType: "Average";
      /** Seconds. */
      cooldown: number;
      /** The bounds are text in Pulumi. */
      stepAdjustments: { metricIntervalLowerBound?: string; metricIntervalUpperBound?: string; scalingAdjustment: number }[];
    };
    targetTrackingScalingPolicyConfiguration?: {
      targetValue: number;
      /** Seconds. */
      scaleInCooldown: number;
      /** Seconds. */
      scaleOutCooldown: number;
      predefinedMetricSpecification?: { predefinedMetricType: "SageMakerVariantInvocationsPerInstance" | "SageMakerVariantProvisionedConcurrencyUtilization" };
      customizedMetricSpecification?: {
        namespace: string;
        metricName: string;
        statistic: string;
        unit?: string;
        dimensions: { name: string; value: string }[];
      };
    };
  };
  "aws:appautoscaling/scheduledAction:ScheduledAction": {
    name: string;
    serviceNamespace: "sagemaker";
    resourceId: string;
    scalableDimension: ScalableDimension;
    /** `cron(…)`, `rate(…)` or `at(…)`. */
    schedule: string;
    timezone?: string;
    /** The range from then on. */
    scalableTargetAction: { minCapacity: number; maxCapacity: number };
  };
}

/** What of a variant is scaled: its instances, or the containers that a serverless one keeps warm. */
export type ScalableDimension = "sagemaker:variant:DesiredInstanceCount" | "sagemaker:variant:DesiredProvisionedConcurrency";
