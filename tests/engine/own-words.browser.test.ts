import {
  ALL_FORMATS,
  BlobSource,
  BufferTarget,
  Conversion,
  Input,
  Mp4OutputFormat,
  Output,
} from "mediabunny";
import { afterAll, expect, test } from "vitest";
import type { RgbaImage } from "../../src/core/image.ts";
import { createEngine } from "../../src/engine/engine.ts";
import { knownVoice, picturesOf } from "./measured-lips.ts";
import { fixture } from "./media.ts";

const engine = createEngine();
afterAll(() => engine.dispose());

/** The same packets of pictures without the sound. */
async function soundless(movie: Blob): Promise<File> {
  const target = new BufferTarget();
  const conversion = await Conversion.init({
    input: new Input({ formats: ALL_FORMATS, source: new BlobSource(movie) }),
    output: new Output({ format: new Mp4OutputFormat(), target }),
    audio: { discard: true },
  });
  await conversion.execute();
  return new File([target.buffer!], "soundless.mp4", { type: "video/mp4" });
}

/** Numbers of the pictures that differ in any pixel. */
function changes(one: readonly RgbaImage[], two: readonly RgbaImage[]): number[] {
  expect(one.length).toBe(two.length);
  return one.flatMap(({ data }, i) => (data.some((value, k) => value !== two[i]!.data[k]) ? [i] : []));
}

test("own frames are chosen by what the video's own sound says in them", async () => {
  const [own, other] = [
    await knownVoice(["upc_ca_ona_hts-1", "upc_ca_ona_hts-2"], 0, 3.5),
    await knownVoice(["espeak-fi-3"], 1, 3.5),
  ];
  const formState = {
    image: await fixture("portrait.jpg"),
    audio: own.file,
    resolution: "480p",
    seed: 1,
  } as const;
  const { output: talking } = await engine.run({ model: "lipsync-image", formState, backend: "wasm" });
  const silent = await soundless(talking);
  expect(changes(await picturesOf(talking), await picturesOf(silent))).toEqual([]);
  const dubbed = async (video: Blob) => {
    const { output } = await engine.run({
      model: "lipsync-video",
      formState: { video, audio: other.file, seed: 1 },
      backend: "wasm",
    });
    return picturesOf(output);
  };
  expect(changes(await dubbed(talking), await dubbed(silent))).not.toEqual([]);
});
