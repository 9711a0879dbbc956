import fc from "fast-check";
import { expect, test } from "vitest";
import { mapMedia, mapMediaAsync, mediaOf, withSeed, type JobSpec } from "./job-spec.ts";
import { fromWireNames, toWireNames } from "./wire-names.ts";

const text = fc.string();
const optional = { requiredKeys: [] as [] };
const common = {
  maskImage: text,
  resolution: fc.constantFrom("480p", "720p", "source"),
  prompt: text,
  seed: fc.integer(),
};
const settings = fc.record(
  {
    format: fc.constantFrom("mp4", "webm"),
    backend: fc.constantFrom("webgpu", "wasm"),
    fps: fc.integer({ min: 1, max: 60 }),
    aiMark: fc.boolean(),
    lipModel: fc.oneof(
      fc.record({ installed: text }),
      fc.record({ file: text, acceptLicence: fc.boolean() }),
    ),
  },
  optional,
);
const formOf = <Fields extends object>(fields: Fields) =>
  fc.tuple(fc.record(fields as Record<string, fc.Arbitrary<unknown>>), fc.record(common, optional));
const order = fc.constantFrom("meanwhile", "left_right", "right_left");
const specs = fc
  .oneof(
    fc.tuple(fc.constant("lipsync-image"), formOf({ image: text, audio: text })),
    fc.tuple(
      fc.constant("lipsync-image-multi"),
      formOf({ image: text, leftAudio: text, rightAudio: text, order }),
    ),
    fc.tuple(fc.constant("lipsync-video"), formOf({ video: text, audio: text })),
  )
  .chain(([model, [own, shared]]) =>
    // As JSON has it: plain objects, no -0.
    settings.map((rest): JobSpec<string> => {
      const spec = { ...rest, model, formState: { ...own, ...shared } };
      return JSON.parse(JSON.stringify(spec)) as JobSpec<string>;
    }),
  );

test("mapping media to themselves changes nothing, and mapping there and back neither", async () => {
  await fc.assert(
    fc.asyncProperty(specs, async (spec) => {
      expect(mapMedia(spec, (media) => media)).toStrictEqual(spec);
      const held = mapMedia(spec, (media) => ({ path: media }));
      expect(mapMedia(held, ({ path }) => path)).toStrictEqual(spec);
      expect(await mapMediaAsync(held, ({ path }) => Promise.resolve(path))).toStrictEqual(spec);
    }),
  );
});

test("every medium is found at its place, once, and nothing else is", () => {
  fc.assert(
    fc.property(specs, (spec) => {
      const flat = { ...spec.formState, "lipModel.file": spec.lipModel?.file } as Record<string, unknown>;
      const media = ["image", "video", "audio", "leftAudio", "rightAudio", "maskImage", "lipModel.file"];
      const expected = media.filter((name) => flat[name] !== undefined).map((name) => [name, flat[name]]);
      expect(Object.fromEntries(mediaOf(spec))).toEqual(Object.fromEntries(expected));
      const seen: string[] = [];
      mapMedia(spec, (_, field) => seen.push(field));
      expect(seen).toHaveLength(new Set(seen).size);
    }),
  );
});

test("names of the wire come back as they went, and meet no other field", () => {
  fc.assert(
    fc.property(specs, ({ formState }) => {
      const wire = toWireNames(formState);
      expect(Object.keys(wire).every((name) => name === name.toLowerCase())).toBe(true);
      expect(fromWireNames(wire)).toEqual(formState);
      expect(fromWireNames(formState)).toEqual(formState);
    }),
  );
});

test("a medium that fails is told when all others have ended", async () => {
  const ended: string[] = [];
  const spec: JobSpec<string> = { model: "lipsync-image", formState: { image: "a", audio: "b" } };
  const mapped = mapMediaAsync(spec, async (media, field) => {
    if (field === "image") throw new Error("no picture");
    await new Promise((resolve) => setTimeout(resolve, 5));
    ended.push(media);
    return media;
  });
  await expect(mapped).rejects.toThrow("no picture");
  expect(ended).toEqual(["b"]);
});

test("a seed is set and all else stays", () => {
  fc.assert(
    fc.property(specs, fc.integer(), (spec, seed) => {
      expect(withSeed(spec, seed)).toEqual({ ...spec, formState: { ...spec.formState, seed } });
    }),
  );
});
