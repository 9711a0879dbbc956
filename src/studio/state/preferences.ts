import { chooseLanguage } from "../../job/sentences/languages.ts";
import type { Preferences } from "./studio-state.ts";

const KEY = "dudak-preferences";
const DEFAULTS: Preferences = {
  theme: "system",
  language: chooseLanguage(navigator.languages),
  backend: undefined,
  singleKeys: true,
  lipModel: null,
  aiMark: true,
  keepDays: null,
  keepBytes: null,
  modelsFetched: false,
  pace: {},
};

/** Reads the preferences; a damaged or refused store gives the defaults. `public/theme.js` reads the same key. */
export function loadPreferences(): Preferences {
  try {
    return { ...DEFAULTS, ...(JSON.parse(localStorage.getItem(KEY) ?? "{}") as Partial<Preferences>) };
  } catch {
    return DEFAULTS;
  }
}

/** Keeps the preferences where the browser allows it. */
export function savePreferences(preferences: Preferences): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(preferences));
  } catch {
    // Private windows may refuse; the choice then lasts as long as the page.
  }
}

/** Shows the theme on the document: as asked, or as the system has it. */
export function applyTheme(theme: Preferences["theme"]): void {
  const dark = theme === "system" ? matchMedia("(prefers-color-scheme: dark)").matches : theme === "dark";
  document.documentElement.dataset["theme"] = dark ? "dark" : "light";
}
