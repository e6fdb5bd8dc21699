/** How much the latest measurement weighs. */
const LATEST = 0.2;

/** How long a request of each kind takes, from what was measured: a moving average over batches. */
export class Pace {
  private readonly msPerRequest = new Map<string, number>();

  /** @param milliseconds from handing a batch over until its answers were there. */
  note(kind: string, count: number, milliseconds: number): void {
    const measured = milliseconds / count;
    const before = this.msPerRequest.get(kind);
    this.msPerRequest.set(kind, before === undefined ? measured : before + LATEST * (measured - before));
  }

  /** Milliseconds that so many requests will take; 0 for a kind that was never computed. */
  expect(kind: string, count: number): number {
    return (this.msPerRequest.get(kind) ?? 0) * count;
  }
}
