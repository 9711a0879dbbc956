import { expect, test, vi } from "vitest";
import { EngineError } from "../../job/errors.ts";
import { createImage } from "../../core/image.ts";
import { createVideoWriter, discardTemporaryOutput } from "../../media/encode/video-writer.ts";
import { openVideo } from "../../media/demux/open-video.ts";
import { chooseBitrates } from "./choose-bitrates.ts";
import { planTimeline } from "../plan/video-timeline.ts";

vi.mock("../../media/encode/video-writer.ts", { spy: true });
vi.mock("../../media/demux/open-video.ts", { spy: true });

const [WIDTH, HEIGHT, FPS, FRAMES] = [128, 96, 25, 10];

test("a job that is cancelled while its trial is looked at leaves no temporary file of the trial", async () => {
  const size = { width: WIDTH, height: HEIGHT, fps: FPS };
  const seconds = FRAMES / FPS;
  const writer = await createVideoWriter({ ...size, sound: null, durationSeconds: seconds, format: "mp4" });
  for (let i = 0; i < FRAMES; i++) await writer.add(createImage(WIDTH, HEIGHT));
  const video = await openVideo(await writer.finish());
  vi.mocked(openVideo).mockRejectedValueOnce(new EngineError("job/cancelled", "The job was cancelled."));
  const starts = Float64Array.from({ length: FRAMES }, (_, i) => i / FPS);
  const { bitrate } = video;
  const facts = { ...size, sourceFps: FPS, starts, endSeconds: seconds, bitrate };
  const timeline = planTimeline(starts, seconds, seconds, FPS);
  const { signal } = new AbortController();
  try {
    const choosing = chooseBitrates({ video, facts, timeline, format: "mp4", signal });
    await expect(choosing).rejects.toMatchObject({ code: "job/cancelled" });
    expect(discardTemporaryOutput).toHaveBeenCalledOnce();
  } finally {
    video.dispose();
  }
});
