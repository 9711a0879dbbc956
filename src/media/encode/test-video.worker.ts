import { createImage } from "../../core/image.ts";
import { createVideoWriter } from "./video-writer.ts";

self.onmessage = async (event: MessageEvent<{ width: number; height: number; frames: number }>) => {
  const { width, height, frames } = event.data;
  const writer = await createVideoWriter({
    width,
    height,
    fps: 25,
    sound: null,
    durationSeconds: frames / 25,
    format: "mp4",
  });
  const image = createImage(width, height);
  for (let i = 0; i < frames; i++) {
    image.data.fill(i * 8);
    await writer.add(image);
  }
  self.postMessage(await writer.finish());
};
