// The moving picture on top of the README and the site: three samples, rendered by the engine as a user's job is.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import sharp from "sharp";
import { createEngineHost } from "../../src/headless/engine-host.ts";
import { SAMPLES } from "../../src/headless/installation.ts";
import { PROJECT_ROOT } from "../../src/headless/project-root.ts";
import { composeFrames, type Panel } from "./compose-frames.ts";

/** What each panel shows: a sample, the part of its film, and what is said there. */
const PANELS = [
  {
    picture: "mona-lisa",
    voice: "sonnet-en",
    from: 0.1,
    words: "From fairest creatures we desire increase…",
    language: "English",
  },
  {
    picture: "donna-velata",
    voice: "simplicissimus-de",
    from: 0,
    words: "Es hat mir so wollen behagen…",
    language: "Deutsch",
  },
  {
    picture: "elizabeth-chanler",
    voice: "persuasion-es",
    from: 0.35,
    words: "La sorpresa y el disgusto…",
    language: "Español",
  },
] as const;
const FPS = 12.5;
const SECONDS = 4.6;
const PANEL = { width: 280, height: 320 };
/** The frame that stands for the others. */
const STILL = 20;
const QUALITY = 82;
/** What a page that shows the picture may cost. */
const LARGEST_BYTES = 1_500_000;

const folder = await mkdtemp(join(tmpdir(), "dudak-picture-"));
const host = await createEngineHost();
try {
  const panels: Panel[] = [];
  const close: (() => void)[] = [];
  for (const { picture, voice, from, words, language } of PANELS) {
    const outputPath = join(folder, `${picture}.mp4`);
    await host.run({
      model: "lipsync-image",
      formState: {
        image: { path: join(SAMPLES, "portraits", `${picture}.jpg`) },
        audio: { path: join(SAMPLES, "voices", `${voice}.mp3`) },
        resolution: "source",
        seed: 7,
      },
      format: "mp4",
      outputPath,
    });
    const offered = host.server.offer(outputPath);
    close.push(() => offered.close());
    panels.push({ url: offered.url, from, words, language });
  }
  const page = await host.page();
  const frames = await page.evaluate(composeFrames, {
    panels,
    size: PANEL,
    times: Array.from({ length: Math.round(SECONDS * FPS) }, (_, i) => i / FPS),
  });
  close.forEach((end) => end());
  const file = join(PROJECT_ROOT, "docs", "media", "speaking.webp");
  const stills = frames.map((frame) => Buffer.from(frame.slice(frame.indexOf(",") + 1), "base64"));
  const { size, width, height } = await sharp(stills, { join: { animated: true } })
    .webp({ quality: QUALITY, effort: 6, loop: 0, delay: stills.map(() => 1000 / FPS), minSize: true })
    .toFile(file);
  // What a page shows until the picture is there, and where nothing shall move.
  await sharp(stills[STILL])
    .webp({ quality: 70 })
    .toFile(join(dirname(file), "speaking-still.webp"));
  console.log(`${file}: ${width} × ${height / stills.length}, ${stills.length} frames, ${size} bytes`);
  if (size > LARGEST_BYTES) throw new Error(`the picture is larger than ${LARGEST_BYTES} bytes`);
} finally {
  await host.close();
  await rm(folder, { recursive: true, force: true });
}
