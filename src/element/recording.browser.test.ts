import { afterEach, expect, test, vi } from "vitest";
import portrait from "../../tests/fixtures/portrait.jpg?url";
import "./define.ts";

afterEach(() => {
  vi.restoreAllMocks();
  document.body.replaceChildren();
});

test("an element that is taken from the page lets the microphone go, whether it records or still asks", async () => {
  const context = new AudioContext();
  for (const recording of [true, false]) {
    const { stream } = context.createMediaStreamDestination();
    let allow: (stream: MediaStream) => void;
    const asked = new Promise<MediaStream>((resolve) => (allow = resolve));
    vi.spyOn(navigator.mediaDevices, "getUserMedia").mockReturnValue(asked);
    document.body.innerHTML = `<lip-sync image="${portrait}"></lip-sync>`;
    const element = document.querySelector("lip-sync")!;
    await element.updateComplete;
    const button = () => element.shadowRoot!.querySelector<HTMLButtonElement>('[aria-label^="Record"]');
    button()!.click();
    if (recording) {
      allow!(stream);
      await expect.poll(button).toBeNull();
    }
    element.remove();
    allow!(stream);
    await expect.poll(() => stream.getTracks()[0]!.readyState).toBe("ended");
  }
  await context.close();
});

test("a player that is taken from the page while it asks for the microphone does not listen when it gets it", async () => {
  const context = new AudioContext();
  const { stream } = context.createMediaStreamDestination();
  let allow: (stream: MediaStream) => void;
  const asked = new Promise<MediaStream>((resolve) => (allow = resolve));
  vi.spyOn(navigator.mediaDevices, "getUserMedia").mockReturnValue(asked);
  document.body.innerHTML = `<lip-sync microphone live image="${portrait}"></lip-sync>`;
  const element = document.querySelector("lip-sync")!;
  await element.updateComplete;
  element.shadowRoot!.querySelector<HTMLButtonElement>('[aria-label^="Talk"]')!.click();
  element.remove();
  allow!(stream);
  await expect.poll(() => stream.getTracks()[0]!.readyState).toBe("ended");
  await context.close();
});

test("one click records and the next one ends it; clicks while the permission is asked for do nothing", async () => {
  const context = new AudioContext();
  const { stream } = context.createMediaStreamDestination();
  let allow: (stream: MediaStream) => void;
  const asked = new Promise<MediaStream>((resolve) => (allow = resolve));
  const ask = vi.spyOn(navigator.mediaDevices, "getUserMedia").mockReturnValue(asked);
  document.body.innerHTML = `<lip-sync image="${portrait}" left-audio="a.mp3"></lip-sync>`;
  const element = document.querySelector("lip-sync")!;
  await element.updateComplete;
  const buttons = (start: string) =>
    element.shadowRoot!.querySelectorAll<HTMLButtonElement>(`[aria-label^="${start}"]`);
  const [left, right] = buttons("Record");
  for (const button of [left, left, right]) button!.click();
  allow!(stream);
  await expect.poll(() => buttons("Stop rec")).toHaveLength(1);
  expect(ask).toHaveBeenCalledOnce();
  buttons("Stop rec")[0]!.click();
  await expect.poll(() => element.leftAudio).toBeInstanceOf(File);
  expect(element.rightAudio).toBeNull();
  await expect.poll(() => buttons("Stop rec")).toHaveLength(0);
  expect(stream.getTracks()[0]!.readyState).toBe("ended");
  await context.close();
});
