import { expect, test } from "vitest";
import { gatewayCommands, ROUTES, snippet } from "./api-snippets.ts";

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

test("a webhook stands beside the form's fields, and each mode has the fields of the contract", () => {
  const { body, fields } = ROUTES["lipsync-image-multi"]({
    image: "a.png",
    order: "left_right",
    webhook: "https://a/",
  });
  expect(body).toEqual({ webhook: "https://a/", formState: { image: "a.png", order: "left_right" } });
  expect(fields.map(({ name }) => name)).toEqual([
    ...[
      "image",
      "left_audio",
      "right_audio",
      "order",
      "resolution",
      "mask_image",
      "prompt",
      "seed",
      "webhook",
    ],
  ]);
});

test("the gateway is told to fetch from this machine when the samples lie there", () => {
  expect(gatewayCommands("127.0.0.1")).toContain("--allow-private-urls");
  expect(gatewayCommands("someone.github.io")).not.toContain("--allow");
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
