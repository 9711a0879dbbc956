import { EngineError } from "../../job/errors.ts";

/** A sound that goes on: a microphone, a call's remote voice, an element that plays, a node of the caller's graph. */
export type FollowedSound = MediaStream | MediaStreamTrack | AudioNode | HTMLMediaElement;

/** A followed sound as a node. */
export interface FollowSource {
  readonly node: AudioNode;
  /** Whether it comes from a microphone, which is not played unless asked for: it would whistle. */
  readonly microphone: boolean;
  /** Whether the sound has come to its end. */
  ended(): boolean;
  /** Gives the sound back to where it was heard before. */
  release(): void;
}

/** An element's sound can be taken once; from then on it is heard through its node. */
const taken = new WeakMap<HTMLMediaElement, MediaElementAudioSourceNode>();

function ofElement(element: HTMLMediaElement, context: AudioContext): FollowSource {
  const known = taken.get(element);
  if (known && known.context !== context) {
    throw new EngineError(
      "input/field",
      "The element's sound was taken by another AudioContext; give the node that plays it, or a `destination` of that context.",
    );
  }
  const node = known ?? new MediaElementAudioSourceNode(context, { mediaElement: element });
  taken.set(element, node);
  if (known) known.disconnect();
  return {
    node,
    microphone: false,
    // It may be played again.
    ended: () => false,
    release: () => void node.connect(context.destination),
  };
}

/** Microphones have a group of devices; what comes from a call or an element has none. */
const isMicrophone = (track: MediaStreamTrack) => Boolean(track.getSettings().groupId);

function ofStream(stream: MediaStream, context: AudioContext): FollowSource {
  const tracks = stream.getAudioTracks();
  if (tracks.length === 0) {
    throw new EngineError("input/audio", "The stream has no sound track.", { details: { field: "sound" } });
  }
  const ended = () => tracks.every(({ readyState }) => readyState === "ended");
  if (ended()) {
    throw new EngineError("input/audio-empty", "The sound has ended before it could be followed.", {
      details: { field: "sound" },
    });
  }
  // Chromium lets a call's voice flow only while an element plays it.
  const pull = new Audio();
  pull.muted = true;
  pull.srcObject = stream;
  void pull.play().catch(() => undefined);
  const node = new MediaStreamAudioSourceNode(context, { mediaStream: new MediaStream(tracks) });
  return {
    node,
    microphone: tracks.some(isMicrophone),
    ended,
    release() {
      pull.srcObject = null;
    },
  };
}

/**
 * A followed sound as a node of a context.
 * @throws EngineError `input/field`, `input/audio` (no sound track), `input/audio-empty` (ended).
 */
export function openFollowSource(sound: FollowedSound, context: AudioContext): FollowSource {
  if (sound instanceof MediaStream) return ofStream(sound, context);
  if (sound instanceof MediaStreamTrack) return ofStream(new MediaStream([sound]), context);
  if (sound instanceof HTMLMediaElement) return ofElement(sound, context);
  if (sound instanceof AudioNode) {
    if (sound.context !== context) {
      throw new EngineError(
        "input/field",
        "The node belongs to another AudioContext than the one that the session sounds in; give a `destination` of the node's context.",
        { details: { field: "sound" } },
      );
    }
    return { node: sound, microphone: false, ended: () => false, release: () => undefined };
  }
  throw new EngineError(
    "input/field",
    "A sound to follow is a MediaStream, a track of one, an audio or video element, or an AudioNode.",
    { details: { field: "sound" } },
  );
}
