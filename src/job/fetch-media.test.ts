import { expect, test } from "vitest";
import { fetchMedia, fetchMediaBlob } from "./fetch-media.ts";

test("a medium comes with its type and its bytes", async () => {
  const blob = await fetchMediaBlob("data:Audio/WAV;charset=x,RIFF", "audio");
  expect(blob.type).toBe("audio/wav");
  expect(await blob.text()).toBe("RIFF");
});

test.each([
  ["a web page", "data:text/html,hello", /image: data:.* answered with text\/html/],
  ["JSON", "data:application/json,{}", /image: data:.* answered with application\/json/],
  [
    "a web page that calls itself a video",
    "data:video/mp4,%20<!DOCTYPE html><p>",
    /image: data:.* a web page/,
  ],
  ["an address that nothing answers", "http://127.0.0.1:9/a.png", /image: http.* could not be fetched/],
])("%s is input/fetch, naming the field", async (_, url, sentence) => {
  const failure = fetchMediaBlob(url, "image");
  await expect(failure).rejects.toMatchObject({ code: "input/fetch" });
  await expect(failure).rejects.toThrow(sentence);
});

test("the field, the address and its status stand among the error's facts", async () => {
  const url = "data:text/html,hello";
  await expect(fetchMediaBlob(url, "image")).rejects.toMatchObject({
    details: { field: "image", url, status: 200 },
  });
  await expect(fetchMediaBlob("http://127.0.0.1:9/a.png", "voice")).rejects.toMatchObject({
    details: { field: "voice", url: "http://127.0.0.1:9/a.png" },
  });
});

test("a fetch that is cancelled is job/cancelled", async () => {
  await expect(fetchMedia("data:,a", AbortSignal.abort())).rejects.toMatchObject({ code: "job/cancelled" });
});
