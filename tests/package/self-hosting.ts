import type { Page } from "playwright-core";
import { cp, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Installed } from "./installed.ts";
import { serveSite, type Site } from "./site.ts";

/** A page with the package's JavaScript beside it, but without workers, models and wasm. */
const PAGE = `<!doctype html><script type="module" nonce="own">
  import { configureDudak, createLipSync } from "LIBRARY";
  window.make = async (assetsUrl, options) => {
    let lipSync;
    try {
      if (assetsUrl) configureDudak({ assetsUrl });
      lipSync = createLipSync();
      if (!options) return { ok: true, backend: (await lipSync.warmUp()).backend };
      const job = lipSync.image({ image: "/media/portrait.jpg", audio: "/media/hello.mp3" }, options);
      const { output, report } = await job;
      return { ok: true, bytes: output.size, frames: report.frames, encoder: report.encoder };
    } catch ({ code, message }) {
      return { ok: false, code, message };
    } finally {
      lipSync?.dispose();
    }
  };
</script>`;

/** How a video of {@link PAGE} ended, or without options how its networks started. */
interface Made {
  readonly ok: boolean;
  readonly frames?: number;
  readonly encoder?: string;
  readonly backend?: string;
  readonly code?: string;
  readonly message?: string;
}

/** What the tests are given once it is there. */
interface Context {
  readonly installed: Installed;
  readonly visit: (url: string) => Promise<Page>;
}

/** Describes the engine with its files in other places. */
export function testSelfHosting(context: () => Context): void {
  describe("self-hosting", () => {
    let home: Site;
    let other: Site;

    beforeAll(async () => {
      const { installed } = context();
      const lib = join(installed.packageFolder, "lib");
      const bare = join(installed.folder, "bare");
      for (const name of await readdir(join(lib, "assets"))) {
        if (/\.js$/.test(name) && !name.includes(".worker-")) {
          await cp(join(lib, "assets", name), join(bare, "assets", name));
        }
      }
      await cp(join(lib, "dudak.js"), join(bare, "dudak.js"));
      const damaged = join(installed.folder, "damaged");
      await cp(join(lib, "assets"), damaged, { recursive: true });
      const model = (await readdir(damaged)).find((name) => name.startsWith("mouth-"))!;
      const bytes = await readFile(join(damaged, model));
      bytes[bytes.length >> 1]! ^= 1;
      await writeFile(join(damaged, model), bytes);
      const assets = join(lib, "assets");
      const shared = { "/deep/er/": assets, "/damaged/": damaged, "/lib/": lib };
      other = await serveSite(shared, { cors: true });
      // The policy of docs/package.md; the nonce is for the page's own script.
      const policy = [
        "default-src 'self'",
        `script-src 'self' 'wasm-unsafe-eval' blob: 'nonce-own' ${other.origin}`,
        `worker-src 'self' blob: ${other.origin}`,
        `connect-src 'self' blob: data: ${other.origin}`,
      ].join("; ");
      home = await serveSite(
        { "/bare/": bare, "/media/": join(installed.folder, "media"), "/own/path/": assets },
        {
          isolated: true,
          policy,
          pages: {
            "/": PAGE.replace("LIBRARY", "/bare/dudak.js"),
            "/foreign": PAGE.replace("LIBRARY", `${other.origin}/lib/dudak.js`),
          },
        },
      );
    });
    afterAll(() => {
      home?.close();
      other?.close();
    });

    async function make(path: string, assetsUrl?: string, options?: object): Promise<Made> {
      const page = await context().visit(home.origin + path);
      try {
        await page.waitForFunction("window.make !== undefined");
        const given = JSON.stringify([assetsUrl ?? null, options ?? null]);
        return await page.evaluate<Made>(`window.make(...${given})`);
      } finally {
        await page.close();
      }
    }

    test("another path of the page's own origin", async () => {
      expect(await make("/", "own/path")).toMatchObject({ ok: true, backend: expect.any(String) as string });
      expect(
        home.asked.filter((path) => path.startsWith("/own/path/") && path.endsWith(".onnx")),
      ).not.toEqual([]);
    });

    test("another origin, with threads, and ffmpeg in a worker of a worker", async () => {
      const made = await make("/", `${other.origin}/deep/er/`, { encoder: "ffmpeg" });
      expect(made.frames).toBeGreaterThan(20);
      expect(made).toMatchObject({ ok: true, encoder: expect.stringMatching(/ffmpeg|x264/i) as string });
      const kinds = [
        "inference.worker",
        "render.worker",
        "sound.worker",
        "ffmpeg.worker",
        ".onnx",
        ".wasm",
        "ffmpeg-core",
        ".mjs",
      ];
      for (const kind of kinds) {
        expect(other.asked.filter((path) => path.startsWith("/deep/er/") && path.includes(kind))).not.toEqual(
          [],
        );
      }
    });

    test("the library itself comes from another origin, and needs no setting", async () => {
      expect(await make("/foreign")).toMatchObject({ ok: true, backend: expect.any(String) as string });
    });

    test("a folder without the files is an error that says what to copy where", async () => {
      const made = await make("/", "/nowhere/");
      expect(made).toMatchObject({ ok: false, code: "model/load" });
      expect(made.message).toContain(`${home.origin}/nowhere/`);
      expect(made.message).toContain("lib/assets");
    });

    test("a file that was changed is refused wherever it comes from", async () => {
      expect(await make("/", `${other.origin}/damaged/`)).toMatchObject({
        ok: false,
        code: "model/integrity",
      });
    });

    test("an address that is none is refused at once", async () => {
      expect(await make("/", "data:text/plain,")).toMatchObject({ ok: false, code: "input/field" });
    });
  });
}
