import type { FaceTrack } from "../../core/face-track.ts";
import type { MouthPose } from "../../core/mouth.ts";
import { smoothstep } from "../../core/scalar.ts";
import type { AnalysedMouth } from "../../job/analysed-mouth.ts";
import type { PersonLips } from "../../render/own-frames/person-lips.ts";
import { limitLipSpeed } from "./lip-speed.ts";
import { reaching, speakingReach } from "./speaking-reach.ts";
import { learnSpeakingStyle, type StyledLips } from "./speaking-style.ts";

/** Difference of two voices' timbres up to which they are one person's before one microphone, and from which not. */
const SAME_VOICE = [0.38, 0.55] as const;

/**
 * How surely a new voice is that of the video's own sound, 0 to 1. Another person's voice is spoken with lips of its own:
 * with those of the video's person, opening r against that other person's would be .70 instead of .74.
 */
export function sameVoice({ timbre: a }: AnalysedMouth, { timbre: b }: AnalysedMouth): number {
  if (!a || !b) return 0;
  const squares = a.reduce((sum, value, band) => sum + (value - b[band]!) ** 2, 0);
  return 1 - smoothstep(...SAME_VOICE, Math.sqrt(squares / a.length));
}

/** A usual speaker's mouth with a person's own lips, by the share that these are to be believed. */
export function styledMouth(
  lips: Pick<PersonLips, "shapeOf" | "withLips">,
  usual: MouthPose,
  own: StyledLips,
  share: number,
): MouthPose {
  const { gap, width } = lips.shapeOf(usual);
  const from = Math.max(0, gap);
  return lips.withLips(usual, from + share * (own.gap - from), width + share * (own.width - width));
}

/** What {@link personMouths} needs. */
export interface PersonMouthsOptions {
  readonly track: FaceTrack;
  readonly lips: Pick<PersonLips, "shapeOf" | "withLips">;
  /** `[steps]` mouths of a usual speaker. @see mouthAt */
  readonly said: readonly MouthPose[];
  /** `[steps]` instants of the voice in seconds. */
  readonly instants: ArrayLike<number>;
  /** What {@link PersonMouthsOptions.said} is sized by, 1 = as the voice has it. */
  readonly expressiveness: number;
  /** Steps a second. */
  readonly fps: number;
  readonly voice: AnalysedMouth;
  /** What the video's own sound says; null where it is none or not this person's. */
  readonly spoken: AnalysedMouth | null;
  readonly video: { readonly fps: number; readonly starts: ArrayLike<number> };
}

/**
 * How a person of a video says what a voice says: as wide as this person opens, and where the voice is the person's own,
 * the way this person moves the lips. `[steps]` mouths.
 */
export function personMouths({
  track,
  lips,
  said,
  instants,
  expressiveness,
  fps,
  voice,
  spoken,
  video,
}: PersonMouthsOptions): MouthPose[] {
  const reach = speakingReach(track, said);
  const usual = said.map((mouth) => reaching(mouth, reach));
  const same = spoken ? sameVoice(voice, spoken) : 0;
  const style = spoken && same > 0 ? learnSpeakingStyle(track, spoken, video.fps, video.starts) : null;
  const own = (mouth: MouthPose, step: number) => {
    if (!style) return mouth;
    const styled = style.lipsAt(voice, instants[step]!, fps);
    return styledMouth(lips, mouth, { ...styled, gap: styled.gap * expressiveness }, same * style.trust);
  };
  return limitLipSpeed(usual.map(own), lips, fps);
}
