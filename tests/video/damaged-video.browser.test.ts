import { ALL_FORMATS, BlobSource, EncodedPacketSink, Input } from "mediabunny";
import { afterAll, expect, test } from "vitest";
import { createEngine } from "../../src/engine/engine.ts";
import { openVideo } from "../../src/media/demux/open-video.ts";
import { codeOf } from "../../src/media/test-media.ts";
import { shortVoice } from "../engine/media.ts";

const CLIP = new URL("../fixtures/video/talk.mp4", import.meta.url);
const engine = createEngine();
afterAll(() => engine.dispose());

/** The head that speaks; the length of the thirteenth frame's first unit is a lie. */
async function damagedClip(): Promise<File> {
  const whole = await (await fetch(CLIP)).blob();
  const input = new Input({ source: new BlobSource(whole), formats: ALL_FORMATS });
  const track = (await input.getPrimaryVideoTrack())!;
  const bytes = new Uint8Array(await whole.arrayBuffer());
  let count = 0;
  for await (const packet of new EncodedPacketSink(track).packets()) {
    if (count++ !== 12) continue;
    const start = packet.data.subarray(0, 24);
    for (let at = 0; at + start.length < bytes.length; at++) {
      if (start.every((byte, i) => bytes[at + i] === byte)) bytes.set([0x7f, 0xff, 0xff, 0xff], at);
    }
  }
  input.dispose();
  return new File([bytes], "damaged.mp4");
}

test("where the browser's decoder stops in the middle, ffmpeg reads the video, and the damage is told", async () => {
  const video = await damagedClip();
  const native = await openVideo(video);
  expect(native.decoder).toBe("webcodecs");
  const reading = (async () => {
    for await (const frame of native.frames()) expect(frame.image.width).toBeGreaterThan(0);
  })();
  expect(await codeOf(reading)).toBe("codec/failed");
  native.dispose();

  const seen: number[] = [];
  const { report, warnings, output } = await engine.run(
    { model: "lipsync-video", formState: { video, audio: await shortVoice(1) }, backend: "wasm" },
    { onProgress: ({ progress }) => seen.push(progress) },
  );
  expect(warnings.map(({ code }) => code)).toContain("video/damaged");
  expect(report.fps).toBe(25);
  const result = await openVideo(output);
  expect(result.frameCount).toBe(Math.ceil((report.durationSeconds - 0.001) * 25));
  result.dispose();
  expect(seen).toEqual([...seen].sort((a, b) => a - b));
});
