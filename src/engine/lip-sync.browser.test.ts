import { afterAll, expect, test, vi } from "vitest";
import { createEngine } from "./engine.ts";
import { createLipSync } from "./lip-sync.ts";

// Its workers start with the first job that gets as far as the engine; none of these does.
const engine = createEngine();
const run = vi.spyOn(engine, "run");
const lipSync = createLipSync(engine);
afterAll(() => lipSync.dispose());

const image = new Blob(["picture"]);
const audio = new Blob(["voice"]);

test("what plain JavaScript gets wrong is refused before the engine is asked, by field", async () => {
  const wrong = [
    [lipSync.image({ image, audio, resolution: "9000p" as never }), "input/field", "resolution"],
    [lipSync.image({ image, audio }, { fps: -1 }), "input/field", "fps"],
    [lipSync.image({ audio } as never), "input/missing", "image"],
    [lipSync.dialogue({ image, audio } as never), "input/missing", "left_audio"],
    [lipSync.live({} as never), "input/missing", "image"],
  ] as const;
  for (const [job, code, field] of wrong) {
    const error = { code, message: expect.stringContaining(field) as string };
    await expect(job).rejects.toMatchObject(error);
  }
  expect(run).not.toHaveBeenCalled();
});

test("a job has catch and finally, as promises have", async () => {
  const job = lipSync.video({} as never);
  const ended = vi.fn();
  expect(await job.finally(ended).catch((error: { code: string }) => error.code)).toBe("input/missing");
  expect(await job.catch((error: { code: string }) => error.code)).toBe("input/missing");
  expect(ended).toHaveBeenCalledOnce();
});
