import { setLanguage } from "./localization.ts";
import { applyTheme, loadPreferences } from "./state/preferences.ts";
import { StudioApp } from "./studio-app.ts";

const { theme, language } = loadPreferences();
applyTheme(theme);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () =>
  applyTheme(loadPreferences().theme),
);
await setLanguage(language);
document.body.append(new StudioApp());
await import("./elements.ts");
