import { EngineError } from "../../job/errors.ts";
import { workletUrl } from "../assets.ts";

/** A sound's copy on its way to the model. */
export interface Tap {
  /** Connect the sound to it. */
  readonly node: AudioNode;
  /** Blocks of two planes at the context's rate, and `null` at the end. */
  readonly blocks: MessagePort;
  /** Second of the context's clock at which the first block begins. */
  readonly origin: Promise<number>;
  close(): void;
}

const loaded = new WeakMap<BaseAudioContext, Promise<void>>();

function load(context: AudioContext): Promise<void> {
  const known = loaded.get(context) ?? context.audioWorklet.addModule(workletUrl());
  loaded.set(context, known);
  known.catch(() => loaded.delete(context));
  return known;
}

/**
 * Opens a tap in a context.
 * @throws EngineError `device/unsupported` where the browser has no AudioWorklet (pages that are not secure), `model/load`.
 */
export async function openTap(context: AudioContext): Promise<Tap> {
  if (!("audioWorklet" in context)) {
    throw new EngineError(
      "device/unsupported",
      "The browser withholds its audio worklets from this page, so no sound can be followed. Serve the page over https or from localhost.",
    );
  }
  try {
    await load(context);
  } catch (error) {
    throw new EngineError("model/load", "The engine's audio worklet could not be loaded. Reload the page.", {
      cause: error,
    });
  }
  const node = new AudioWorkletNode(context, "dudak-tap", {
    channelCount: 2,
    channelCountMode: "max",
    numberOfOutputs: 1,
  });
  const { port1, port2 } = new MessageChannel();
  const origin = new Promise<number>((resolve) => {
    node.port.onmessage = ({ data }: MessageEvent<number>) => resolve(data / context.sampleRate);
  });
  node.port.postMessage(port2, [port2]);
  // Browsers run only what leads to the loudspeakers; it gives out silence.
  node.connect(context.destination);
  return {
    node,
    blocks: port1,
    origin,
    close() {
      node.port.postMessage(null);
      node.disconnect();
    },
  };
}
