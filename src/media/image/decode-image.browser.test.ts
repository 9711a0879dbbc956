import { expect, test } from "vitest";
import { decodeImage, resizeImage } from "./decode-image.ts";
import { codeOf, fixtureFile } from "../test-media.ts";

type Painter = (context: OffscreenCanvasRenderingContext2D) => void;

async function picture(width: number, height: number, paint: Painter, type = "image/png"): Promise<Blob> {
  const canvas = new OffscreenCanvas(width, height);
  paint(canvas.getContext("2d")!);
  return canvas.convertToBlob({ type, quality: 0.95 });
}

const halves: Painter = (context) => {
  const { width, height } = context.canvas;
  context.fillStyle = "rgb(220, 30, 30)";
  context.fillRect(0, 0, width, height / 2);
  context.fillStyle = "rgb(30, 30, 220)";
  context.fillRect(0, height / 2, width, height / 2);
};

/** Puts an EXIF block with that orientation behind a JPEG's first marker. */
async function withOrientation(jpeg: Blob, orientation: number): Promise<Blob> {
  const exif = new Uint8Array(36);
  const view = new DataView(exif.buffer);
  view.setUint16(0, 0xffe1);
  view.setUint16(2, 34);
  exif.set(new TextEncoder().encode("Exif\0\0MM\0*"), 4);
  view.setUint32(14, 8);
  view.setUint16(18, 1);
  view.setUint16(20, 0x0112);
  view.setUint16(22, 3);
  view.setUint32(24, 1);
  view.setUint16(28, orientation);
  return new Blob([jpeg.slice(0, 2), exif, jpeg.slice(2)], { type: "image/jpeg" });
}

function pixel(image: { width: number; data: Uint8ClampedArray }, x: number, y: number): number[] {
  return [...image.data.subarray((y * image.width + x) * 4, (y * image.width + x) * 4 + 4)];
}

test("a PNG comes out as it went in", async () => {
  const { image, sourceWidth, sourceHeight, warnings } = await decodeImage(await picture(96, 80, halves));
  expect([image.width, image.height, sourceWidth, sourceHeight]).toEqual([96, 80, 96, 80]);
  expect(pixel(image, 10, 10)).toEqual([220, 30, 30, 255]);
  expect(pixel(image, 10, 70)).toEqual([30, 30, 220, 255]);
  expect(warnings).toEqual([]);
});

test.each([
  [3, 120, 80, [60, 75], [60, 5]],
  [6, 80, 120, [75, 60], [5, 60]],
  [8, 80, 120, [5, 60], [75, 60]],
] as const)(
  "EXIF orientation %i is applied, with and without scaling",
  async (orientation, width, height, red, blue) => {
    const jpeg = await withOrientation(await picture(120, 80, halves, "image/jpeg"), orientation);
    for (const maxPixels of [1e6, 2400]) {
      const { image, sourceWidth, sourceHeight } = await decodeImage(jpeg, { maxPixels, minSide: 16 });
      expect([sourceWidth, sourceHeight]).toEqual([width, height]);
      expect(image.width / image.height).toBeCloseTo(width / height, 1);
      const scale = image.width / width;
      const at = ([x, y]: readonly [number, number]) =>
        pixel(image, Math.floor(x * scale), Math.floor(y * scale));
      expect(at(red)[0]).toBeGreaterThan(180);
      expect(at(blue)[2]).toBeGreaterThan(180);
    }
  },
);

test("transparent parts are laid on light grey and told", async () => {
  const { image, warnings } = await decodeImage(
    await picture(80, 80, (context) => {
      context.fillStyle = "rgb(10, 20, 30)";
      context.fillRect(0, 0, 40, 80);
    }),
  );
  expect(pixel(image, 10, 10)).toEqual([10, 20, 30, 255]);
  expect(pixel(image, 70, 10)).toEqual([232, 232, 232, 255]);
  expect(warnings).toEqual([{ code: "picture/transparent", values: {} }]);
});

