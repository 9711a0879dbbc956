import js from "@eslint/js";
import globals from "globals";
import tseslint from "typescript-eslint";

/** Arrows point down: each folder of src/ may import only the folders listed for it. */
const LAYERS = {
  core: [],
  protocol: ["core"],
  inference: ["core"],
  media: ["core"],
  face: ["core", "inference"],
  speech: ["core", "inference"],
  render: ["core"],
  plugins: ["core", "inference"],
  pipeline: ["core", "protocol", "inference", "media", "face", "speech", "render", "plugins"],
  jobs: ["core"],
  api: ["core", "jobs"],
  client: ["core", "protocol", "pipeline", "media", "jobs", "api", "plugins"],
  element: ["core", "client"],
  studio: ["core", "client", "element", "jobs", "api", "plugins"],
};
const folders = [...Object.keys(LAYERS), "node"];

/** Libraries with one home each. */
const HOMES = {
  "onnxruntime-web": "inference",
  mediabunny: "media",
  "@ffmpeg/core": "media",
  comlink: "protocol",
  idb: "jobs",
};

const layerRules = Object.entries(LAYERS).map(([folder, allowed]) => ({
  files: [`src/${folder}/**/*.ts`],
  ignores: ["**/*.test.ts"],
  rules: {
    "no-restricted-imports": [
      "error",
      {
        patterns: [
          ...folders
            .filter((other) => other !== folder && !allowed.includes(other))
            .map((other) => ({
              group: [`**/${other}/**`, `../${other}/*`, "!**/models/**"],
              message: `src/${folder} must not import src/${other}`,
            })),
          ...Object.entries(HOMES)
            .filter(([, home]) => home !== folder)
            .map(([name, home]) => ({
              group: [name, `${name}/*`],
              message: `${name} is imported only in src/${home}`,
            })),
        ],
      },
    ],
  },
}));

export default tseslint.config(
  {
    ignores: [
      "**/dist/",
      "examples/*/site/",
      "lib/",
      "out/",
      ".cache/",
      "models/built/",
      "node_modules/",
      "public/",
      "coverage/",
    ],
  },
  js.configs.recommended,
  ...tseslint.configs.strict,
  ...tseslint.configs.stylistic,
  {
    languageOptions: { globals: { ...globals.browser, ...globals.worker, ...globals.node } },
    rules: {
      "@typescript-eslint/no-non-null-assertion": "off",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
      "@typescript-eslint/consistent-type-imports": "error",
      "no-console": "error",
    },
  },
  {
    files: ["scripts/**", "src/node/**", "models/**", "bin/**", "tests/**", "examples/**/*.mjs"],
    rules: { "no-console": "off" },
  },
  ...layerRules,
);
