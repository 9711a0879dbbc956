// The parts of the studio that its first view does not need; each stands empty until it is defined.
import "./dock/timeline.ts";
import "./mask/mask-painter.ts";
import "./panel/recorder.ts";
import "./panel/result-panel.ts";
import "./sheets/queue-sheet.ts";
import "./stage/camera-stage.ts";
import "./stage/live-stage.ts";
import "./stage/result-stage.ts";
