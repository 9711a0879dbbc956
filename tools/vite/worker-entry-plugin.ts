import type { Plugin } from "vite";

/**
 * Keeps what is shared out of the scripts that workers start with: a small script starts each worker and imports the
 * rest. A part that is loaded later and imports from the worker's first script would find it started anew in WebKit,
 * which gives that script's own address a second instance: with a state of its own, answering every message twice.
 */
export function workerEntry(): Plugin {
  return {
    name: "worker-entry",
    options: (options) => ({ ...options, preserveEntrySignatures: "strict" }),
    generateBundle(_options, bundle) {
      const chunks = Object.values(bundle).filter((file) => file.type === "chunk");
      const entries = new Set(chunks.filter((chunk) => chunk.isEntry).map((chunk) => chunk.fileName));
      for (const { fileName, imports, dynamicImports } of chunks) {
        const entry = [...imports, ...dynamicImports].find((name) => entries.has(name));
        if (entry) this.error(`${fileName} imports ${entry}, with which a worker starts`);
      }
    },
  };
}
