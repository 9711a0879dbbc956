import type { MouthPiece } from "../../core/mouth.ts";
import { EngineError } from "../../job/errors.ts";
import type { DrawAnswer, DrawRequest } from "../../worker-rpc/live-view-api.ts";
import type { LiveRenderApi } from "../../worker-rpc/live-api.ts";
import { createCanvasSink } from "../compose/sinks/canvas.ts";
import type { Rig } from "../../render/face-rig/rig.ts";
import { openLivePortrait, type LivePortrait } from "./live-portrait.ts";

/** The live portraits of a worker, by number. */
export function createLivePortraits(rig: () => Promise<Rig>): LiveRenderApi {
  const portraits = new Map<number, LivePortrait>();
  const canvas = createCanvasSink();
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
    async addLiveMouth(portrait, utterance, piece) {
      find(portrait).addMouth(utterance, piece);
    },
    async connectLiveMouth(portrait, utterance, pieces) {
      const target = find(portrait);
      pieces.onmessage = ({ data }: MessageEvent<MouthPiece>) => target.addMouth(utterance, data);
    },
    async connectLiveView(portrait, requests) {
      find(portrait);
      requests.onmessage = async ({ data: { id, instant } }: MessageEvent<DrawRequest>) => {
        const bitmap = await Promise.resolve()
          .then(() => canvas.add(find(portrait).draw(instant)))
          .catch(() => null);
        requests.postMessage({ id, bitmap } satisfies DrawAnswer, bitmap ? [bitmap] : []);
      };
    },
    drawLive: async (portrait, instant) => canvas.add(find(portrait).draw(instant)),
    async closeLive(portrait) {
      portraits.delete(portrait);
    },
  };
}