test.each([
  ["cmyk.jpg", 96, 64],
  ["gray.jpg", 80, 72],
] as const)("%s is decoded to RGB", async (name, width, height) => {
  const { image } = await decodeImage(await fixtureFile(name));
  expect([image.width, image.height]).toEqual([width, height]);
  const [top, bottom] = [pixel(image, 40, 2), pixel(image, 40, height - 3)];
  if (name === "cmyk.jpg") {
    expect(top[0]! - top[2]!).toBeGreaterThan(100);
    expect(bottom[2]! - bottom[0]!).toBeGreaterThan(100);
  } else {
    expect(top[0]).toBe(top[2]);
    expect(bottom[0]! - top[0]!).toBeGreaterThan(200);
  }
});

test("a PNG of 16 bits a channel keeps its colour", async () => {
  const { image } = await decodeImage(await fixtureFile("deep.png"));
  expect(pixel(image, 5, 5)).toEqual([200, 100, 50, 255]);
});

test.each(["animated.gif", "animated.webp"])("the first frame of %s is used and told", async (name) => {
  const { image, warnings } = await decodeImage(await fixtureFile(name));
  const [red, green, blue] = pixel(image, 30, 30);
  expect(red).toBeGreaterThan(240);
  expect(green! + blue!).toBeLessThan(20);
  expect(warnings).toEqual([{ code: "picture/animated", values: {} }]);
});

test("50 megapixels come out at the size asked for, like a picture scaled afterwards", async () => {
  const paint: Painter = (context) => {
    const gradient = context.createLinearGradient(0, 0, context.canvas.width, context.canvas.height);
    gradient.addColorStop(0, "rgb(250, 200, 20)");
    gradient.addColorStop(1, "rgb(20, 60, 120)");
    context.fillStyle = gradient;
    context.fillRect(0, 0, context.canvas.width, context.canvas.height);
  };
  const large = await decodeImage(await picture(8660, 5774, paint, "image/jpeg"), { maxPixels: 1_000_000 });
  expect(large.image.width * large.image.height).toBeLessThanOrEqual(1_000_000);
  expect([large.sourceWidth, large.sourceHeight]).toEqual([8660, 5774]);
  const small = await decodeImage(await picture(2165, 1443, paint, "image/jpeg"));
  const expected = resizeImage(small.image, large.image.width, large.image.height);
  let worst = 0;
  for (let i = 0; i < expected.data.length; i += 997) {
    worst = Math.max(worst, Math.abs(expected.data[i]! - large.image.data[i]!));
  }
  // Two JPEGs of a smooth gradient: a few levels.
  expect(worst).toBeLessThanOrEqual(6);
});

test("what is not a picture is refused with its own code", async () => {
  const png = await picture(200, 200, halves);
  const file = (parts: BlobPart[], name: string) => new File(parts, name, { type: "image/png" });
  expect(await codeOf(decodeImage(file(["Just some words."], "portrait.png")))).toBe("input/image");
  expect(await codeOf(decodeImage(file([], "portrait.png")))).toBe("input/image");
  expect(await codeOf(decodeImage(file([png.slice(0, 60)], "portrait.png")))).toBe("input/image");
  expect(await codeOf(decodeImage(file([crypto.getRandomValues(new Uint8Array(999))], "a.png")))).toBe(
    "input/image",
  );
  expect(await codeOf(decodeImage(await picture(1, 1, halves)))).toBe("input/image-too-small");
  expect(await codeOf(decodeImage(png, { maxSourcePixels: 10_000 }))).toBe("input/image-too-large");
});

test("the message says what the file looks like", async () => {
  const text = new File(["Just some words."], "portrait.png");
  await expect(decodeImage(text)).rejects.toThrow(/portrait\.png.*a text file/);
});

