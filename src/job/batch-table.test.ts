import { expect, test } from "vitest";
import { batchTemplate, distinctNames, readBatch } from "./batch-table.ts";

const isVideo = (name: string) => name.endsWith(".mp4");
const read = (text: string, picture?: string) => readBatch(text, { picture, isVideo });

test("a row becomes the request that its columns name", () => {
  const { lines, faults } = read(
    [
      "picture;voice;second_voice;order;resolution;seed;fps;format;prompt;mask;name",
      "me.jpg;a.mp3;;;720p;7;30;webm;calm;m.png;first",
      "two.jpg;l.mp3;r.mp3;meanwhile;;;;;;;",
      "clip.mp4;a.mp3;;;source;;;;;;",
      ";a.mp3;;;;;;;;;",
    ].join("\n"),
    "stage.png",
  );
  expect(faults).toEqual([]);
  expect(lines.map(({ faults: wrong }) => wrong)).toEqual([[], [], [], []]);
  expect(lines.map(({ spec }) => spec)).toEqual([
    {
      model: "lipsync-image",
      formState: {
        ...{ image: "me.jpg", audio: "a.mp3", maskImage: "m.png" },
        ...{ resolution: "720p", prompt: "calm", seed: 7 },
      },
      format: "webm",
      fps: 30,
    },
    {
      model: "lipsync-image-multi",
      formState: { image: "two.jpg", leftAudio: "l.mp3", rightAudio: "r.mp3", order: "meanwhile" },
    },
    { model: "lipsync-video", formState: { video: "clip.mp4", audio: "a.mp3", resolution: "source" } },
    { model: "lipsync-image", formState: { image: "stage.png", audio: "a.mp3" } },
  ]);
  expect(lines.map(({ name }) => name)).toEqual(["first", "two-l", "clip-a", "stage-a"]);
});

test("what is wrong is told by row and column, and the other rows stay", () => {
  const { lines, faults } = read(
    "Picture,VOICE,resolution,seed,fps,order,colour\nme.jpg,a.mp3,4k,x,99,,red\nme.jpg,,,,,,\nme.jpg,a.mp3,,,,left_right,\nme.jpg,b.mp3,,,,,",
  );
  expect(faults).toEqual([{ kind: "unknown", column: "colour", value: "" }]);
  expect(
    lines.map(({ line, faults: wrong }) => [
      line,
      wrong.map(({ kind, column, value }) => `${kind} ${column} ${value}`),
    ]),
  ).toEqual([
    [2, ["value resolution 4k", "value seed x", "value fps 99"]],
    [3, ["missing voice "]],
    [4, ["missing second_voice "]],
    [5, []],
  ]);
  expect(lines.map(({ spec }) => spec !== null)).toEqual([false, false, false, true]);
});

test("a table without rows, without voices, or with an open quotation mark says so", () => {
  expect(read("picture,voice").faults).toEqual([{ kind: "empty", column: "", value: "" }]);
  expect(read("").faults.map(({ kind }) => kind)).toEqual(["empty"]);
  expect(read("picture\nme.jpg").faults).toContainEqual({ kind: "missing", column: "voice", value: "" });
  expect(read('voice\na.mp3\n"b.mp3\n', "me.jpg").faults).toContainEqual({
    kind: "unclosed",
    column: "3",
    value: "",
  });
});

test("the template is a table without faults", () => {
  const { lines, faults } = read(batchTemplate());
  expect(faults).toEqual([]);
  expect(lines.map(({ spec, faults: wrong }) => [spec?.model, wrong.length])).toEqual([
    ["lipsync-image", 0],
    ["lipsync-image-multi", 0],
  ]);
});

test("names are distinct whatever their case, and none leaves its folder", () => {
  expect(distinctNames(["a", "A", "a", "../b/c:d", ""])).toEqual(["a", "A-2", "a-3", "..-b-c-d", "video"]);
});
