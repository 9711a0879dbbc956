import type { Plugin } from "vite";

/** What is put in the place of parts of `@ffmpeg/ffmpeg`, by file: text that must be there, and its successor. */
const CHANGES: Readonly<Record<string, readonly [RegExp, string]>> = {
  // The core is always given: no address of a CDN is needed, and none may ship.
  "const.js": [/export const CORE_URL = `[^`]*`/, 'export const CORE_URL = ""'],
  // The class worker is always given: its own would be bundled a second time, unused.
  "classes.js": [/new URL\("\.\/worker\.js", import\.meta\.url\)/, '""'],
};

/** Leaves out of `@ffmpeg/ffmpeg` the address of a CDN and the second copy of its worker, which are never used here. */
export function ffmpegWrapper(): Plugin {
  return {
    name: "ffmpeg-wrapper",
    enforce: "pre",
    transform(code, id) {
      const file = /@ffmpeg\/ffmpeg\/dist\/esm\/(\w+\.js)(\?|$)/.exec(id)?.[1];
      const change = file === undefined ? undefined : CHANGES[file];
      if (!change) return null;
      if (!change[0].test(code)) this.error(`@ffmpeg/ffmpeg's ${file!} is not as it was: see ${CHANGES_AT}`);
      return { code: code.replace(...change), map: null };
    },
  };
}

const CHANGES_AT = "tools/vite/ffmpeg-wrapper-plugin.ts";
