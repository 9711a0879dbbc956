import { checkPackage, Package } from "@arethetypeswrong/core";
import { chromium, type Browser, type Page } from "playwright-core";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { cp, mkdir, readdir, readFile, rename, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join, sep } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { browserLaunch } from "../../src/headless/find-browser.mjs";
import { PROJECT_ROOT } from "../../src/headless/app-build.ts";
import { ended, installPackage, said, type Installed } from "./installed.ts";
import { testSelfHosting } from "./self-hosting.ts";
import { serveSite } from "./site.ts";

interface PackageJson {
  readonly name: string;
  readonly version: string;
  readonly exports: Readonly<Record<string, string | object>>;
}

let installed: Installed;
let browser: Browser;
let files: readonly string[];
let json: PackageJson;

beforeAll(async () => {
  [installed, browser] = await Promise.all([
    installPackage(),
    chromium.launch({ ...browserLaunch(), headless: true }),
  ]);
  const names = await readdir(installed.packageFolder, { recursive: true });
  files = names.map((name) => name.split(sep).join("/"));
  json = JSON.parse(await readFile(join(installed.packageFolder, "package.json"), "utf8")) as PackageJson;
}, 400_000);
afterAll(async () => {
  await browser?.close();
  await installed?.remove();
});

/** Opens a page; what it complains about ends in the test's output. */
async function visit(url: string): Promise<Page> {
  const page = await browser.newPage();
  page.setDefaultTimeout(90_000);
  page.on("pageerror", (error) => console.error(`${url}: ${error.message}`));
  await page.goto(url);
  return page;
}

