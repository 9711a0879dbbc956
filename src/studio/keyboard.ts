/** What a key does; the page decides whether it applies. */
export type KeyAction =
  | "open"
  | "generate"
  | "escape"
  | "play"
  | "frame-back"
  | "frame-on"
  | "next-face"
  | "mask"
  | "record"
  | "download"
  | "compare"
  | "report"
  | "batch"
  | "undo"
  | "queue"
  | "privacy"
  | "help";

const SINGLE: Readonly<Record<string, KeyAction>> = {
  k: "play",
  " ": "play",
  ",": "frame-back",
  ".": "frame-on",
  f: "next-face",
  m: "mask",
  r: "record",
  d: "download",
  c: "compare",
  e: "report",
  b: "batch",
  q: "queue",
  p: "privacy",
  "?": "help",
};

/** How this device calls the key that commands begin with. */
export const commandKey = (): string => (/mac|iphone|ipad/i.test(navigator.userAgent) ? "⌘" : "Ctrl");

interface KeyPress {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
}

/**
 * The action of a key press.
 * @param inField whether the focus is in a field or on a control that uses the key itself.
 * @param single whether single-key shortcuts are on (WCAG 2.1.4).
 */
export function keyAction(event: KeyPress, inField: boolean, single: boolean): KeyAction | null {
  const command = event.ctrlKey || event.metaKey;
  if (event.key === "Escape") return "escape";
  if (command && event.key === "Enter") return "generate";
  if (command && event.key.toLowerCase() === "z" && !inField) return "undo";
  if (!single || event.altKey) return null;
  if (command) return event.key.toLowerCase() === "o" ? "open" : null;
  if (inField) return null;
  return SINGLE[event.key.toLowerCase()] ?? null;
}

/** Whether the event's target keeps letters (or the space bar) to itself. */
export function keepsKeys(target: EventTarget | null, key: string): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement)
    return target.type !== "range" && target.type !== "radio" ? true : key === " ";
  if (target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement) return true;
  if (target.isContentEditable || target.closest("studio-mask-painter canvas")) return true;
  return key === " " && target.closest("button, summary, a, [role=button]") !== null;
}
