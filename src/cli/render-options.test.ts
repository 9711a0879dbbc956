import { UsageError } from "../headless/usage-error.ts";
import { expect, test } from "vitest";
import { parseRenderOptions } from "./render-options.ts";

test("a picture and a voice are a lipsync-image job with a result beside the others", () => {
  const { request } = parseRenderOptions(["--image", "a b/é.png", "--audio", "v.wav", "--seed", "7"])!;
  expect(request.model).toBe("lipsync-image");
  expect(request.formState).toEqual({ image: { path: "a b/é.png" }, audio: { path: "v.wav" }, seed: 7 });
  expect(request.outputPath).toBe("out/é.mp4");
});

test("two voices are a dialogue", () => {
  const { request } = parseRenderOptions(
    "--image p.png --left-audio l.wav --right-audio r.wav --order left_right --out x.webm".split(" "),
  )!;
  expect(request.model).toBe("lipsync-image-multi");
  expect(request).toMatchObject({ formState: { order: "left_right" }, format: "webm" });
});

test("a video and a voice are a lipsync-video job named after the video", () => {
  const { request } = parseRenderOptions("--video clip.mov --audio v.wav".split(" "), {
    image: "sample.jpg",
  })!;
  expect(request.model).toBe("lipsync-video");
  expect(request.formState).toEqual({ video: { path: "clip.mov" }, audio: { path: "v.wav" } });
  expect(request.outputPath).toBe("out/clip.mp4");
});

test("a model of one's own goes with its manifest and the licence that was accepted", () => {
  const line =
    "--image p.png --audio v.wav --model own.onnx --model-manifest wav2lip-96-rgb --accept-model-licence";
  expect(parseRenderOptions(line.split(" "))!.request.lipModel).toEqual({
    file: { path: "own.onnx" },
    manifest: "wav2lip-96-rgb",
    acceptLicence: true,
  });
  const plain = parseRenderOptions("--image p.png --audio v.wav --model own.onnx".split(" "))!;
  expect(plain.request.lipModel).toEqual({ file: { path: "own.onnx" }, acceptLicence: false });
});

test("the AI-made mark is left out only when told so", () => {
  const options = (line: string) => parseRenderOptions(line.split(" "))!.request;
  expect(options("--image p.png --audio v.wav")).not.toHaveProperty("aiMark");
  expect(options("--image p.png --audio v.wav --no-ai-mark")).toMatchObject({ aiMark: false });
});

test.each([
  [["--video", "a.mp4"]],
  [["--video", "a.mp4", "--image", "a.png", "--audio", "a.wav"]],
  [["--video", "a.mp4", "--audio", "a.wav", "--fps", "25"]],
  [["--image", "a.png"]],
  [["--audio", "a.wav"]],
  [["--image", "a.png", "--audio", "a.wav", "--seed", "1.5"]],
  [["--image", "a.png", "--audio", "a.wav", "--fps", "0"]],
  [["--image", "a.png", "--audio", "a.wav", "--resolution", "1080p"]],
  [["--image", "a.png", "--audio", "a.wav", "--backend", "cuda"]],
  [["--image", "a.png", "--left-audio", "a.wav"]],
  [["--image", "a.png", "--audio", "a.wav", "--model-manifest", "m.json"]],
  [["--image", "a.png", "--audio", "a.wav", "--out", ""]],
  [["--image", "a.png", "--audio", "a.wav", "--out", "a.gif"]],
  [["a.png", "a.wav"]],
  [["--nonsense"]],
])("a wrong command line is told: %j", (argv) => {
  expect(() => parseRenderOptions(argv)).toThrow(UsageError);
});

test("a wrong value is told by its option, and help needs nothing else", () => {
  const wrong = ["--image", "a.png", "--audio", "a.wav", "--max-seconds", "0"];
  expect(() => parseRenderOptions(wrong)).toThrow('--max-seconds must be a number above 0, not "0".');
  expect(parseRenderOptions(["--help"])).toBeUndefined();
});
