import axe from "axe-core";
import { afterEach, expect, test } from "vitest";
import portrait from "../../tests/fixtures/portrait.jpg?url";
import voice from "../studio/samples/question.mp3?url";
import type { JobProgress } from "../job/job.ts";
import "./define.ts";
import type { LipSyncElement } from "./lip-sync.ts";

afterEach(() => document.body.replaceChildren());

function place(markup: string): LipSyncElement {
  document.body.innerHTML = markup;
  return document.querySelector("lip-sync")!;
}

const button = (element: LipSyncElement, text: string) =>
  [...element.shadowRoot!.querySelectorAll("button")].find((other) => other.textContent.includes(text))!;

test("attributes are the fields of a formState", () => {
  const element = place(
    `<lip-sync image="a.jpg" left-audio="l.mp3" right-audio="r.mp3" order="left_right" resolution="720p" mask-image="m.png" prompt="calm" seed="7"></lip-sync>`,
  );
  const { image, leftAudio, rightAudio, order, resolution, maskImage, prompt, seed } = element;
  expect({ image, leftAudio, rightAudio, order, resolution, maskImage, prompt, seed }).toEqual({
    image: "a.jpg",
    leftAudio: "l.mp3",
    rightAudio: "r.mp3",
    order: "left_right",
    resolution: "720p",
    maskImage: "m.png",
    prompt: "calm",
    seed: 7,
  });
});

test("it speaks the language around it, also from within a shadow root", async () => {
  document.body.innerHTML = `<div lang="tr"></div>`;
  const root = document.querySelector("div")!.attachShadow({ mode: "open" });
  root.innerHTML = `<lip-sync></lip-sync>`;
  const element = root.querySelector("lip-sync")!;
  await element.updateComplete;
  expect(button(element, "Oluştur")).toBeDefined();
});

test("without a voice, generate fails with its code, as a rejection and as an event", async () => {
  const element = place(`<lip-sync image="${portrait}"></lip-sync>`);
  const heard = new Promise((resolve) =>
    element.addEventListener("lip-sync-error", ({ detail }) => resolve(detail.code)),
  );
  await expect(element.generate()).rejects.toMatchObject({ code: "input/missing" });
  expect(await heard).toBe("input/missing");
  expect(element.state).toBe("error");
  const status = () => element.shadowRoot!.querySelector("[part=status]")!.textContent.trim();
  await element.updateComplete;
  expect(status()).toBe("<lip-sync> has no audio. Set its attribute or property.");

  element.lang = "tr";
  await expect(element.generate()).rejects.toMatchObject({ code: "input/missing" });
  await element.updateComplete;
  expect(status()).toBe("Bir şey eksik. Bir resim ve bir ses verin.");
});

test.each([
  ["resolution", "1080p", `<lip-sync image="a.jpg" audio="a.mp3" resolution="1080p"></lip-sync>`],
  ["order", "x", `<lip-sync image="a.jpg" left-audio="l.mp3" right-audio="r.mp3" order="x"></lip-sync>`],
])(
  "an attribute %s that no job may have is refused before any model is fetched",
  async (field, value, markup) => {
    const element = place(markup);
    const loaded = performance.getEntriesByType("resource").length;
    await expect(element.generate()).rejects.toMatchObject({
      code: "input/field",
      details: { field, value },
    });
    const after = performance.getEntriesByType("resource").slice(loaded);
    expect(after.filter(({ name }) => /\.(onnx|wasm)/.test(name))).toEqual([]);
  },
);

test("a generated result is the element's value in its form, and a reset clears it", async () => {
  const element = place(
    `<form><lip-sync name="greeting" image="${portrait}" audio="${voice}" seed="3"></lip-sync></form>`,
  );
  const seen: JobProgress[] = [];
  const states: string[] = [];
  let previews = 0;
  element.addEventListener("lip-sync-progress", ({ detail }) => seen.push(detail));
  element.addEventListener("lip-sync-statechange", ({ detail }) => states.push(detail.state));
  element.addEventListener("lip-sync-preview", () => previews++);
  expect(element.matches(":state(idle)")).toBe(true);
  const generating = element.generate();
  expect(element.matches(":state(rendering)")).toBe(true);
  const result = await generating;
  expect(element.matches(":state(done):not(:state(rendering)):not(:state(idle))")).toBe(true);

  const file = new FormData(document.querySelector("form")!).get("greeting") as File;
  expect({ type: file.type, size: file.size, name: file.name }).toEqual({
    type: "video/mp4",
    size: result.output.size,
    name: "greeting.mp4",
  });
  expect(seen.map(({ progress }) => progress)).toEqual(
    seen.map(({ progress }) => progress).toSorted((a, b) => a - b),
  );
  expect(seen.at(-1)?.stage).toBe("done");
  expect(previews).toBeGreaterThan(0);
  expect(states).toEqual(["rendering", "done"]);

  document.querySelector("form")!.reset();
  expect(new FormData(document.querySelector("form")!).has("greeting")).toBe(false);
});

