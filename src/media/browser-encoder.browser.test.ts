import { afterEach, expect, test } from "vitest";
import { createImage } from "../core/image.ts";
import { vp9Encoder } from "./vp9-encoder.ts";

const Native = VideoEncoder;
afterEach(() => {
  globalThis.VideoEncoder = Native;
});

test("an encoder that fails at a segment's end leaves none open, not even the next segment's", async () => {
  const encoders: VideoEncoder[] = [];
  globalThis.VideoEncoder = class extends Native {
    #flushes = 0;
    constructor(init: VideoEncoderInit) {
      super(init);
      encoders.push(this);
    }
    // The first flush ends the warming up, the second the segment.
    override flush(): Promise<void> {
      const gone = new DOMException("The device is gone.", "EncodingError");
      return ++this.#flushes === 2 ? Promise.reject(gone) : super.flush();
    }
  };
  const encoder = await vp9Encoder({
    ...{ width: 64, height: 64, nominalFps: 25, quality: 0.8 },
    take: () => undefined,
  });
  await encoder!.add(createImage(64, 64), 0, 0.04);
  await expect(encoder!.cut()).rejects.toThrow("The device is gone");
  encoder!.close();
  expect(encoders.map(({ state }) => state)).toEqual(["closed", "closed"]);
});
