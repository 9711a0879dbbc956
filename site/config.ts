import { createHash } from "node:crypto";
import { defineConfig, type DefaultTheme } from "vitepress";

/** Where the site will lie: `/` or for instance `/dudak/`. */
const base = process.env["DUDAK_SITE_BASE"] ?? "/";

/** Words of the menus, in each language. */
interface Words {
  readonly prefix: string;
  readonly guides: string;
  readonly reference: string;
  readonly more: string;
  readonly studio: string;
  readonly pages: Readonly<Record<string, string>>;
}

const ENGLISH: Words = {
  prefix: "/docs/guide",
  guides: "Guides",
  reference: "Reference",
  more: "More",
  studio: "Studio",
  pages: {
    portrait: "A talking portrait",
    video: "A video with a new voice",
    dialogue: "A dialogue",
    live: "A live face",
    batch: "Many at once",
    style: "Style, masks, seeds",
    files: "What goes in and out",
    rest: "REST",
    "own-model": "A model of your own",
    "self-hosting": "Hosting it yourself",
    privacy: "Privacy, proved",
  },
};

const TURKISH: Words = {
  prefix: "/docs/tr/guide",
  guides: "Kılavuzlar",
  reference: "Başvuru (İngilizce)",
  more: "Daha fazlası (İngilizce)",
  studio: "Stüdyo",
  pages: {
    portrait: "Konuşan portre",
    video: "Yeni sesli video",
    dialogue: "İki kişilik diyalog",
    live: "Canlı yüz",
    batch: "Birden çok video",
    style: "Stil, maske, tohum",
    files: "Neler girer, ne çıkar",
    rest: "REST",
    "own-model": "Kendi modeliniz",
    "self-hosting": "Kendi sunucunuzda",
    privacy: "Gizlilik ve kanıtı",
  },
};

/** Pages that are staged only where the project has them. */
const staged = new Set((process.env["DUDAK_SITE_PAGES"] ?? "").split(","));
const existing = (items: DefaultTheme.SidebarItem[]) =>
  items.filter(({ link }) => link === undefined || staged.has(link.slice(1)));

function sidebar(words: Words): DefaultTheme.SidebarItem[] {
  return [
    {
      text: words.guides,
      items: existing([
        ...Object.entries(words.pages).map(([page, text]) => ({ text, link: `${words.prefix}/${page}` })),
        { text: "Scale-out", link: "/docs/scale-out" },
      ]),
    },
    {
      text: words.reference,
      items: existing([
        { text: "JavaScript", link: "/docs/javascript" },
        { text: "JavaScript: every type", link: "/reference/javascript/README" },
        { text: "Element", link: "/docs/element" },
        { text: "Element: every member", link: "/reference/element" },
        { text: "REST", link: "/docs/api" },
        { text: "Command line", link: "/docs/command-line" },
        { text: "Package, bundlers, hosting", link: "/docs/package" },
        { text: "Model manifest", link: "/docs/model-manifest" },
        { text: "Live streams", link: "/docs/live" },
        { text: "Formats", link: "/docs/formats" },
      ]),
    },
    {
      text: words.more,
      items: existing([
        { text: "Figures", link: "/docs/figures" },
        { text: "Limits and browsers", link: "/docs/limits" },
        { text: "Examples", link: "/examples/README" },
        { text: "Architecture", link: "/ARCHITECTURE" },
        { text: "Changelog", link: "/CHANGELOG" },
      ]),
    },
  ];
}

const theme = (words: Words): DefaultTheme.Config => ({
  nav: [
    { text: words.guides, link: `${words.prefix}/portrait` },
    { text: words.reference, link: "/docs/javascript" },
    { text: words.studio, link: "/studio/", target: "_self" },
  ],
  sidebar: sidebar(words),
});

/** Scripts that a page holds itself. */
const INLINE = /<script(?![^>]*\bsrc=)[^>]*>([\s\S]*?)<\/script>/g;

/** The policy of a page: no connection but to this site, as in the studio. */
function policyOf(html: string): string {
  const hashes = [...html.matchAll(INLINE)].map(
    ([, code = ""]) => `'sha256-${createHash("sha256").update(code).digest("base64")}'`,
  );
  return [
    "default-src 'self'",
    `script-src 'self' 'wasm-unsafe-eval' blob: ${hashes.join(" ")}`,
    "worker-src 'self' blob:",
    "connect-src 'self' blob: data:",
    "img-src 'self' blob: data:",
    "media-src 'self' blob:",
    "style-src 'self' 'unsafe-inline'",
  ].join("; ");
}

export default defineConfig({
  base,
  title: "Dudak",
  description: "A picture and a voice become a talking portrait, wholly inside the browser.",
  cleanUrls: false,
  outDir: process.env["DUDAK_SITE_OUT"] ?? "../out/site",
  // The studio is put beside the pages after they are built.
  ignoreDeadLinks: [/^\/studio\//],
  head: [["link", { rel: "icon", href: `${base}icon.svg`, type: "image/svg+xml" }]],
  transformHtml: (html) =>
    html.replace(
      "<head>",
      () => `<head><meta http-equiv="Content-Security-Policy" content="${policyOf(html)}">`,
    ),
  themeConfig: { search: { provider: "local" }, outline: [2, 3] },
  locales: {
    root: { label: "English", lang: "en", themeConfig: theme(ENGLISH) },
    tr: {
      label: "Türkçe",
      lang: "tr",
      link: "/tr/",
      description: "Bir resim ve bir ses, tamamen tarayıcının içinde, konuşan bir portreye dönüşür.",
      themeConfig: {
        ...theme(TURKISH),
        outline: { label: "Bu sayfada", level: [2, 3] },
        docFooter: { prev: "Önceki", next: "Sonraki" },
        darkModeSwitchLabel: "Görünüm",
        sidebarMenuLabel: "Menü",
        returnToTopLabel: "Başa dön",
        langMenuLabel: "Dil",
        skipToContentLabel: "İçeriğe geç",
      },
    },
  },
  // Headings such as "GET /jobs/{id}" are text.
  markdown: {
    attrs: { disable: true },
    theme: { light: "github-light-high-contrast", dark: "github-dark-high-contrast" },
  },
  vue: { template: { compilerOptions: { isCustomElement: (tag) => tag === "lip-sync" } } },
  vite: { logLevel: "warn", build: { chunkSizeWarningLimit: 3000 } },
});
