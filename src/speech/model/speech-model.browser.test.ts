import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ARTICULATORS } from "../../core/mouth.ts";
import { createRuntime, type Runtime } from "../../inference/runtime.ts";
import { column } from "../features/signal.ts";
import { correlation } from "../../core/correlation.ts";
import { gain, noise, VOICELESS } from "../../../tools/eval/speech/degrade.ts";
import { SPEECH_RATE_HZ } from "../features/log-mel.ts";
import { createSpeechModel, type MeasurableSpeechModel } from "./speech-model.ts";

const WIDTH = ARTICULATORS.length;

const LABELS = import.meta.glob<{ file: string; aperture: number[]; phones: [string, number, number][] }>(
  "../../../tests/eval/speech/*.json",
  { import: "default", eager: true },
);
const SOUNDS = import.meta.glob<string>("../../../tests/eval/speech/*.flac", {
  query: "?url",
  import: "default",
  eager: true,
});

async function clip(name: string): Promise<Float32Array<ArrayBuffer>> {
  const url = SOUNDS[`../../../tests/eval/speech/${name}.flac`]!;
  const context = new OfflineAudioContext(1, 1, SPEECH_RATE_HZ);
  const buffer = await context.decodeAudioData(await (await fetch(url)).arrayBuffer());
  return buffer.getChannelData(0).slice();
}

const labels = (name: string) => LABELS[`../../../tests/eval/speech/${name}.json`]!;

describe("speech model", () => {
  let runtime: Runtime;
  let model: MeasurableSpeechModel;
  beforeAll(async () => {
    runtime = await createRuntime({ backend: "wasm" });
    model = await createSpeechModel(runtime);
  });
  afterAll(() => runtime.dispose());

  it("opens the mouth as a voice and a language that it never learned from do", async () => {
    // 0.8 is the least of the held-out clips; the figures of the whole set are in models/speech/README.md.
    for (const name of ["upc_ca_ona_hts-1", "espeak-pl-1"]) {
      const { controls } = await model.analyse(await clip(name));
      expect(correlation(column(controls, WIDTH, 0), labels(name).aperture), name).toBeGreaterThan(0.8);
    }
  });

  it("agrees with itself when a clip is analysed in windows", async () => {
    const part = await clip("upc_ca_ona_hts-1");
    // 25 s: the clip over and over, so that it needs three windows, against the same clip in a window of its own.
    const pcm = new Float32Array(25 * SPEECH_RATE_HZ);
    for (let at = 0; at < pcm.length; at += part.length) pcm.set(part.subarray(0, pcm.length - at), at);
    const long = await model.analyse(pcm);
    const hop = 160;
    const start = Math.ceil(part.length / hop) * 3;
    const shorter = pcm.slice(start * hop);
    const tail = await model.analyse(shorter);
    for (const [k, name] of ARTICULATORS.entries()) {
      const whole = column(long.controls, WIDTH, k).subarray(start + 120, start + tail.frames - 120);
      const window = column(tail.controls, WIDTH, k).subarray(120, tail.frames - 120);
      expect(correlation(whole, window), name).toBeGreaterThan(0.99);
    }
  });

  it("keeps the mouth exactly at rest on noise, music, rooms and digital silence, and says so", async () => {
    const silence = { "digital silence": () => new Float32Array(SPEECH_RATE_HZ * 3) };
    for (const [name, make] of Object.entries({ ...VOICELESS, ...silence })) {
      const track = await model.mouthOf(make());
      expect(Math.max(...track.articulation), name).toBe(0);
      expect(track.warnings[0]?.code, name).toBe("voice/unheard");
    }
  });

  it("tells one voice from another by the timbre", async () => {
    const timbre = async (name: string) => (await model.mouthOf(await clip(name))).timbre!;
    const apart = (a: Float32Array, b: Float32Array) =>
      Math.sqrt(a.reduce((sum, value, band) => sum + (value - b[band]!) ** 2, 0) / a.length);
    const [one, again, other] = [
      await timbre("upc_ca_ona_hts-1"),
      await timbre("upc_ca_ona_hts-3"),
      await timbre("espeak-fi-1"),
    ];
    expect(apart(one, other)).toBeGreaterThan(0.55);
    expect(apart(one, again)).toBeLessThan(0.75 * apart(one, other));
    const quiet = await model.mouthOf(gain(await clip("upc_ca_ona_hts-1"), -20));
    expect(apart(one, quiet.timbre!)).toBeLessThan(0.1);
  });

  it("analyses the same in a recording that is quiet, offset, or holds samples that are no numbers", async () => {
    const pcm = await clip("espeak-nl-1");
    const aperture = async (x: Float32Array) => column((await model.mouthOf(x)).articulation, WIDTH, 0);
    const expected = await aperture(pcm);
    const broken = pcm.map((x, i) => (i % 997 === 0 ? Number.NaN : x + 0.1));
    expect(correlation(await aperture(gain(pcm, -30)), expected)).toBeGreaterThan(0.98);
    expect(correlation(await aperture(broken), expected)).toBeGreaterThan(0.95);
  });

  it("takes 20 ms of audio", async () => {
    const track = await model.mouthOf(gain(noise(320, "white"), -20));
    expect(track.frames).toBe(3);
  });

  it("stops when it is cancelled", async () => {
    const controller = new AbortController();
    controller.abort();
    await expect(
      model.mouthOf(new Float32Array(16_000), { signal: controller.signal }),
    ).rejects.toMatchObject({
      code: "job/cancelled",
    });
  });
});
