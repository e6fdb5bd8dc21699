/** The largest VPC, and the smallest in which a public subnet still holds a load balancer (27 bits). */
export const LARGEST_PREFIX = 16;
export const SMALLEST_PREFIX = 21;

const CIDR = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/;

interface Range {
  /** First address, as a number of 32 bits. */
  readonly address: number;
  readonly prefix: number;
}

/** `10.40.0.0/16` as numbers; undefined for what is none. */
export function rangeOf(cidr: string): Range | undefined {
  const [, ...parts] = CIDR.exec(cidr) ?? [];
  const [a, b, c, d, prefix] = parts.map(Number);
  if (a === undefined || [a, b, c, d].some((byte) => byte! > 255) || prefix! > 32) return undefined;
  return { address: ((a * 256 + b!) * 256 + c!) * 256 + d!, prefix: prefix! };
}

/** Bits of the network part. */
export const prefixOf = (cidr: string): number => rangeOf(cidr)?.prefix ?? LARGEST_PREFIX;

/** The same range with nothing set behind its network part: what was probably meant. */
export function withoutHost({ address, prefix }: Range): string {
  const size = 2 ** (32 - prefix);
  const base = Math.floor(address / size) * size;
  return `${[24, 16, 8, 0].map((shift) => Math.floor(base / 2 ** shift) % 256).join(".")}/${prefix}`;
}

/** Addresses that nobody has on the Internet: RFC 1918, and the shared ones of RFC 6598. */
const privateRanges = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"].map((cidr) => rangeOf(cidr)!);

/** Whether a range lies within those that a VPC should have: https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html */
export const isPrivate = ({ address, prefix }: Range): boolean =>
  privateRanges.some((range) => prefix >= range.prefix && Math.floor(address / 2 ** (32 - range.prefix)) === range.address / 2 ** (32 - range.prefix));