test("a form that is reset in mid-job gets no result of it", async () => {
  const element = place(
    `<form><lip-sync name="greeting" image="${portrait}" audio="${voice}"></lip-sync></form>`,
  );
  const code = element.generate().catch((error: { code: string }) => error.code);
  document.querySelector("form")!.reset();
  expect(await code).toBe("job/cancelled");
  expect({ state: element.state, result: element.result }).toEqual({ state: "idle", result: null });
});

test("a voice is named by its file, and one without a name by its place", async () => {
  const element = place(`<lip-sync></lip-sync>`);
  for (const [given, name] of [
    ["/voices/hello%20you.mp3?v=2#t=1", "hello you.mp3"],
    ["/voices/100%.mp3", "100%.mp3"],
    ["data:audio/wav;base64,UklGRiQAAABXQVZF/a/b", "Voice"],
    [URL.createObjectURL(new Blob()), "Voice"],
    [new Blob(), "Voice"],
    [new File([], "me.mp3"), "me.mp3"],
  ] as const) {
    element.audio = given;
    await element.updateComplete;
    expect(element.shadowRoot!.querySelector(".file b")!.textContent).toBe(name);
  }
});

test("in another place of the page the element shows its picture, though that is bytes, and has its shape", async () => {
  const element = place(`<lip-sync ratio="2"></lip-sync><section></section>`);
  element.image = await (await fetch(portrait)).blob();
  const shown = () => element.shadowRoot!.querySelector<HTMLImageElement>(".stage img")!;
  const seen = async () => {
    await element.updateComplete;
    await shown().decode();
    return shown().src;
  };
  const first = await seen();
  document.querySelector("section")!.append(element);
  const second = await seen();
  expect(second).not.toBe(first);
  await expect(fetch(second)).resolves.toHaveProperty("ok", true);
  const { width, height } = shown().parentElement!.getBoundingClientRect();
  expect(width / height).toBeCloseTo(2, 1);
});

test("under a policy that forbids inline styles the stage has its shape", async () => {
  const frame = document.createElement("iframe");
  frame.srcdoc = `<meta http-equiv="Content-Security-Policy" content="style-src 'none'">
    <lip-sync ratio="2" image="${new URL(portrait, location.href).href}"></lip-sync>
    <script type="module" src="${new URL("./define.ts", import.meta.url).href}"></script>`;
  document.body.append(frame);
  await expect
    .poll(() => {
      const stage = frame.contentDocument?.querySelector("lip-sync")?.shadowRoot?.querySelector(".stage");
      const { width = 0, height = 0 } = stage?.getBoundingClientRect() ?? {};
      return Math.round((10 * width) / height);
    })
    .toBe(20);
});

test("an element that was never in a page makes its video, too", async () => {
  const element = document.createElement("lip-sync");
  Object.assign(element, { image: portrait, audio: voice });
  const failures: unknown[] = [];
  const listen = ({ error }: ErrorEvent) => void failures.push(error);
  window.addEventListener("error", listen);
  await expect(element.generate()).resolves.toHaveProperty("output.type", "video/mp4");
  element.stop();
  window.removeEventListener("error", listen);
  expect(failures).toEqual([]);
});

test("state is read-only, and no attribute", () => {
  const element = place(`<lip-sync state="speaking"></lip-sync>`);
  expect(element.state).toBe("idle");
  expect(() => Object.assign(element, { state: "done" })).toThrow(TypeError);
  expect(element.matches(":state(idle)")).toBe(true);
});

test("cancel ends the job with job/cancelled and the next one works", async () => {
  const element = place(`<lip-sync image="${portrait}" audio="${voice}"></lip-sync>`);
  const first = element.generate();
  const code = first.catch((error: { code: string }) => error.code);
  await new Promise((resolve) => element.addEventListener("lip-sync-preview", resolve, { once: true }));
  const click = (detail: number) =>
    button(element, "Cancel").dispatchEvent(new MouseEvent("click", { detail }));
  // The second click of a double one, whose first fell on Generate.
  click(2);
  await element.updateComplete;
  expect(element.state).toBe("rendering");
  click(1);
  expect(await code).toBe("job/cancelled");
  expect(element.state).toBe("idle");
  await expect(element.generate()).resolves.toHaveProperty("output.type", "video/mp4");
});

test.each([
  { width: 240, theme: "light" },
  { width: 400, theme: "dark" },
  { width: 800, theme: "light" },
])("axe finds nothing at $width px, $theme", async ({ width, theme }) => {
  document.documentElement.style.colorScheme = theme;
  document.body.style.background = theme === "dark" ? "#131314" : "#fff";
  const element = place(
    `<main><h1>A page</h1><lip-sync style="width:${width}px" image="${portrait}" audio="${voice}" label="A woman"></lip-sync></main>`,
  );
  await element.updateComplete;
  const { violations, passes } = await axe.run(document.querySelector("main")!, {
    runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
  });
  expect(violations.map(({ id, nodes }) => `${id} ${nodes[0]?.failureSummary}`)).toEqual([]);
  expect(passes.length).toBeGreaterThan(3);
});
