import { ARTICULATORS, MOUTH_RATE_HZ, type MouthPiece, type MouthPose } from "../../core/mouth.ts";
import { clamp, smoothstep } from "../../core/scalar.ts";
import { mouthAt } from "../plan/mouth-at.ts";

const WIDTH = ARTICULATORS.length;
/** Frames that an output frame's mouth looks at to either side of its own. */
const REACH = 15;
/** Frames before the last one asked for that are kept. */
const KEPT = 200;
/** A mouth that becomes known too late is held as it was for so many frames, then comes to rest within as many. */
const HELD = 12;
/** The beat of a voice: how loud it is now against the last second, in frames. */
const BEAT = { now: 9, lately: 110 } as const;
/** Frames to either side of an instant in which a voice is looked for. */
const SPEAKING = 25;

/** A mouth that grows while its voice is analysed, in bounded memory: what was shown is forgotten. */
export class MouthBuffer {
  private from = 0;
  private to = 0;
  private articulation = new Float32Array(0);
  private energy = new Float32Array(0);
  private asked = 0;

  /** Frames that are held. */
  get knownFrames(): number {
    return this.to - this.from;
  }

  /** Takes a piece; its frames replace those that are known. */
  add({ start, track }: MouthPiece): void {
    if (this.from === this.to) this.from = this.to = start;
    const end = start + track.frames;
    this.reserve(end);
    this.articulation.set(track.articulation, (start - this.from) * WIDTH);
    this.energy.set(track.energy, start - this.from);
    this.to = end;
  }

  /**
   * The mouth of output frame `frame`; where it is not known yet the last one that is, for a moment, and at rest where
   * nothing is known for longer. See `mouthAt`.
   */
  poseAt(expressiveness: number, fps: number, frame: number): MouthPose {
    const centre = Math.round((frame * MOUTH_RATE_HZ) / fps);
    this.asked = centre;
    const late = centre - (this.to - 1);
    if (late > 0 && this.to > this.from) {
      const left = 1 - smoothstep(HELD, 2 * HELD, late);
      const last = this.known(expressiveness, fps, ((this.to - 1) * fps) / MOUTH_RATE_HZ);
      return Object.fromEntries(
        Object.entries(last).map(([name, value]) => [name, value * left]),
      ) as MouthPose;
    }
    return this.known(expressiveness, fps, frame);
  }

  private known(expressiveness: number, fps: number, frame: number): MouthPose {
    const centre = Math.round((frame * MOUTH_RATE_HZ) / fps);
    const [first, end] = this.within(centre - REACH, centre + REACH);
    const track = {
      frames: end - first,
      articulation: this.articulation.slice((first - this.from) * WIDTH, (end - this.from) * WIDTH),
      voice: new Float32Array(end - first),
      energy: new Float32Array(end - first),
    };
    return mouthAt(track, expressiveness, fps, frame - (first * fps) / MOUTH_RATE_HZ);
  }

  /** By how much the voice is louder now than in the last second, about −0.5 to 0.5. */
  beatAt(seconds: number): number {
    const centre = Math.round(seconds * MOUTH_RATE_HZ);
    const mean = (from: number, to: number) => {
      const [first, end] = this.within(from, to);
      let sum = 0;
      for (let i = first; i < end; i++) sum += this.energy[i - this.from]!;
      return end === first ? 0 : sum / (end - first);
    };
    return mean(centre - BEAT.now, centre + BEAT.now) - mean(centre - BEAT.lately, centre + BEAT.now);
  }

  /** How surely somebody speaks around an instant: the share of the last and next frames with a voice, 0 to 1. */
  speaksAt(seconds: number): number {
    const centre = Math.round(seconds * MOUTH_RATE_HZ);
    const [first, end] = this.within(centre - SPEAKING, centre + SPEAKING);
    let spoken = 0;
    for (let i = first; i < end; i++) if (this.energy[i - this.from]! > 0) spoken++;
    return end === first ? 0 : spoken / (end - first);
  }

  private within(first: number, end: number): [number, number] {
    const from = clamp(first, this.from, this.to);
    return [from, Math.max(from, clamp(end, this.from, this.to))];
  }

  /** Makes room up to `end` and forgets what was shown. */
  private reserve(end: number): void {
    if (end - this.from <= this.energy.length) return;
    const from = clamp(this.asked - KEPT, this.from, this.to);
    const size = Math.max(2 * KEPT, Math.ceil((end - from) * 1.5));
    const moved = (values: Float32Array, width: number) => {
      const larger = new Float32Array(size * width);
      larger.set(values.subarray((from - this.from) * width, (this.to - this.from) * width));
      return larger;
    };
    this.articulation = moved(this.articulation, WIDTH);
    this.energy = moved(this.energy, 1);
    this.from = from;
  }
}
