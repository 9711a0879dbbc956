import { loadAsset } from "../src/inference/load-asset.ts";
import { renderPortraits } from "../src/pipeline/render-portraits.ts";
import type { RenderApi } from "../src/protocol/render-api.ts";
import { serve } from "../src/protocol/rpc.ts";
import { loadRig, type Rig } from "../src/render/rig.ts";

let rig: Promise<Rig> | undefined;

async function fetchRig(): Promise<Rig> {
  const [rigBytes, geometryBytes] = await Promise.all([loadAsset("rig"), loadAsset("face-geometry")]);
  return loadRig(rigBytes, geometryBytes);
}

const api = {
  async render(scene, signal, onProgress, onPreview) {
    rig ??= fetchRig();
    rig.catch(() => (rig = undefined));
    return renderPortraits(scene, await rig, signal, onProgress, onPreview);
  },
} satisfies RenderApi;

serve(api);
