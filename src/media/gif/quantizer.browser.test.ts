import { afterEach, expect, test } from "vitest";
import { firstSupported } from "../encode/browser-encoder.ts";

const Native = VideoEncoder;
afterEach(() => {
  globalThis.VideoEncoder = Native;
});

const base = { codec: "vp09.00.10.08", width: 128, height: 96, framerate: 25 } as const;
const candidates: VideoEncoderConfig[] = [
  { ...base, bitrateMode: "quantizer" },
  { ...base, bitrateMode: "variable", bitrate: 500_000 },
];
const optionsFor = (quantizer: number) => ({ vp9: { quantizer } });

test("an encoder that follows quantisers is told them", async () => {
  expect((await firstSupported(candidates, optionsFor))?.bitrateMode).toBe("quantizer");
});

test("one that takes quantisers and does not follow them is given a bit rate", async () => {
  globalThis.VideoEncoder = class extends Native {
    override encode(frame: VideoFrame, options?: VideoEncoderEncodeOptions): void {
      super.encode(frame, { ...options, vp9: { quantizer: 30 } });
    }
  };
  expect((await firstSupported(candidates, optionsFor))?.bitrateMode).toBe("variable");
});

test("one that takes quantisers and spends ever less on its own is given a bit rate", async () => {
  globalThis.VideoEncoder = class extends Native {
    #quantizer = 10;
    override encode(frame: VideoFrame, options?: VideoEncoderEncodeOptions): void {
      super.encode(frame, { ...options, vp9: { quantizer: (this.#quantizer += 20) } });
    }
  };
  expect((await firstSupported(candidates, optionsFor))?.bitrateMode).toBe("variable");
});

test("one that fails on quantisers is given a bit rate", async () => {
  globalThis.VideoEncoder = class extends Native {
    override encode(): void {
      throw new DOMException("No quantiser.", "OperationError");
    }
  };
  expect((await firstSupported(candidates, optionsFor))?.bitrateMode).toBe("variable");
});
