/** Takes a share of what passes, evenly spread: of ten at 20 % the fifth and the tenth. */
export class Sampler {
  private credit = 0;

  takes(share: number): boolean {
    this.credit += share;
    // A tenth ten times over is a hair less than one.
    if (this.credit < 1 - 1e-9) return false;
    this.credit -= 1;
    return true;
  }
}
