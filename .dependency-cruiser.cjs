/**
 * Arrows point down: each room of `src` may import the rooms listed for it and nothing else.
 * Tests may import what they test with; they are left out.
 */
const ROOMS = {
  core: [],
  job: ["core"],
  "worker-rpc": ["core", "job"],
  inference: ["core", "job"],
  media: ["core", "job"],
  vision: ["core", "job", "inference"],
  speech: ["core", "job", "inference"],
  render: ["core", "job"],
  "lip-models": ["core", "job", "worker-rpc", "inference"],
  pipeline: ["core", "job", "worker-rpc", "inference", "media", "vision", "speech", "render", "lip-models"],
  engine: ["core", "job", "worker-rpc", "inference", "media", "pipeline", "lip-models", "speech"],
  queue: ["core", "job", "engine"],
  rest: ["core", "job", "engine", "queue"],
  element: ["core", "job", "engine"],
  react: ["core", "job", "engine", "element"],
  studio: ["core", "job", "engine", "queue", "rest", "element", "lip-models"],
  headless: ["core", "job", "engine", "rest"],
  cli: ["core", "job", "engine", "headless", "gateway"],
  gateway: ["core", "job", "queue", "rest", "headless"],
};

/** Libraries with one home each. */
const HOMES = {
  "onnxruntime-web": "inference",
  mediabunny: "media",
  "@mediabunny/aac-encoder": "media",
  "@ffmpeg/(core|ffmpeg)": "media",
  comlink: "worker-rpc",
  idb: "queue|studio/state|inference/check",
};

/**
 * Files of the engine that interfaces may import beside the entry: what must load without the engine's code (where its
 * files lie, the prompt's words), and what only hosts with a disk of their own need.
 */
const PUBLIC = ["assets", "prompt", "output", "contact-sheet", "left-frames"];

const TESTS = "\\.test\\.ts$|/test-[^/]+\\.ts$";

module.exports = {
  forbidden: [
    {
      name: "no-cycle",
      severity: "error",
      comment: "Files that import each other cannot be read one after the other.",
      from: {},
      to: { circular: true },
    },
    {
      name: "no-unresolved",
      severity: "error",
      from: {},
      to: { couldNotResolve: true, pathNot: "\\?url$|^@webgpu/types$" },
    },
    ...Object.entries(ROOMS).map(([room, below]) => ({
      name: `room-${room}`,
      severity: "error",
      comment: `src/${room} imports ${below.length ? below.join(", ") : "no other room"}.`,
      from: { path: `^src/${room}/`, pathNot: TESTS },
      to: { path: "^(src|workers|tools|tests)/", pathNot: `^src/(${[room, ...below].join("|")})/` },
    })),
    {
      name: "the-entry-is-the-door",
      severity: "error",
      comment: `Interfaces and hosts use the public entry src/engine/lip-sync.ts, and beside it ${PUBLIC.join(", ")}.`,
      from: { path: "^src/(element|react|studio|headless/page|rest/page)/", pathNot: TESTS },
      to: { path: "^src/engine/", pathNot: `^src/engine/(lip-sync|${PUBLIC.join("|")})\\.ts$` },
    },
    {
      name: "workers-are-thin",
      severity: "error",
      comment: "A worker's entry builds from src and imports no other entry.",
      from: { path: "^workers/" },
      to: {
        path: "^(workers|tools|tests)/|^src/(element|react|studio|cli|gateway|headless)/",
        // The service worker keeps the studio's files for visits without a network.
        pathNot: "^src/studio/offline/",
      },
    },
    {
      name: "tools-stay-outside",
      severity: "error",
      comment: "The product never imports its tools.",
      from: { path: "^(src|workers)/", pathNot: TESTS },
      to: { path: "^tools/" },
    },
    ...Object.entries(HOMES).map(([library, home]) => ({
      name: `home-of-${library.replace(/\W+/g, "-")}`,
      severity: "error",
      comment: `${library} is imported only in src/${home}.`,
      from: { path: "^(src|workers)/", pathNot: `^src/(${home})/|${TESTS}` },
      to: { path: `^node_modules/${library}/` },
    })),
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "browser", "default"] },
  },
};
