import { afterEach, expect, test, vi } from "vitest";
import type { JobSpec } from "../../job/job-spec.ts";
import type { DrawnScene } from "../../worker-rpc/scene.ts";
import type { AheadInput } from "./job-kind.ts";
import { startDraft } from "./draft-preview.ts";
import type { JobContext } from "./prepare-job.ts";

const request: Extract<JobSpec<Blob>, { model: "lipsync-video" }> = {
  model: "lipsync-video",
  formState: { video: new Blob(["video"]), audio: new Blob(["voice"]), prompt: "calm" },
};
/** Two seconds of a mouth that is widest after .4 s. */
const mouth = {
  frames: 200,
  articulation: Float32Array.from({ length: 1400 }, (_, i) => (i === 7 * 40 ? 0.9 : i % 7 === 0 ? 0.3 : 0)),
};
const aheadOf = (durationSeconds: number): AheadInput => ({
  mask: null,
  starting: Promise.resolve({ backend: "wasm" }),
  opened: Promise.resolve(durationSeconds),
  decoded: Promise.resolve({
    pcm: new Float32Array(16_000 * 30).fill(0.1),
    ...{ durationSeconds, decoder: "ffmpeg", warnings: [] },
  }),
});
const tracked = { width: 2, starts: new Float64Array(25), tracks: { faces: [] }, frames: null };

/** A job whose workers answer at once, but for what is changed. */
function contextOf(
  change: {
    trackVideo?: unknown;
    drawFrame?: unknown;
    lipModel?: unknown;
    beginning?: Float32Array | null;
  } = {},
) {
  const job = new AbortController();
  const frame = { close: vi.fn() };
  const onPreview = vi.fn();
  const trackVideo = change.trackVideo ?? vi.fn(() => Promise.resolve(tracked));
  const mouthOf = vi.fn(() => Promise.resolve(mouth));
  const drawFrame = change.drawFrame ?? vi.fn(() => Promise.resolve(frame));
  const workers = {
    media: () => ({ trackVideo }),
    sound: () => ({
      decodeBeginning: (_: Blob, seconds: number) =>
        Promise.resolve(
          change.beginning === undefined ? new Float32Array(16_000 * seconds) : change.beginning,
        ),
    }),
    inference: () => ({ mouthOf, serveFaces: () => new Promise(() => undefined) }),
    render: () => ({ drawFrame }),
  };
  const { lipModel } = change;
  const context = {
    workers,
    signal: job.signal,
    lipModel,
    listeners: { onPreview },
  } as unknown as JobContext;
  return { job, context, frame, onPreview, trackVideo, mouthOf, drawFrame };
}

afterEach(() => vi.restoreAllMocks());

test("of a long video a frame of its first second is shown while the rest is still looked through", async () => {
  const { context, frame, onPreview, trackVideo, mouthOf, drawFrame } = contextOf();
  startDraft(request, aheadOf(30), "480p", context);
  await vi.waitFor(() => expect(onPreview).toHaveBeenCalledExactlyOnceWith(frame));
  expect(trackVideo).toHaveBeenCalledExactlyOnceWith(
    expect.objectContaining({ file: request.formState.video, maxSeconds: 1, resolution: "480p" }),
    ...Array<unknown>(5).fill(expect.anything()).fill(null, 3),
  );
  const [pcm] = (mouthOf as ReturnType<typeof vi.fn>).mock.calls[0] as [Float32Array];
  expect(pcm).toHaveLength(16_000);
  const [scene, atSeconds] = (drawFrame as ReturnType<typeof vi.fn>).mock.calls[0] as [DrawnScene, number];
  expect(scene).toMatchObject({ source: { kind: "video", voice: mouth }, output: { durationSeconds: 1 } });
  expect(atSeconds).toBeCloseTo(0.4);
  expect(frame.close).not.toHaveBeenCalled();
});

test("a voice that the browser cannot read by itself is waited for, and stays whole", async () => {
  const { context, frame, onPreview, mouthOf } = contextOf({ beginning: null });
  const ahead = aheadOf(30);
  startDraft(request, ahead, "480p", context);
  await vi.waitFor(() => expect(onPreview).toHaveBeenCalledExactlyOnceWith(frame));
  const [pcm] = (mouthOf as ReturnType<typeof vi.fn>).mock.calls[0] as [Float32Array];
  expect(pcm).toHaveLength(16_000);
  expect(pcm[0]).toBeCloseTo(0.1);
  expect((await ahead.decoded).pcm).toHaveLength(16_000 * 30);
});

test("nothing is drafted for a short voice, for a brought model, or where nobody looks", async () => {
  const [short, brought, unseen] = [contextOf(), contextOf({ lipModel: {} }), contextOf()];
  await startDraft(request, aheadOf(19), "480p", short.context).end();
  await startDraft(request, aheadOf(30), "480p", brought.context).end();
  await startDraft(request, aheadOf(30), "480p", { ...unseen.context, listeners: {} }).end();
  for (const { trackVideo } of [short, brought, unseen]) expect(trackVideo).not.toHaveBeenCalled();
});

test("what goes wrong with a draft is not told", async () => {
  const { context, onPreview } = contextOf({ trackVideo: () => Promise.reject(new Error("no face")) });
  const draft = startDraft(request, aheadOf(30), "480p", context);
  await new Promise((done) => setTimeout(done));
  await draft.end();
  expect(onPreview).not.toHaveBeenCalled();
});

test("a draft that comes too late is closed, not shown", async () => {
  let drawn: (frame: unknown) => void = () => undefined;
  const drawFrame = vi.fn(() => new Promise((resolve) => (drawn = resolve)));
  const { context, frame, onPreview } = contextOf({ drawFrame });
  const draft = startDraft(request, aheadOf(30), "480p", context);
  await vi.waitFor(() => expect(drawFrame).toHaveBeenCalled());
  const ended = draft.end();
  drawn(frame);
  await ended;
  expect(frame.close).toHaveBeenCalledOnce();
  expect(onPreview).not.toHaveBeenCalled();
});
