import { afterEach, expect, test } from "vitest";
import { createImage } from "../../core/image.ts";
import { BT709 } from "../planes/plane-colour.ts";
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
    ...{ width: 64, height: 64, nominalFps: 25, colour: BT709, quality: 0.8 },
    take: () => undefined,
  });
  await encoder!.add(createImage(64, 64), 0, 0.04);
  await expect(encoder!.cut()).rejects.toThrow("The device is gone");
  encoder!.close();
  expect(encoders.length).toBeGreaterThan(1);
  expect(encoders.filter(({ state }) => state !== "closed")).toEqual([]);
});

test("on a device that has one encoder at a time the next segment's starts when the last one's has ended", async () => {
  const open = new Set<VideoEncoder>();
  globalThis.VideoEncoder = class extends Native {
    override flush(): Promise<void> {
      open.add(this);
      const busy = new DOMException("All encoders are in use.", "QuotaExceededError");
      return open.size > 1 ? Promise.reject(busy) : super.flush();
    }
    override close(): void {
      open.delete(this);
      super.close();
    }
  };
  const times: number[] = [];
  const encoder = await vp9Encoder({
    ...{ width: 64, height: 64, nominalFps: 25, colour: BT709, quality: 0.8 },
    take: ({ timestamp }) => void times.push(timestamp),
  });
  await encoder!.add(createImage(64, 64), 0, 0.04);
  await encoder!.cut();
  await encoder!.add(createImage(64, 64), 0.04, 0.04);
  await encoder!.finish();
  expect(times).toEqual([0, 0.04]);
});
