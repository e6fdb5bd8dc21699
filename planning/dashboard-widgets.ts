import type { Join } from "../contract/resources";
import { metrics, type MetricName } from "./metrics";

/**
 * Widgets of a CloudWatch dashboard, as its JSON spells them:
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
 */
export interface Widget {
  readonly type: "alarm" | "metric" | "text";
  readonly width: number;
  readonly height: number;
  readonly properties: { readonly [property: string]: unknown };
}

/** A widget with its place on the grid, which is 24 columns wide. */
export interface Placed extends Widget {
  readonly x: number;
  readonly y: number;
}

/** One chart: what it shows, of which metrics. */
export interface Chart {
  readonly title: string;
  readonly series: readonly (Calculated | Series)[];
}

/** A metric of the catalogue, for one variant or one endpoint. */
export interface Series {
  readonly metric: MetricName;
  readonly dimensions: { readonly [name: string]: string };
  readonly statistic: string;
  readonly label: string;
  /** Read by a formula; not drawn itself. */
  readonly id?: string;
  readonly hidden?: true;
  /** On the axis of its own unit, at the right. */
  readonly right?: true;
}

/** CloudWatch's metric math over series that have an id. */
export interface Calculated {
  readonly formula: string;
  readonly label: string;
  readonly id: string;
}

const GRID_WIDTH = 24;
export const WIDGETS_IN_A_ROW = 4;
export const HEIGHT = 6;
const HEADING_HEIGHT = 2;
const STATUS_HEIGHT = 4;
/** Seconds: SageMaker publishes once a minute. */
const PERIOD = 60;

export const headingWidget = (name: string, summary: string): Widget => ({
  type: "text",
  width: GRID_WIDTH,
  height: HEADING_HEIGHT,
  properties: { markdown: `## ${name}\n${summary}` },
});

export const statusWidget = (alarms: readonly Join[]): Widget => ({
  type: "alarm",
  width: GRID_WIDTH,
  height: STATUS_HEIGHT,
  properties: { title: "Alarms", alarms },
});

export const metricWidget = ({ title, series }: Chart, region: string): Widget => ({
  type: "metric",
  width: GRID_WIDTH / WIDGETS_IN_A_ROW,
  height: HEIGHT,
  properties: { title, region, view: "timeSeries", stacked: false, period: PERIOD, metrics: series.map(entryOf), yAxis: { left: { min: 0 }, right: { min: 0 } } },
});

function entryOf(series: Calculated | Series): readonly unknown[] {
  if ("formula" in series) return [{ expression: series.formula, label: series.label, id: series.id }];
  const { namespace, metricName } = { metricName: series.metric, ...metrics[series.metric] };
  return [
    namespace,
    metricName,
    ...Object.entries(series.dimensions).flat(),
    {
      stat: series.statistic,
      label: series.label,
      ...(series.id === undefined ? {} : { id: series.id }),
      ...(series.hidden === undefined ? {} : { visible: false }),
      ...(series.right === undefined ? {} : { yAxis: "right" }),
    },
  ];
}