describe("what is packed", () => {
  test("holds what is needed and nothing else, in less than 40 MB", () => {
    expect(installed.tarballBytes).toBeLessThan(40e6);
    expect(new Set(files.map((name) => name.split("/", 1)[0]))).toEqual(
      new Set(["LICENSE", "NOTICE.md", "README.md", "bin", "lib", "package.json"]),
    );
    expect(
      files.filter((name) => /\.stamp$|\.tsx?$/.test(name) && !/\.d\.ts$|^lib\/node\/examples\//.test(name)),
    ).toEqual([]);
  });

  test("no script names a server from which code could be loaded", async () => {
    const scripts = files.filter((name) => /\.(m?js|html)$/.test(name));
    const cdn = /https?:\/\/(?:[\w-]+\.)*(?:unpkg\.com|jsdelivr\.net|esm\.sh|cdnjs\.\w+\.com|skypack\.dev)/;
    const naming = await Promise.all(
      scripts.map(async (name) => {
        const found = cdn.exec(await readFile(join(installed.packageFolder, name), "utf8"));
        return found ? [`${name}: ${found[0]}`] : [];
      }),
    );
    expect(naming.flat()).toEqual([]);
    expect(scripts.some((name) => name.includes("ffmpeg.worker"))).toBe(true);
  });

  test("publint has nothing to say", async () => {
    const { messages, pkg } = await publint({ pkgDir: installed.packageFolder, pack: false, strict: true });
    expect(messages.map((message) => formatMessage(message, pkg, { color: false }))).toEqual([]);
  });

  test("attw has nothing to say about packages of ES modules alone", async () => {
    const read = files.filter(
      (name) => /\.(d\.ts|js|json)$/.test(name) && !/^lib\/(app|node|assets)\//.test(name),
    );
    const contents = await Promise.all(
      read.map(async (name) => [
        `/node_modules/${json.name}/${name}`,
        await readFile(join(installed.packageFolder, name), "utf8"),
      ]),
    );
    const entrypoints = Object.keys(json.exports).filter((entry) => typeof json.exports[entry] === "object");
    const result = await checkPackage(
      new Package(Object.fromEntries(contents) as Record<string, string>, json.name, json.version),
      { entrypoints },
    );
    if (!result.types) throw new Error("attw found no types");
    // Its profile "esm-only": Node before its rules for ES modules, and require() of one.
    const others = result.problems.filter(
      (problem) => !("resolutionKind" in problem) || !/^node10$|^node16-cjs$/.test(problem.resolutionKind),
    );
    expect(others).toEqual([]);
    expect(entrypoints.length).toBeGreaterThan(3);
  });

  test("a strict TypeScript project uses every entry without further types", async () => {
    const entries = Object.keys(json.exports).filter((entry) => typeof json.exports[entry] === "object");
    const imports = entries.map((entry, i) => `import * as e${String(i)} from "dudak${entry.slice(1)}";`);
    const uses = `console.log(${entries.map((_, i) => `e${String(i)}`).join(", ")});`;
    await writeFile(join(installed.folder, "entries.ts"), [...imports, uses].join("\n"));
    const compilerOptions = {
      target: "ES2023",
      skipDefaultLibCheck: true,
      lib: ["ES2023", "DOM", "DOM.Iterable", "DOM.AsyncIterable"],
      module: "nodenext",
      strict: true,
      noEmit: true,
      types: [],
    };
    const config = { compilerOptions, files: ["entries.ts"] };
    await writeFile(join(installed.folder, "tsconfig.json"), JSON.stringify(config));
    const tsc = join(PROJECT_ROOT, "node_modules", "typescript", "bin", "tsc");
    expect((await installed.node([tsc, "-p", installed.folder])).stdout).toBe("");
  });
});

describe("the installed dudak command", () => {
  test("makes a video in an empty folder", async () => {
    const media = join(installed.folder, "media");
    const argv = ["render", "--image", join(media, "portrait.jpg"), "--audio", join(media, "hello.mp3")];
    const { code, stdout, stderr } = await ended(installed.dudak([...argv, "--json", "--seed", "1"]));
    expect(code, stderr).toBe(0);
    const { output } = JSON.parse(stdout) as { output: string };
    expect(output).toContain(join("empty", "out", "portrait.mp4"));
    expect((await readFile(output)).subarray(4, 8).toString("latin1")).toBe("ftyp");
  });

  test("says what to install without the browser's driver", async () => {
    const driver = join(installed.folder, "node_modules", "playwright-core");
    await rename(driver, `${driver}-away`);
    try {
      const media = join(installed.folder, "media");
      const argv = ["--image", join(media, "portrait.jpg"), "--audio", join(media, "hello.mp3"), "--json"];
      const { code, stdout } = await ended(installed.dudak(["render", ...argv]));
      expect(code).toBe(4);
      expect(JSON.parse(stdout)).toMatchObject({
        errorCode: "device/backend",
        error: expect.stringContaining("npm install playwright-core") as string,
      });
    } finally {
      await rename(`${driver}-away`, driver);
    }
  });

  test.skipIf(process.platform === "darwin")("says what to install without a browser", async () => {
    const media = join(installed.folder, "media");
    const argv = ["--image", join(media, "portrait.jpg"), "--audio", join(media, "hello.mp3"), "--json"];
    const { code, stdout, stderr } = await installed.node(
      [join(installed.packageFolder, "bin", "dudak.mjs"), "render", ...argv],
      join(installed.folder, "empty"),
      {
        PATH: "",
        DUDAK_BROWSER: "",
        PLAYWRIGHT_BROWSERS_PATH: join(installed.folder, "empty"),
        PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD: "1",
      },
    );
    expect(stderr).toContain("downloading Chromium");
    expect(code).toBe(4);
    expect(JSON.parse(stdout)).toMatchObject({
      errorCode: "device/backend",
      error: expect.stringContaining("DUDAK_BROWSER") as string,
    });
  });

  test("serves the studio, whose large files it shares with the library", async () => {
    const studio = installed.dudak(["studio", "--port", "0"]);
    try {
      const origin = await said(studio, /http:\/\/\S+/);
      const page = await visit(origin);
      await page.waitForSelector("studio-app .bar");
      const model = files.find((name) => /^lib\/assets\/mouth-.*\.onnx$/.test(name))!;
      expect((await fetch(`${origin}/${model.slice("lib/".length)}`)).status).toBe(200);
      expect((await fetch(`${origin}/node/cli.js/../../package.json`)).status).toBe(404);
      await page.close();
    } finally {
      studio.kill();
    }
  });
});

testSelfHosting(() => ({ installed, visit }));

describe("the local API in an app of one's own", () => {
  test("the service worker takes jobs, a page does them, and a webhook leaves through the package's frame", async () => {
    const folder = join(installed.folder, "local-api");
    const script = `
      import { openLocalApi } from "dudak/local-api";
      import { registerServiceWorker } from "dudak/service-worker";
      await registerServiceWorker("/service-worker.js");
      await openLocalApi({ jobOptions: { backend: "wasm" } });
      document.title = "open";`;
    await mkdir(join(folder, "public"), { recursive: true });
    await writeFile(join(folder, "main.js"), script);
    await writeFile(join(folder, "index.html"), `<script type="module" src="/main.js"></script>`);
    const worker = join(installed.packageFolder, "lib", "service-worker.js");
    await cp(worker, join(folder, "public", "service-worker.js"));
    const vite = join(installed.folder, "node_modules", "vite", "bin", "vite.js");
    const { code, stderr } = await installed.node([vite, "build"], folder);
    expect(code, stderr).toBe(0);
    const site = await serveSite({ "/": join(folder, "dist"), "/media/": join(installed.folder, "media") });
    const hooks: { status: string; output: string }[] = [];
    const receiver = createServer((request, response) => {
      response.setHeader("Access-Control-Allow-Origin", "*");
      response.setHeader("Access-Control-Allow-Headers", "*");
      let body = "";
      request.on("data", (part: Buffer) => (body += part.toString()));
      request.on("end", () => {
        if (request.method === "POST") hooks.push(JSON.parse(body) as (typeof hooks)[number]);
        response.writeHead(204).end();
      });
    });
    await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
    const { port } = receiver.address() as AddressInfo;
    const page = await visit(`${site.origin}/index.html`);
    try {
      // The page isolates itself by one reload; then the worker answers its requests.
      await page.waitForFunction(() => document.title === "open" && crossOriginIsolated);
      const bytes = await page.evaluate(
        async (webhook) => {
          const formState = { image: "/media/portrait.jpg", audio: "/media/hello.mp3", seed: 1 };
          const submitted = await fetch("/api/v1/lipsync-image", {
            method: "POST",
            headers: { "Content-Type": "application/json" },
            body: JSON.stringify({ formState, webhook }),
          });
          const { id } = (await submitted.json()) as { id: string };
          for (;;) {
            const answer = await fetch(`/api/v1/jobs/${id}?wait=10`);
            const job = (await answer.json()) as { status: string; output: string; error: string };
            if (job.status === "failed") throw new Error(job.error);
            if (job.status === "completed") return (await (await fetch(job.output)).arrayBuffer()).byteLength;
          }
        },
        `http://127.0.0.1:${String(port)}/hook`,
      );
      expect(bytes).toBeGreaterThan(10_000);
      await expect.poll(() => hooks).toMatchObject([{ status: "completed" }]);
    } finally {
      await page.close();
      receiver.close();
      site.close();
    }
  });
});

describe("the examples, as dudak create writes them", () => {
  /** Presses the button of a page and waits for what it then says. */
  async function press(url: string, button: string, wanted: RegExp): Promise<void> {
    const page = await visit(url);
    await page.click(button);
    // A refusal ends with its code.
    const either = `${wanted.source}|\\[\\w+/[\\w-]+\\]`;
    await page.waitForFunction((text) => new RegExp(text).test(document.body.textContent), either);
    expect(await page.textContent("body")).toMatch(wanted);
    await page.close();
  }

  /** Lets the element of a page load its engine and look at its picture, which all its workers take part in. */
  async function prepare(url: string): Promise<void> {
    const page = await visit(url);
    await page.waitForSelector("lip-sync:defined");
    await page.evaluate(() =>
      document.querySelector<HTMLElement & { prepare(): Promise<void> }>("lip-sync")!.prepare(),
    );
    await page.close();
  }

  /** Makes a project from a template; the folder of the packed package is above it. */
  async function create(template: string): Promise<string> {
    const name = `my ${template}`;
    const { code, stderr, stdout } = await installed.node(
      [join(installed.packageFolder, "bin", "dudak.mjs"), "create", name, "--template", template],
      installed.folder,
    );
    expect(code, stderr).toBe(0);
    expect(stdout).toContain("npm install");
    const folder = join(installed.folder, name);
    const made = JSON.parse(await readFile(join(folder, "package.json"), "utf8")) as PackageJson;
    expect(made.name).toBe(`my-${template}`);
    return folder;
  }

  async function viteBuild(folder: string): Promise<string> {
    const vite = join(installed.folder, "node_modules", "vite", "bin", "vite.js");
    const { code, stdout, stderr } = await installed.node([vite, "build"], folder);
    expect(code, stderr).toBe(0);
    // The list of files names one of warnings.
    const told = (stdout + stderr).replace(/^dist\/.*$/gm, "");
    expect(told).not.toMatch(/doesn't exist at build time|warn/i);
    expect(await readdir(join(folder, "dist"))).toContain("portrait.jpg");
    return join(folder, "dist");
  }

  test("a page without a bundler", async () => {
    const folder = await create("page");
    expect(await installed.node(["build.mjs"], folder)).toMatchObject({ code: 0, stderr: "" });
    expect(await readdir(join(folder, "site", "media"))).toContain("portrait.jpg");
    const site = await serveSite({ "/sub/folder/": join(folder, "site") });
    await prepare(`${site.origin}/sub/folder/index.html`);
    site.close();
  });

  test("a Vite project, built without any setting of the package", async () => {
    const site = await serveSite({ "/": await viteBuild(await create("vite")) }, { isolated: true });
    await press(`${site.origin}/index.html`, "#form button", /2\d frames/);
    site.close();
  });

  test("a Vite project in development", async () => {
    const vite = join(installed.folder, "node_modules", "vite", "bin", "vite.js");
    const folder = join(installed.folder, "vite");
    const server = installed.start(
      [vite, "--host", "127.0.0.1", "--port", "0", "--clearScreen", "false"],
      folder,
    );
    try {
      const url = await said(server, /http:\/\/[\d.]+:\d+\//);
      // Vite prepares the dependencies that it finds, and reloads the page when it has; a click before that is lost.
      const first = await visit(url);
      await first.waitForLoadState("networkidle");
      await first.close();
      await press(url, "#form button", /listening|rendering|encoding|2\d frames/);
    } finally {
      server.kill();
    }
  });

  test("the voice agent's face says hello", async () => {
    const site = await serveSite({ "/": await viteBuild(await create("voice-agent")) }, { isolated: true });
    await press(`${site.origin}/index.html`, "#greet", /Said hello \(ended\)/);
    site.close();
  });

  test("a React project", async () => {
    const site = await serveSite({ "/": await viteBuild(await create("react")) });
    await prepare(`${site.origin}/index.html`);
    site.close();
  });

  test("a page of another site, with a key that is bound to the embedded one", async () => {
    const { serveExample } = (await import(
      pathToFileURL(join(installed.folder, "iframe-embed", "serve.mjs")).href
    )) as { serveExample(ports: object): Promise<{ host: string; frame: string; close(): void }> };
    const sites = await serveExample({ hostPort: 0, framePort: 0 });
    const data = ["--data", join(installed.folder, "gateway")];
    const { stdout } = await ended(
      installed.dudak(["keys", "create", "--origin", sites.frame, "--json", ...data]),
    );
    const { key } = JSON.parse(stdout) as { key: string };
    const gateway = installed.dudak(["serve", "--port", "0", ...data]);
    try {
      const api = await said(gateway, /http:\/\/\S+\/api\/v1/);
      const given = new URLSearchParams({ frame: `${sites.frame}/frame.html`, key, api });
      const page = await visit(`${sites.host}/host.html#${given.toString()}`);
      await page.frameLocator("#dudak").locator("#news", { hasText: "Ready." }).waitFor();
      await page.click("#go");
      await page.waitForFunction(() => document.querySelector<HTMLVideoElement>("#film")!.videoWidth > 0);
      // The host's own origin cannot use the key.
      const answer = await page.evaluate(
        async ([address, secret]) =>
          fetch(`${address!}/jobs`, { headers: { Authorization: `Bearer ${secret!}` } }).then(
            (response) => response.status,
            () => "refused",
          ),
        [api, key],
      );
      expect(answer).toBe("refused");
      const direct = await fetch(`${api}/jobs`, {
        headers: { Authorization: `Bearer ${key}`, Origin: sites.host },
      });
      expect(direct.status).toBe(403);
      await page.close();
    } finally {
      gateway.kill();
      sites.close();
    }
  });
});
