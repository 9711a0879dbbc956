import { EngineError } from "../../job/errors.ts";
import type { LiveRenderApi } from "../../worker-rpc/live-api.ts";
import { handOver } from "../../worker-rpc/rpc.ts";
import type { Rig } from "../../render/face-rig/rig.ts";
import { openLivePortrait, type LivePortrait } from "./live-portrait.ts";

/** The live portraits of a worker, by number. */
export function createLivePortraits(rig: () => Promise<Rig>): LiveRenderApi {
  const portraits = new Map<number, LivePortrait>();
  let last = 0;

  const find = (portrait: number): LivePortrait => {
    const found = portraits.get(portrait);
    if (found) return found;
    throw new EngineError("device/lost", "The live portrait is gone. Open it again.");
  };

  return {
    async openLive(scene) {
      const opened = openLivePortrait(scene, await rig());
      // Two workers of one engine must not give the same number: after the first died, the number must be unknown.
      last = Math.max(last + 1, Math.floor(performance.timeOrigin));
      portraits.set(last, opened);
      return { portrait: last, mouthWidthPx: opened.mouthWidthPx, warnings: opened.warnings };
    },
    async setLiveMouth(portrait, utterance, mouth) {
      find(portrait).setMouth(utterance, mouth);
    },
    async drawLive(portrait, instant) {
      const { data, width, height } = find(portrait).draw(instant);
      const frame = await createImageBitmap(new ImageData(data, width, height));
      return handOver(frame, [frame]);
    },
    async closeLive(portrait) {
      portraits.delete(portrait);
    },
  };
}
