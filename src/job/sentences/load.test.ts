import { expect, test } from "vitest";
import { finding } from "../findings.ts";
import { warning } from "../warnings.ts";
import { chooseLanguage, LANGUAGES, matchLanguage } from "./languages.ts";
import { loadSentences } from "./load.ts";

test("a tag finds its language, with or without region or script", () => {
  expect(["tr", "tr-TR", "TR_tr", "en-GB", "xx", "", "not a tag"].map(matchLanguage)).toEqual([
    ...["tr", "tr", "tr", "en"],
    ...[undefined, undefined, undefined],
  ]);
  expect(chooseLanguage(["xx", "tr-CY", "en"])).toBe("tr");
  expect(["pt", "pt-PT", "zh", "zh-CN", "zh-TW", "de-CH"].map(matchLanguage)).toEqual([
    ...["pt-BR", "pt-BR", "zh-Hans", "zh-Hans"],
    ...[undefined, "de"],
  ]);
  expect(chooseLanguage([])).toBe("en");
});

test("facts become sentences of the language, numbers as it writes them", async () => {
  const cut = warning("video/cut-short", { seconds: 3.2, total: 10 });
  const [english, turkish] = await Promise.all([loadSentences("en"), loadSentences("tr")]);
  expect(english.warning(cut)).toBe("The video breaks off after 3.2 s of 10 s; what could be read is used.");
  expect(turkish.warning(cut)).toBe(
    "Video yarım kalmış; okunabilen bölümü kullanıldı (10 saniyenin 3,2 saniyesi).",
  );
  expect(english.error("input/no-face").title).toBe("No face was found");
  expect(turkish.error("input/no-face").title).toBe("Yüz bulunamadı");
  expect(turkish.finding(finding("use/batch", { batch: 4 }))).toBe("Bir seferde aldığı kare sayısı: 4.");
});

test("words that a client gave are not taken for values", async () => {
  const { warning: say } = await loadSentences("en");
  expect(say(warning("prompt/unknown", { words: "{words} $& {model}" }))).toBe(
    "The prompt's words were not understood: {words} $& {model}.",
  );
});

test("a code of a newer release stands for itself", async () => {
  for (const language of LANGUAGES) {
    const { warning: say } = await loadSentences(language);
    expect(say({ code: "mouth/purple", values: {} } as never)).toBe("mouth/purple");
  }
});

test.each(LANGUAGES)("%s: a fact's values stand in its sentence", async (language) => {
  const { warning: say, error, finding: find } = await loadSentences(language);
  expect(say(warning("prompt/unknown", { words: "neon" }))).toContain("neon");
  expect(say(warning("video/cut-short", { seconds: 1.5, total: 9 }))).toContain(
    (1.5).toLocaleString(language),
  );
  expect(find(finding("use/face", { port: "img", size: 96, layout: "NCHW" }))).toMatch(/img.*96.*NCHW/);
  expect(error("input/no-face").title).not.toBe("");
});
