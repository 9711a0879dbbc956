import { expect, test } from "vitest";
import { fileKind } from "./file-kind.ts";

test("a file is known by its type, and by its name where the type is missing", () => {
  expect(fileKind({ type: "image/png", name: "a" })).toBe("picture");
  expect(fileKind({ type: "", name: "Voice.M4A" })).toBe("voice");
  expect(fileKind({ type: "", name: "clip.mkv" })).toBe("video");
  expect(fileKind({ type: "audio/webm", name: "clip.webm" })).toBe("voice");
  expect(fileKind({ type: "application/octet-stream", name: "Lips.ONNX" })).toBe("model");
  expect(fileKind({ type: "application/json", name: "lips.json" })).toBe("manifest");
  expect(fileKind({ type: "application/vnd.ms-excel", name: "list.csv" })).toBe("table");
  expect(fileKind({ type: "", name: "notes" })).toBe("unknown");
});
