import { smoothstep } from "../../core/scalar.ts";

/** Values that change with time: a few numbers for any second (or frame) of its own. */
export type Motion = (position: number) => readonly number[];

/** The farthest that a motion is continued after its last use, in seconds. */
const LONGEST_CONTINUATION = 0.2;

/** Follows one motion after another without a jump: what differs at a change fades within `easeSeconds`. */
export class Follower {
  private motion: Motion | null = null;
  private position = 0;
  private rate = 1;
  private clock = 0;
  private offset: readonly number[] = [];
  private since = -Infinity;

  constructor(private readonly easeSeconds: number) {}

  /**
   * The values to show. The first motion, and any motion once the last change has faded, is given exactly.
   * @param position where `motion` is asked, in its own unit.
   * @param rate units of `position` per second.
   * @param clock seconds of a clock that runs through all motions.
   */
  at(motion: Motion, position: number, rate: number, clock: number): readonly number[] {
    const now = motion(position);
    if (this.motion && this.motion !== motion) {
      const gone = Math.min(LONGEST_CONTINUATION, Math.max(0, clock - this.clock));
      const before = this.motion(this.position + gone * this.rate);
      const left = this.share(clock);
      this.offset = now.map((value, i) => before[i]! + left * (this.offset[i] ?? 0) - value);
      this.since = clock;
    }
    [this.motion, this.position, this.rate, this.clock] = [motion, position, rate, clock];
    const left = this.share(clock);
    return left === 0 ? now : now.map((value, i) => value + left * this.offset[i]!);
  }

  private share(clock: number): number {
    return 1 - smoothstep(0, this.easeSeconds, clock - this.since);
  }
}
