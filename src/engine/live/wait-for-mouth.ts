/** Lets a sound wait until its mouth is known. */
export class Horizon {
  private known = 0;
  private waiting: (() => void)[] = [];

  /** Second up to which the mouth is known. */
  get seconds(): number {
    return this.known;
  }

  /** The mouth is known up to here. */
  extend(seconds: number): void {
    this.known = Math.max(this.known, seconds);
    for (const resolve of this.waiting.splice(0)) resolve();
  }

  async reaches(seconds: number): Promise<void> {
    while (this.known < seconds) await new Promise<void>((resolve) => this.waiting.push(resolve));
  }
}