test("HEIC is decoded where the browser has no decoder: turned once, thumbnail left, Display P3 brought to sRGB", async () => {
  const white = (x: number, y: number, image: Parameters<typeof pixel>[0]) => pixel(image, x, y);
  // The same picture twice: white and four colours; stored on its side with EXIF and a box that say so.
  const turned = await decodeImage(await fixtureFile("turned.heic"));
  expect([turned.image.width, turned.image.height, turned.sourceWidth]).toEqual([128, 96, 128]);
  expect(turned.warnings).toEqual([]);
  // A quality of 90 keeps flat colours to 3 of 255.
  const near = (seen: number[], wanted: number[]) =>
    wanted.forEach((value, k) => expect(Math.abs(seen[k]! - value)).toBeLessThanOrEqual(3));
  near(white(16, 8, turned.image), [255, 255, 255]);
  near(pixel(turned.image, 16, 60), [200, 60, 60]);
  near(pixel(turned.image, 112, 48), [150, 150, 150]);
  const small = await decodeImage(await fixtureFile("turned.heic"), { maxPixels: 64 * 48, minSide: 16 });
  expect([small.image.width, small.image.height]).toEqual([64, 48]);
  near(pixel(small.image, 8, 30), [200, 60, 60]);

  const { image } = await decodeImage(await fixtureFile("p3.heic"));
  expect([image.width, image.height]).toEqual([128, 96]);
  // Display P3 (200, 60, 60), (60, 170, 90) and (60, 90, 190) as levels of sRGB, by the browser's own conversion.
  const context = new OffscreenCanvas(3, 1).getContext("2d", { willReadFrequently: true })!;
  [
    [200, 60, 60],
    [60, 170, 90],
    [60, 90, 190],
  ].forEach(([r, g, b], i) => {
    context.fillStyle = `color(display-p3 ${r! / 255} ${g! / 255} ${b! / 255})`;
    context.fillRect(i, 0, 1, 1);
    near(pixel(image, i * 32 + 16, 60), [...context.getImageData(i, 0, 1, 1).data.subarray(0, 3)]);
  });
});

test("a HEIC that is cut short or too large is refused with its reason", async () => {
  const whole = await fixtureFile("turned.heic");
  expect(await codeOf(decodeImage(whole.slice(0, 500)))).toBe("input/image");
  expect(await codeOf(decodeImage(whole, { maxSourcePixels: 100 * 100 }))).toBe("input/image-too-large");
  expect(await codeOf(decodeImage(whole, { minSide: 100 }))).toBe("input/image-too-small");
});

test("a JPEG that is cut short is shown as far as it goes, and told", async () => {
  const busy: Painter = (context) => {
    for (let i = 0; i < 1024; i++) {
      context.fillStyle = `rgb(${(i * 37) % 256}, ${(i * 91) % 256}, ${(i * 53) % 256})`;
      context.fillRect((i % 32) * 8, Math.floor(i / 32) * 8, 8, 8);
    }
  };
  const whole = await picture(256, 256, busy, "image/jpeg");
  const { image, warnings } = await decodeImage(whole);
  expect(warnings).toEqual([]);
  for (const missing of [2, Math.floor(whole.size / 4)]) {
    const cut = await decodeImage(whole.slice(0, whole.size - missing));
    expect(cut.warnings.map(({ code }) => code)).toEqual(["picture/cut-short"]);
    expect([cut.sourceWidth, cut.sourceHeight]).toEqual([image.width, image.height]);
    expect(pixel(cut.image, 8, 8)).toEqual(pixel(image, 8, 8));
  }
  expect(await codeOf(decodeImage(whole.slice(0, 100)))).toBe("input/image");
});

test("a JPEG of several pictures, as phones store gain maps and burst frames, shows its base", async () => {
  const base = await picture(96, 80, halves, "image/jpeg");
  const map = await picture(64, 64, (context) => context.fillRect(0, 0, 64, 64), "image/jpeg");
  const { image, warnings } = await decodeImage(new Blob([base, map], { type: "image/jpeg" }));
  expect([image.width, image.height]).toEqual([96, 80]);
  expect(pixel(image, 10, 10)[0]).toBeGreaterThan(200);
  expect(warnings).toEqual([]);
});
