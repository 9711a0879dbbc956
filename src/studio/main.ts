import { setLanguage } from "./localization.ts";
import { applyTheme, loadPreferences } from "./state/preferences.ts";
import "./dock/timeline.ts";
import "./pages/api-page.ts";
import "./mask/mask-painter.ts";
import "./panel/recorder.ts";
import "./panel/result-panel.ts";
import "./sheets/queue-sheet.ts";
import "./stage/camera-stage.ts";
import "./stage/live-stage.ts";
import "./stage/result-stage.ts";

const { theme, language } = loadPreferences();
applyTheme(theme);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () =>
  applyTheme(loadPreferences().theme),
);
await setLanguage(language);
const { StudioApp } = await import("./studio-app.ts");
document.body.append(new StudioApp());
