import {
  createElement,
  useEffect,
  useImperativeHandle,
  useRef,
  type CSSProperties,
  type ReactNode,
  type Ref,
} from "react";
import "./define.ts";
import type { ElementFormState } from "./element-request.ts";
import type { LipSyncEventMap } from "./events.ts";
import type { LipSyncElement } from "./lip-sync.ts";

export { configureDudak, type DudakSettings } from "../client/assets.ts";

/** Properties of {@link LipSync}. */
export interface LipSyncProps extends Partial<ElementFormState> {
  readonly name?: string;
  readonly label?: string;
  /** Width divided by height of the stage. */
  readonly ratio?: number;
  readonly lang?: string;
  readonly className?: string;
  readonly style?: CSSProperties;
  readonly children?: ReactNode;
  /** The element itself: `generate()`, `cancel()`, `download()`, `speak()`. */
  readonly ref?: Ref<LipSyncElement>;
  readonly onProgress?: (event: LipSyncEventMap["lip-sync-progress"]) => void;
  readonly onResult?: (event: LipSyncEventMap["lip-sync-result"]) => void;
  readonly onError?: (event: LipSyncEventMap["lip-sync-error"]) => void;
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
    onProgress,
    onResult,
    onError,
    onStateChange,
  } = props;
  const own = useRef<LipSyncElement>(null);
  useImperativeHandle(ref, () => own.current!, []);

  const values = [...MEDIA, ...SETTINGS].map((name) => props[name] ?? null);
  useEffect(() => {
    const element = own.current!;
    [...MEDIA, ...SETTINGS].forEach((name, index) => Object.assign(element, { [name]: values[index] }));
    element.ratio = ratio;
    // The list of values has a fixed length; each is compared on its own.
  }, [...values, ratio]);

  useEffect(() => {
    const element = own.current!;
    const handlers = [
      ["lip-sync-progress", onProgress],
      ["lip-sync-result", onResult],
      ["lip-sync-error", onError],
      ["lip-sync-statechange", onStateChange],
    ] as const;
    for (const [name, handler] of handlers)
      if (handler) element.addEventListener(name, handler as EventListener);
    return () => {
      for (const [name, handler] of handlers)
        if (handler) element.removeEventListener(name, handler as EventListener);
    };
  }, [onProgress, onResult, onError, onStateChange]);

  return createElement("lip-sync", { ref: own, class: className, style, lang }, children);
}
