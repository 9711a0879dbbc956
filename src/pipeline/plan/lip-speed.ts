import type { MouthPose } from "../../core/mouth.ts";
import type { PersonLips } from "../../render/own-frames/person-lips.ts";

/**
 * The most that lips come apart or together in a second, in reaches of the mouth: in 40 ms seven speakers' gaps change by
 * at most .57 of their reach in 99 of 100 frames, .65 in 995 of 1000.
 */
const SPEED = 16;
/** The reach is this quantile of the gaps. */
const REACH = 0.95;
/** Differences of gap that nobody sees, in inter-ocular distances. */
const UNSEEN = 0.002;

/**
 * Takes from mouths what lips cannot do between two frames: beside a contact that begins or ends all at once they are
 * less open. Lips that touch are left as they are.
 * @param mouths `[steps]`, in time. @param fps steps a second.
 */
export function limitLipSpeed(
  mouths: readonly MouthPose[],
  lips: Pick<PersonLips, "shapeOf" | "withLips">,
  fps: number,
): MouthPose[] {
  const wanted = mouths.map((mouth) => Math.max(0, lips.shapeOf(mouth).gap));
  const reach = [...wanted].sort((a, b) => a - b)[Math.round(REACH * (wanted.length - 1))] ?? 0;
  const most = (SPEED * reach) / fps;
  const gaps = [...wanted];
  for (let i = 1; i < gaps.length; i++) gaps[i] = Math.min(gaps[i]!, gaps[i - 1]! + most);
  for (let i = gaps.length - 2; i >= 0; i--) gaps[i] = Math.min(gaps[i]!, gaps[i + 1]! + most);
  return mouths.map((mouth, i) =>
    wanted[i]! - gaps[i]! > UNSEEN ? lips.withLips(mouth, gaps[i]!, lips.shapeOf(mouth).width) : mouth,
  );
}
