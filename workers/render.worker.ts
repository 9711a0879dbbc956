import { loadAsset } from "../src/inference/load-asset.ts";
import { requireWasm } from "../src/inference/wasm-support.ts";
import type { LiveRenderApi } from "../src/worker-rpc/live-api.ts";
import { drawFrame, renderScene } from "../src/pipeline/compose/render-scene.ts";
import { createPreparedScenes } from "../src/pipeline/compose/prepared-scenes.ts";
import { connectSoundtrack } from "../src/pipeline/compose/soundtrack.ts";
import type { RenderApi } from "../src/worker-rpc/render-api.ts";
import { serve } from "../src/worker-rpc/rpc.ts";
import { loadRig, type Rig } from "../src/render/face-rig/rig.ts";

let rig: Promise<Rig> | undefined;

async function fetchRig(): Promise<Rig> {
  requireWasm();
  const [rigBytes, geometryBytes] = await Promise.all([loadAsset("rig"), loadAsset("face-geometry")]);
  return loadRig(rigBytes, geometryBytes);
}

/** The rig, fetched once; again after a failure. */
function sharedRig(): Promise<Rig> {
  rig ??= fetchRig();
  rig.catch(() => (rig = undefined));
  return rig;
}

let livePortraits: Promise<LiveRenderApi> | undefined;

/** Loaded when a portrait is to speak live. */
function live(): Promise<LiveRenderApi> {
  livePortraits ??= import("../src/pipeline/live/serve-portraits.ts").then(({ createLivePortraits }) =>
    createLivePortraits(sharedRig),
  );
  livePortraits.catch(() => (livePortraits = undefined));
  return livePortraits;
}

const scenes = createPreparedScenes(sharedRig);

const api = {
  preparePicture: scenes.preparePicture,
  prepareVideo: scenes.prepareVideo,
  async render(sent, soundtrack, inferFaces, signal, onProgress, onPreview) {
    const listeners = { signal, onProgress, onPreview };
    const sound = connectSoundtrack(soundtrack, sent.output, signal);
    try {
      const { scene, prepared } = await scenes.take(sent);
      return await renderScene(scene, sound, inferFaces, await sharedRig(), listeners, prepared);
    } finally {
      await sound.close();
    }
  },
  async drawFrame(scene, atSeconds, signal) {
    return drawFrame(scene, atSeconds, await sharedRig(), signal);
  },
  openLive: async (...given) => (await live()).openLive(...given),
  setLiveMouth: async (...given) => (await live()).setLiveMouth(...given),
  addLiveMouth: async (...given) => (await live()).addLiveMouth(...given),
  connectLiveMouth: async (...given) => (await live()).connectLiveMouth(...given),
  connectLiveView: async (...given) => (await live()).connectLiveView(...given),
  drawLive: async (...given) => (await live()).drawLive(...given),
  closeLive: async (...given) => (await live()).closeLive(...given),
} satisfies RenderApi & LiveRenderApi;

serve(api);
