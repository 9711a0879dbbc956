import { msg } from "../job/sentences/message.ts";

/** What the element says, in English; `{name}` stands for a value. */
export const ENGLISH = {
  generate: msg("Generate", { id: "generate" }),
  cancel: msg("Cancel", { id: "cancel" }),
  download: msg("Download", { id: "download" }),
  play: msg("Play", { id: "play" }),
  stop: msg("Stop", { id: "stop" }),
  voice: msg("Voice", { id: "voice" }),
  left: msg("Left", { id: "left" }),
  right: msg("Right", { id: "right" }),
  choose: msg("Choose a voice", { id: "choose" }),
  record: msg("Record a voice", { id: "record" }),
  stopRecording: msg("Stop recording", { id: "stopRecording" }),
  talk: msg("Talk through the microphone", { id: "talk" }),
  stopTalking: msg("Stop talking", { id: "stopTalking" }),
  noVoice: msg("No voice yet", { id: "noVoice" }),
  stays: msg("Stays on this device", { id: "stays" }),
  ready: msg("Ready", { id: "ready" }),
  speaking: msg("Speaking", { id: "speaking" }),
  almost: msg("almost done", { id: "almost" }),
  starting: msg("Starting", { id: "starting" }),
  tryAgain: msg("Try again", { id: "tryAgain" }),
  hear: msg("Click to hear", { id: "hear", desc: "The browser lets no sound out without a click." }),
  timeLeft: msg("{seconds} s left", { id: "timeLeft" }),
};
