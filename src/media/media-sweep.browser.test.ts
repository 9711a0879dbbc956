import { describe, expect, test } from "vitest";
import { decodeImage } from "./image/decode-image.ts";
import { openAudio } from "./audio/open-audio.ts";
import { openVideo } from "./demux/open-video.ts";
import { codeOf } from "./test-media.ts";

const urls = (found: Record<string, string>) =>
  Object.fromEntries(Object.entries(found).map(([path, url]) => [path.split("/").slice(-2).join("/"), url]));

const PICTURES = urls(
  import.meta.glob<string>("../../../shared/media/{portraits,people2}/*.*", {
    query: "?url",
    import: "default",
    eager: true,
  }),
);
const SOUNDS = urls(
  import.meta.glob<string>("../../../shared/media/audio/*.*", {
    query: "?url",
    import: "default",
    eager: true,
  }),
);
const VIDEOS = urls(
  import.meta.glob<string>("../../../shared/media/{containers,video}/*.*", {
    query: "?url",
    import: "default",
    eager: true,
  }),
);

const present = Object.keys(VIDEOS).length > 0;
const open = async (url: string) => (await fetch(url)).blob();

/** Seconds of sound by the probes in the media's manifest; 0 where there is none. */
const SOUND_SECONDS: Readonly<Record<string, number>> = {
  "anamorphic_sar1x2.mp4": 5.016,
  "audio_starts_400ms_late.mp4": 6.02,
  "fragmented.mp4": 5.04,
  "h264_5994fps_noaudio.mp4": 0,
  "h264_flac.mkv": 6,
  "h264_odd_size_yuv444.mp4": 4.018,
  "hevc_10bit_noaudio.mp4": 0,
  "hevc_hvc1.mp4": 6.014,
  "jfk_22k_mono_24kbps_4s.mp3": 4,
  "jfk_48k_s24.wav": 11,
  "jfk_8k_mono_pcm16.wav": 11,
  "jfk_8k_mulaw.wav": 11,
  "jfk_96k_f32_3s.wav": 3,
  "jfk_aac.m4a": 11,
  "jfk_opus.ogg": 11,
  "jfk_opus.webm": 11,
  "jfk_vbr.mp3": 11,
  "jfk_vorbis.ogg": 11,
  "mpeg4asp_mp3.avi": 5.04,
  "prores_pcm.mov": 3,
  "rotated90_h264.mov": 6.014,
  "silence_5s_48k.flac": 5,
  "vfr_h264.mp4": 11,
  "vp8_vorbis.webm": 6,
  "vp9_opus.webm": 6,
  "synth_talk_front_25fps.mp4": 11,
  "synth_talk_turns_and_leaves_30fps.mp4": 11,
  "synth_two_people_25fps.mp4": 7.08,
};

/** Frames and display size by ffprobe -count_frames. */
const PICTURE_FACTS: Readonly<Record<string, readonly [frames: number, width: number, height: number]>> = {
  "anamorphic_sar1x2.mp4": [125, 512, 512],
  "audio_starts_400ms_late.mp4": [152, 512, 512],
  "fragmented.mp4": [125, 512, 512],
  "h264_5994fps_noaudio.mp4": [300, 960, 540],
  "h264_flac.mkv": [150, 512, 512],
  "h264_odd_size_yuv444.mp4": [100, 361, 361],
  "hevc_10bit_noaudio.mp4": [150, 512, 512],
  "hevc_hvc1.mp4": [150, 512, 512],
  "mpeg4asp_mp3.avi": [125, 512, 512],
  "prores_pcm.mov": [75, 512, 512],
  "rotated90_h264.mov": [150, 512, 512],
  "vfr_h264.mp4": [190, 960, 540],
  "vp8_vorbis.webm": [150, 512, 512],
  "vp9_opus.webm": [150, 512, 512],
  "book.mkv": [109, 640, 480],
  "face-demographics-walking-and-pause.gif": [41, 480, 270],
  "head-pose-face-detection-female-and-male.gif": [56, 480, 270],
  "head-pose-face-detection-female.gif": [23, 480, 270],
  "head-pose-face-detection-male.gif": [62, 480, 270],
  "hungry.mkv": [49, 640, 480],
  "synth_talk_front_25fps.mp4": [275, 512, 512],
  "synth_talk_turns_and_leaves_30fps.mp4": [330, 960, 540],
  "synth_two_people_25fps.mp4": [177, 1280, 720],
  "thanks.mkv": [51, 640, 480],
  "yes.mkv": [65, 640, 480],
};

const fileName = (path: string) => path.slice(path.indexOf("/") + 1);

if (!present) {
  test.skip("the shared test media are not beside the project: every file is decoded", () => undefined);
} else {
  describe("shared media", () => {
    test.each(Object.entries(PICTURES))("the picture %s is decoded", async (_name, url) => {
      const { image } = await decodeImage(await open(url));
      expect(Math.min(image.width, image.height)).toBeGreaterThanOrEqual(200);
    });

    test.each(Object.entries({ ...SOUNDS, ...VIDEOS }))(
      "the sound of %s is decoded as long as it is",
      async (path, url) => {
        const file = await open(url);
        const seconds = SOUND_SECONDS[fileName(path)];
        if (seconds === 0 || (seconds === undefined && !path.startsWith("audio/"))) {
          expect(await codeOf(openAudio(file))).toBe("input/audio");
          return;
        }
        const audio = await openAudio(file);
        const samples = await audio.mono16k();
        // Codecs pad by up to a packet.
        expect(Math.abs(samples.length / 16_000 - (seconds ?? audio.durationSeconds))).toBeLessThan(0.05);
        expect(samples.some((value) => Math.abs(value) > 0.05)).toBe(!path.includes("silence"));
        audio.dispose();
      },
    );

    test.each(Object.entries(VIDEOS))(
      "the pictures of %s are all decoded, upright, in order",
      async (path, url) => {
        const file = await open(url);
        const facts = PICTURE_FACTS[fileName(path)];
        if (!facts) {
          expect(await codeOf(openVideo(file))).toBe("input/video");
          return;
        }
        const video = await openVideo(file);
        expect([video.width, video.height]).toEqual(facts.slice(1));
        let frames = 0;
        let last = -1;
        for await (const { timestampSeconds, durationSeconds, image } of video.frames({
          width: 64,
          height: 64,
        })) {
          expect(timestampSeconds).toBeGreaterThan(last);
          expect(durationSeconds).toBeGreaterThan(0);
          expect(image.data.length).toBe(64 * 64 * 4);
          last = timestampSeconds;
          frames++;
        }
        expect(frames).toBe(facts[0]);
        video.dispose();
      },
    );
  });
}
