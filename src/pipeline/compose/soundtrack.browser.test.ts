import { describe, expect, test } from "vitest";
import type { SoundPacket } from "../../core/encoded-sound.ts";
import { openAudio } from "../../media/audio/open-audio.ts";
import { createOutputSound, type OutputSound } from "../../media/encode/output-sound.ts";
import { codeOf, tone, wav } from "../../media/test-media.ts";
import type { SoundtrackSettings } from "../../worker-rpc/sound-api.ts";
import { connectSoundtrack, serveSoundtrack } from "./soundtrack.ts";

const SECONDS = 1.7;
const voice = wav({ sampleRateHz: 44_100, signal: tone(300), seconds: SECONDS });

/** All packets, asked for in such steps, as comparable values. */
async function packetsOf(sound: OutputSound, stepSeconds: number) {
  const packets: SoundPacket[] = [];
  for (let at = stepSeconds; at < SECONDS; at += stepSeconds)
    packets.push(...(await sound.encodeTo(at)).packets);
  packets.push(...(await sound.encodeTo(SECONDS)).packets);
  await sound.close();
  return packets.map(({ data, timestamp, duration, meta }) => ({
    data: [...data],
    timestamp,
    duration,
    known: meta !== null,
  }));
}

describe.each(["mp4", "webm"] as const)("%s", (format) => {
  const settings: SoundtrackSettings = {
    sounds: [{ file: voice, startSeconds: 0 }],
    durationSeconds: SECONDS,
    maxSeconds: 60,
    format,
  };
  const here = () => createOutputSound(() => openAudio(voice), format, SECONDS);

  test("is the same in one step, in many, and through a port, within its bound, and told how to decode first", async () => {
    const whole = await packetsOf(here(), SECONDS);
    expect(whole.length).toBeGreaterThan(50);
    expect(whole.length).toBeLessThanOrEqual(here().maximumPacketCount);
    expect(whole.map(({ known }) => known)).toEqual(whole.map((_, index) => index === 0));
    expect(whole.at(-1)!.timestamp + whole.at(-1)!.duration).toBeGreaterThan(SECONDS - 0.03);
    expect(await packetsOf(here(), 0.13)).toEqual(whole);
    const { port1, port2 } = new MessageChannel();
    const serving = serveSoundtrack(settings, port1, new AbortController().signal);
    const served = connectSoundtrack(port2, settings, new AbortController().signal);
    expect(await packetsOf(served, 0.4)).toEqual(whole);
    // Serving ends with the other end.
    await serving;
    await served.close();
  });

  test("a sound that cannot be read fails with its code, through a port too, and can be closed", async () => {
    const file = new File(["no sound"], "a.wav");
    const { port1, port2 } = new MessageChannel();
    const serving = serveSoundtrack(
      { ...settings, sounds: [{ file, startSeconds: 0 }] },
      port1,
      new AbortController().signal,
    );
    const served = connectSoundtrack(port2, settings, new AbortController().signal);
    expect(await codeOf(served.encodeTo(1))).toBe("input/audio");
    await served.close();
    await serving;
  });

  test("an unwanted sound is served no more, and waiting for it ends with the job", async () => {
    const [wanted, job] = [new AbortController(), new AbortController()];
    const { port1, port2 } = new MessageChannel();
    const serving = serveSoundtrack(settings, port1, wanted.signal);
    const served = connectSoundtrack(port2, settings, job.signal);
    await served.encodeTo(0.2);
    wanted.abort();
    await serving;
    const waiting = codeOf(served.encodeTo(1));
    job.abort();
    expect(await waiting).toBe("job/cancelled");
  });
});
