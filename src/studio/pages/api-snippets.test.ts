import { expect, test } from "vitest";
import { ROUTES, snippet } from "./api-snippets.ts";

test("a request holds the filled fields only, and the seed as a number", () => {
  const { body } = ROUTES["lipsync-image"]({
    image: "a.png",
    audio: "b.mp3",
    prompt: "",
    seed: "7",
    left_audio: "x",
  });
  expect(body).toEqual({ formState: { image: "a.png", audio: "b.mp3", seed: 7 } });
});

test("quotes in a value do not break out of the curl command", () => {
  const code = snippet(
    "curl",
    "lipsync-image",
    { image: "a'b.png", audio: "c.mp3" },
    "http://localhost/api/v1",
  );
  expect(code).toContain("a'\\''b.png");
});

test("the JavaScript snippet is JavaScript", () => {
  const code = snippet("js", "lipsync-image-multi", { image: "a.png" }, "http://localhost/api/v1");
  expect(() => new Function(`return async () => { ${code} }`)).not.toThrow();
});
