import { decodeImage } from "../src/media/image/decode-image.ts";
import { createLiveVoices } from "../src/pipeline/live/serve-recordings.ts";
import { createLiveStreams } from "../src/pipeline/live/serve-arriving-sounds.ts";
import type { LiveStreamApi, LiveVoiceApi } from "../src/worker-rpc/live-api.ts";
import type { MediaApi } from "../src/worker-rpc/media-api.ts";
import { connectPort, serve, transfer } from "../src/worker-rpc/rpc.ts";
import { buffersOf, type FaceNetworksApi, type VideoTrackingApi } from "../src/worker-rpc/video-api.ts";

const api = {
  ...createLiveVoices(),
  ...createLiveStreams(),
  async decodePicture(file, maxPixels) {
    const picture = await decodeImage(file, { maxPixels });
    return transfer({ ...picture }, [picture.image.data.buffer]);
  },
  async previewGif(output, signal, onProgress) {
    const { writeGifPreview } = await import("../src/media/gif/gif-preview.ts");
    return writeGifPreview(output, { signal, onProgress });
  },
  async leftFrames(output, ranges, fps, signal) {
    const { drawLeftFrames } = await import("../src/media/left-frame-thumbnails.ts");
    return drawLeftFrames(output, ranges, fps, signal);
  },
  async trackVideo(request, faces, signal, onProgress, kept, keep) {
    const networks = connectPort<FaceNetworksApi>(faces, signal);
    try {
      const [{ trackVideo }, { createFaceReader }] = await Promise.all([
        import("../src/pipeline/plan/video-tracking.ts"),
        import("../src/vision/landmarks/face-reader.ts"),
      ]);
      const reader = createFaceReader((network, feeds) => {
        const buffers = Object.values(feeds).map(({ data }) => data.buffer);
        return networks.api.run(network, transfer(feeds, buffers));
      });
      const video = await trackVideo(request, reader, signal, onProgress, kept, keep);
      return transfer(video, buffersOf(video, video.frames));
    } finally {
      networks.close();
    }
  },
} satisfies MediaApi & VideoTrackingApi & LiveVoiceApi & LiveStreamApi;

serve(api);
