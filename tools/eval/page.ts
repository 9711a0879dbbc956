import type { EvalReport } from "./section.ts";
import { SECTIONS } from "./sections.ts";

declare global {
  interface Window {
    /** Given by Node where files are kept: a name and the bytes in base64. */
    evalKeep?: (name: string, base64: string) => Promise<void>;
    evalProgress?: (section: string, fraction: number) => Promise<void>;
    evalPicture?: (name: string, base64: string) => Promise<void>;
    dudakEval: {
      readonly sections: readonly { name: string; title: string }[];
      run(name: string, sharedRoot: string | null): Promise<EvalReport>;
    };
  }
}

async function fetchFile(url: string): Promise<File | undefined> {
  const response = await fetch(url);
  // The development server answers unknown paths with the start page.
  if (!response.ok || response.headers.get("content-type")?.startsWith("text/html")) return undefined;
  return new File([await response.blob()], url.split("/").at(-1)!);
}

async function base64Of(file: Blob): Promise<string> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

window.dudakEval = {
  sections: SECTIONS.map(({ name, title }) => ({ name, title })),
  async run(name, sharedRoot) {
    const section = SECTIONS.find((candidate) => candidate.name === name);
    if (!section) throw new Error(`there is no section ${name}`);
    const shared = (path: string) =>
      sharedRoot === null ? Promise.resolve(undefined) : fetchFile(`${sharedRoot}/${path}`);
    const { evalKeep } = window;
    return section.run({
      keep: evalKeep && (async (file, blob) => evalKeep(file, await base64Of(blob))),
      file: (path) => fetchFile(`/${path}`),
      media: (path) => shared(`media/${path}`),
      voices: (path) => shared(`voices/${path}`),
      savePicture: async (picture, png) => {
        const bytes = new Uint8Array(await png.arrayBuffer());
        let text = "";
        for (let i = 0; i < bytes.length; i += 4096)
          text += String.fromCharCode(...bytes.subarray(i, i + 4096));
        await window.evalPicture?.(picture, btoa(text));
      },
      onProgress: (fraction) => void window.evalProgress?.(name, fraction),
    });
  },
};
