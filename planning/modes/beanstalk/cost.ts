import type { CostLine } from "../../../contract/plan";
import { cents } from "../../cost";
import { HOURS_PER_MONTH } from "../../limits";
import { pricesFor } from "../../prices";
import type { BeanstalkServing } from "./schema";

/** What every gp3 volume has for nothing more: https://docs.aws.amazon.com/ebs/latest/userguide/general-purpose.html */
const INCLUDED_IOPS = 3000;
const INCLUDED_THROUGHPUT_MIB = 125;

/** Instances, disks, load balancer and the token's secret. Beanstalk itself costs nothing. */
export function environmentCost(region: string, serving: BeanstalkServing): CostLine[] {
  const { rows } = pricesFor(region);
  const { instanceType, instances, volumeGiB, iops, throughputMiB } = serving;
  const { min, max } = instances;
  const count = min === max ? String(min) : `${min}–${max}`;
  const range = (monthly: number): Pick<CostLine, "fixedMonthly" | "maximumMonthly"> => ({ fixedMonthly: cents(monthly * min), maximumMonthly: cents(monthly * max) });

  const hourly = Object.hasOwn(rows.servers, instanceType) ? rows.servers[instanceType] : undefined;
  const [moreIops, moreThroughput] = [Math.max(0, (iops ?? 0) - INCLUDED_IOPS), Math.max(0, (throughputMiB ?? 0) - INCLUDED_THROUGHPUT_MIB)];
  const disk = rows.diskCapacity.usd * volumeGiB + rows.diskOperations.usd * moreIops + rows.diskThroughput.usd * moreThroughput;
  const more = [moreIops > 0 ? ` + $${rows.diskOperations.usd} × ${moreIops} IOPS` : "", moreThroughput > 0 ? ` + $${rows.diskThroughput.usd} × ${moreThroughput} MiB/s` : ""].join("");
  const balancer = rows.loadBalancer.usd * HOURS_PER_MONTH;
  const work = rows.loadBalancerWork.usd * HOURS_PER_MONTH;
  return [
    ...(hourly === undefined
      ? []
      : [{ item: `${instanceType} × ${count} (Beanstalk)`, ...range(hourly.usd * HOURS_PER_MONTH), basis: `$${hourly.usd}/h × ${HOURS_PER_MONTH} h × ${count}` }]),
    { item: `gp3 ${volumeGiB} GiB × ${count}`, ...range(disk), basis: `$${rows.diskCapacity.usd}/GB × ${volumeGiB} GB${more} × ${count}` },
    {
      item: "load balancer",
      fixedMonthly: cents(balancer),
      maximumMonthly: cents(balancer + work),
      basis: `$${rows.loadBalancer.usd}/h × ${HOURS_PER_MONTH} h, and up to one capacity unit of $${rows.loadBalancerWork.usd}/h`,
    },
    { item: "secret × 1", fixedMonthly: rows.secret.usd, maximumMonthly: rows.secret.usd, basis: `$${rows.secret.usd.toFixed(2)} × 1` },
  ];
}
