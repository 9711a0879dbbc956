import { openAudio } from "../../src/media/audio/open-audio.ts";
import type { KnownVoice } from "./measured-lips.ts";
import { wavOf } from "./media.ts";

const SOUNDS = import.meta.glob<string>("../../../shared/voices/grid/{s1,s2,s4}/{bwbg8n,bbaz3n,bbal3n}.mpg", {
  query: "?url",
  import: "default",
  eager: true,
});
const TRUTHS = import.meta.glob<{ readonly gap: readonly number[]; readonly fps: number }>(
  "../../../shared/voices/grid/truth/{s1_bwbg8n,s2_bbaz3n,s4_bbal3n}.json",
  { import: "default" },
);

/** Clips of real speakers, `speaker/clip`, whose lips were measured in their video; empty where they are absent. */
export const PEOPLE: readonly string[] = Object.keys(SOUNDS).map((path) =>
  path.split("/").slice(-2).join("/").replace(".mpg", ""),
);

/** Reason to show when tests that need them are skipped. */
export const NO_PEOPLE = "the shared clips of real speakers are not beside the project";

/** The voice of a clip of {@link PEOPLE} and the opening of the speaker's own lips, at 100 Hz. */
export async function personsVoice(clip: string): Promise<KnownVoice> {
  const named = (paths: string[], name: string) => paths.find((path) => path.includes(name))!;
  const sound = await fetch(SOUNDS[named(Object.keys(SOUNDS), clip)]!);
  const { gap, fps } = await TRUTHS[named(Object.keys(TRUTHS), clip.replace("/", "_"))]!();
  const source = await openAudio(await sound.blob());
  try {
    const pcm = await source.mono16k();
    const widest = Math.max(...gap);
    const at = (seconds: number) => {
      const frame = Math.min(gap.length - 1, seconds * fps);
      const before = gap[Math.floor(frame)]!;
      return (before + (gap[Math.ceil(frame)]! - before) * (frame % 1)) / widest;
    };
    const aperture = Float32Array.from({ length: Math.floor((gap.length * 100) / fps) }, (_, i) =>
      at(i / 100),
    );
    return { pcm, aperture, file: wavOf(pcm, 16_000) };
  } finally {
    source.dispose();
  }
}
