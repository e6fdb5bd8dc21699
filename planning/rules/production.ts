import { alarmNames } from "../alarm-defaults";
import { isBurstable } from "../instances";
import { fewestOf } from "../modes/capacity";
import type { RealtimeServing } from "../modes/realtime/schema";
import type { Finding, ModelRule } from "./rule";

/** The environment that people depend on. */
export const PRODUCTION = "prod";

const AVAILABILITY = "https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-best-practices.html";
const BURSTABLE = "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/burstable-performance-instances.html";
const MONITORING = "https://docs.aws.amazon.com/sagemaker/latest/dg/monitoring-cloudwatch.html";

/** Rules over a model as `prod` resolves it: what is fine while one tries things out. */
export const productionRules: readonly ModelRule[] = [
  {
    code: "prod-single-instance",
    check: (model): Finding[] => {
      const { realtime } = model.serving;
      // A version without traffic answers nobody.
      const answering = model.traffic.filter(({ weight }) => weight > 0);
      if (realtime === undefined || fewestOf({ traffic: answering }, realtime as unknown as RealtimeServing) !== 1) return [];
      return [
        {
          severity: "warning",
          path: ["serving", "realtime"],
          at: "key",
          message: `in ${PRODUCTION} one instance answers alone: while it is replaced, nobody answers`,
          hint: "write: instances: 2 (scaling.min: 2 where it scales), which SageMaker spreads over the zones",
          source: AVAILABILITY,
        },
      ];
    },
  },
  {
    code: "prod-burstable",
    check: ({ serving: { async, realtime } }) =>
      Object.entries({ async, realtime }).flatMap(([mode, settings]): Finding[] => {
        const type = settings?.instanceType;
        if (typeof type !== "string" || !isBurstable(type)) return [];
        return [{ severity: "warning", path: ["serving", mode, "instance"], message: `in ${PRODUCTION} ${type} slows down when its processor credits are used up`, hint: "write: instance: ml.m5.large", source: BURSTABLE }];
      }),
  },
  {
    code: "prod-unwatched",
    check: ({ alarms }) =>
      alarmNames.some((name) => alarms[name] !== null)
        ? []
        : [{ severity: "warning", path: ["alarms"], at: "key", message: `in ${PRODUCTION} every alarm is off: nobody hears when the model fails`, hint: "turn serverErrors and latency on again", source: MONITORING }],
  },
];
