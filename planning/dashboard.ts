import { fact, join, jsonDocument, type Join, type PlannedResource } from "../contract/resources";
import { chartsOfPlan, type ShownPlan } from "./dashboard-charts";
import { HEIGHT, WIDGETS_IN_A_ROW, headingWidget, metricWidget, statusWidget, type Chart, type Placed, type Widget } from "./dashboard-widgets";
import { metricsPublishedBy } from "./metrics";
import { physicalName } from "./naming";
import { homeRegion } from "./places";
import { SHARED, sharedNames } from "./shared";
import type { StackFacts } from "./types";

/** A planned model, as far as the dashboard sees it. */
export interface ShownModel {
  readonly name: string;
  /** Where it is served, and its metrics and alarms with it. */
  readonly region: string;
  /** One line for people: how it is served. */
  readonly summary: string;
  readonly modes: readonly ShownPlan[];
  /** Beanstalk environments that stand behind its endpoint. */
  readonly environmentNames: readonly string[];
  /** Names of its alarms. */
  readonly alarms: readonly string[];
}

interface PlacedAlarm {
  readonly name: string;
  readonly region: string;
}

/** Most alarms of one status widget: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html */
const ALARMS_PER_WIDGET = 100;

/** Dashboards of an account share their names, whatever their region. */
export const dashboardNameOf = (facts: StackFacts): string => physicalName("aws:cloudwatch/dashboard:Dashboard", ["slipway", facts.stack]);

/** Where a person who is signed in to AWS sees it. */
export function dashboardUrl(facts: StackFacts): string {
  const region = homeRegion(facts);
  return `https://${region}.console.aws.amazon.com/cloudwatch/home?region=${region}#dashboards/dashboard/${dashboardNameOf(facts)}`;
}

/**
 * One dashboard for the stack: which alarms ring, then model by model its
 * traffic, latency, errors, use and queue, each from the region that publishes
 * it (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_xaxr_dashboard.html).
 * What a mode does not publish is not drawn: an empty chart is read as
 * "nothing is wrong". Nothing where no model is watched.
 *
 * Structure: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
 */
export function planDashboard(models: readonly ShownModel[], facts: StackFacts): PlannedResource[] {
  const shown = models.flatMap((model) => {
    const widgets = chartsOf(model).map((chart) => metricWidget(chart, model.region));
    return widgets.length === 0 ? [] : [{ ...model, widgets }];
  });
  if (shown.length === 0) return [];
  const alarms = shown.flatMap(({ alarms: names, region }) => names.map((name) => ({ name, region }))).sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  const elsewhere = ({ summary, region }: ShownModel): string => (region === facts.region ? summary : `${summary} · ${region}`);
  const body = { widgets: layOut([statusRow(alarms), ...shown.map((model) => [headingWidget(model.name, elsewhere(model)), ...model.widgets])]) };
  return [
    {
      type: "aws:cloudwatch/dashboard:Dashboard",
      name: sharedNames.dashboard,
      parent: SHARED,
      inputs: { dashboardName: dashboardNameOf(facts), dashboardBody: jsonDocument(body) },
    },
  ];
}

/** What there is to draw of a model: its modes, then what stands behind them. */
export function chartsOf({ modes, environmentNames }: Pick<ShownModel, "environmentNames" | "modes">): Chart[] {
  const environments = environmentNames.map((environmentName): ShownPlan => ({ environmentName, publishes: metricsPublishedBy("beanstalk"), watch: [] }));
  return [...modes, ...environments].flatMap(chartsOfPlan);
}

function statusRow(alarms: readonly PlacedAlarm[]): Widget[] {
  const chunks = Array.from({ length: Math.ceil(alarms.length / ALARMS_PER_WIDGET) }, (_, index) => alarms.slice(index * ALARMS_PER_WIDGET, (index + 1) * ALARMS_PER_WIDGET));
  return chunks.map((chunk) => statusWidget(chunk.map(alarmArn)));
}

/** Put together from the name, which is ours, so that the dashboard does not wait for any alarm. */
const alarmArn = ({ name, region }: PlacedAlarm): Join => join("arn:", fact("partition"), `:cloudwatch:${region}:`, fact("accountId"), `:alarm:${name}`);

/** Wide widgets on lines of their own, charts side by side below them. */
function layOut(groups: readonly (readonly Widget[])[]): readonly Placed[] {
  const placed: Placed[] = [];
  let y = 0;
  for (const widgets of groups) {
    let column = 0;
    for (const widget of widgets) {
      if (widget.type !== "metric") {
        placed.push({ ...widget, x: 0, y });
        y += widget.height;
        continue;
      }
      placed.push({ ...widget, x: column * widget.width, y });
      column += 1;
      if (column === WIDGETS_IN_A_ROW) {
        column = 0;
        y += HEIGHT;
      }
    }
    if (column > 0) y += HEIGHT;
  }
  return placed;
}

