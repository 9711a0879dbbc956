"use client";

import {
  createElement,
  useImperativeHandle,
  useLayoutEffect,
  useRef,
  type CSSProperties,
  type ReactNode,
  type Ref,
} from "react";
import "../element/define.ts";
import type { ElementFormState } from "../element/element-request.ts";
import type { LipSyncEventMap } from "../element/events.ts";
import type { LipSyncElement } from "../element/lip-sync.ts";

export { configureDudak, type DudakSettings } from "../engine/assets.ts";

/** Properties of {@link LipSync}. */
export interface LipSyncProps extends Partial<ElementFormState> {
  readonly name?: string;
  readonly label?: string;
  /** Width divided by height of the stage. */
  readonly ratio?: number;
  /** A player: the face is prepared as soon as it is seen and stays alive. */
  readonly live?: boolean;
  /** A player with a button that follows the microphone. */
  readonly microphone?: boolean;
  /** How much a voice that is still being spoken is heard ahead. */
  readonly latency?: "low" | "quality" | null;
  readonly lang?: string;
  readonly className?: string;
  readonly style?: CSSProperties;
  readonly children?: ReactNode;
  /** The element itself: `prepare()`, `speak()`, `follow()`, `captureStream()`, `stop()`, `generate()`, `cancel()`, `download()`. */
  readonly ref?: Ref<LipSyncElement>;
  readonly onProgress?: (event: LipSyncEventMap["lip-sync-progress"]) => void;
  readonly onResult?: (event: LipSyncEventMap["lip-sync-result"]) => void;
  readonly onError?: (event: LipSyncEventMap["lip-sync-error"]) => void;
  readonly onSpeakStart?: (event: LipSyncEventMap["lip-sync-speakstart"]) => void;
  readonly onSpeakEnd?: (event: LipSyncEventMap["lip-sync-speakend"]) => void;
  readonly onBlocked?: (event: LipSyncEventMap["lip-sync-blocked"]) => void;
  readonly onStateChange?: (event: LipSyncEventMap["lip-sync-statechange"]) => void;
}

const MEDIA = ["image", "video", "audio", "leftAudio", "rightAudio", "maskImage"] as const;
const SETTINGS = ["order", "resolution", "prompt", "seed", "backend", "format", "name", "label"] as const;

/** `<lip-sync>` for React 19: properties as properties, events as handlers. */
export function LipSync(props: LipSyncProps): ReactNode {
  const {
    ref,
    className,
    style,
    lang,
    children,
    ratio = 1,
    live = false,
    microphone = false,
    latency = null,
    onProgress,
    onResult,
    onError,
    onSpeakStart,
    onSpeakEnd,
    onBlocked,
    onStateChange,
  } = props;
  const own = useRef<LipSyncElement>(null);
  useImperativeHandle(ref, () => own.current!, []);

  const values = [...MEDIA, ...SETTINGS].map((name) => props[name] ?? null);
  // Before the browser paints: a click on what is seen may call the element at once.
  useLayoutEffect(() => {
    const element = own.current!;
    [...MEDIA, ...SETTINGS].forEach((name, index) => Object.assign(element, { [name]: values[index] }));
    Object.assign(element, { ratio, live, microphone, latency });
    // The list of values has a fixed length; each is compared on its own.
  }, [...values, ratio, live, microphone, latency]);

  useLayoutEffect(() => {
    const element = own.current!;
    const handlers = [
      ["lip-sync-progress", onProgress],
      ["lip-sync-result", onResult],
      ["lip-sync-error", onError],
      ["lip-sync-speakstart", onSpeakStart],
      ["lip-sync-speakend", onSpeakEnd],
      ["lip-sync-blocked", onBlocked],
      ["lip-sync-statechange", onStateChange],
    ] as const;
    for (const [name, handler] of handlers)
      if (handler) element.addEventListener(name, handler as EventListener);
    return () => {
      for (const [name, handler] of handlers)
        if (handler) element.removeEventListener(name, handler as EventListener);
    };
  }, [onProgress, onResult, onError, onSpeakStart, onSpeakEnd, onBlocked, onStateChange]);

  return createElement("lip-sync", { ref: own, class: className, style, lang }, children);
}
