import { expect, test } from "vitest";
import geometryUrl from "../../../models/built/face-geometry.bin?url";
import rigUrl from "../../../models/rig/rig.bin?url";
import portraitUrl from "../../../tests/fixtures/portrait.jpg?url";
import found from "../../../tests/fixtures/portrait.landmarks.json";
import { createImage, type RgbaImage } from "../../core/image.ts";
import { REST_POSE } from "../../core/mouth.ts";
import { copySource, preparePortrait, type FramePose } from "./portrait.ts";
import { loadRig } from "../face-rig/rig.ts";

const bytes = async (url: string) => new Uint8Array(await (await fetch(url)).arrayBuffer());

async function openPortrait(width: number) {
  const picture = await createImageBitmap(await (await fetch(portraitUrl)).blob());
  const height = Math.round((picture.height * width) / picture.width);
  const context = new OffscreenCanvas(width, height).getContext("2d")!;
  context.drawImage(picture, 0, 0, width, height);
  const image: RgbaImage = { width, height, data: context.getImageData(0, 0, width, height).data };
  const points = Float32Array.from(found.points, (value) => (value * width) / picture.width);
  const rig = loadRig(await bytes(rigUrl), await bytes(geometryUrl));
  return { image, landmarks: { points, presence: 1 }, rig };
}

const STILL: Omit<FramePose, "mouth"> = {
  head: { yawDeg: 0, pitchDeg: 0, rollDeg: 0, x: 0, y: 0 },
  blinkLeft: 0,
  blinkRight: 0,
  brow: 0,
  smile: 0,
};

test("a real portrait is bit-identical at rest, and only its lower face changes when it speaks", async () => {
  const options = await openPortrait(480);
  const { image, landmarks } = options;
  const portrait = preparePortrait(options);
  const out = createImage(image.width, image.height);
  copySource(image, out);
  portrait.render({ ...STILL, mouth: REST_POSE }, out);
  expect(out.data.every((value, i) => value === image.data[i])).toBe(true);

  portrait.render({ ...STILL, mouth: { ...REST_POSE, aperture: 0.5 } }, out);
  const noseTip = landmarks.points[4 * 3 + 1]!;
  const brows = landmarks.points[105 * 3 + 1]!;
  let [above, below] = [0, 0];
  for (let i = 0; i < out.data.length; i += 4) {
    const y = Math.floor(i / 4 / image.width);
    if (out.data[i] === image.data[i] && out.data[i + 1] === image.data[i + 1]) continue;
    if (y < brows) above++;
    else if (y > noseTip) below++;
  }
  expect(above).toBeLessThan(below / 50);
  expect(below).toBeGreaterThan(2000);
});

test("moving frames differ from the source; their speed is noted, not judged", async ({ annotate }) => {
  const options = await openPortrait(480);
  const portrait = preparePortrait(options);
  const out = createImage(options.image.width, options.image.height);
  const draw = (frame: number) => {
    copySource(options.image, out);
    const aperture = 0.5 + 0.5 * Math.sin(frame);
    portrait.render(
      {
        ...STILL,
        head: { yawDeg: 3 * Math.sin(frame / 20), pitchDeg: 1, rollDeg: 1, x: 0.01, y: 0 },
        mouth: { ...REST_POSE, aperture },
      },
      out,
    );
  };
  for (let frame = 0; frame < 20; frame++) draw(frame);
  const began = performance.now();
  for (let frame = 0; frame < 50; frame++) draw(frame);
  const each = (performance.now() - began) / 50;
  await annotate(`${options.image.width}×${options.image.height}: ${each.toFixed(1)} ms a frame`);
  expect(out.data.every((value, i) => value === options.image.data[i])).toBe(false);
});
