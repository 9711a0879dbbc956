import { msg } from "../sentences/message.ts";

/** What a report says in English; `{name}` stands for a value. */
export const REPORT = {
  title: msg("Report: {name}", { id: "title" }),
  made: msg(
    "{width} × {height}, {seconds} s, {frames} frames at {fps} a second; {encoder}, networks on {backend}. Made by {engine} ({model}).",
    { id: "made" },
  ),
  doubts: msg("Where to look twice", { id: "doubts" }),
  nothing: msg("Nothing was found.", { id: "nothing" }),
  video: msg("Along the video", { id: "video" }),
  noTimeline: msg("Not kept: an older version made this job.", { id: "noTimeline" }),
  videoNote: msg(
    "Voice: loudness. Mouth: how far the voice opens it; black marks are lips shut by a p, b or m. Strength: how much of the motion the face takes; less when it is turned or covered, none where the frame was left as it was. In a picture it is full throughout; a face that is turned too far is named above.",
    { id: "videoNote" },
  ),
  videoLabel: msg("Voice, opening of the mouth and strength along the video", { id: "videoLabel" }),
  voice: msg("Voice", { id: "voice" }),
  voiceOf: msg("Voice {number}", { id: "voiceOf" }),
  mouth: msg("Mouth", { id: "mouth" }),
  mouthOf: msg("Mouth {number}", { id: "mouthOf" }),
  strength: msg("Strength", { id: "strength" }),
  left: msg("Frames left as they were", { id: "left" }),
  leftNone: msg("None: every frame has a face that speaks.", { id: "leftNone" }),
  leftRanges: msg("Frames {ranges}.", { id: "leftRanges" }),
  range: msg("{first}–{last} ({from}–{to} s)", { id: "range" }),
  frame: msg("Frame {frame}", { id: "frame" }),
  faces: msg("Faces", { id: "faces" }),
  face: msg("Face {number}", { id: "face" }),
  speaks: msg("speaks; box {box} px", { id: "speaks" }),
  still: msg("stays as it is; box {box} px", { id: "still" }),
  mouthWidth: msg("Width of the mouth", { id: "mouthWidth" }),
  again: msg("To make it again", { id: "again" }),
  seed: msg("Seed", { id: "seed" }),
  againNote: msg("The same files, settings and seed give the same frames on the same backend.", {
    id: "againNote",
  }),
  files: msg("Files", { id: "files" }),
  result: msg("Result", { id: "result" }),
  framesHash: msg("Frames before encoding", { id: "framesHash" }),
  time: msg("Time by stage", { id: "time" }),
  "stage:queued": msg("Waiting", { id: "stage:queued" }),
  "stage:loading models": msg("Loading the models", { id: "stage:loading models" }),
  "stage:decoding": msg("Reading the files", { id: "stage:decoding" }),
  "stage:finding faces": msg("Finding faces", { id: "stage:finding faces" }),
  "stage:listening": msg("Listening", { id: "stage:listening" }),
  "stage:rendering": msg("Rendering", { id: "stage:rendering" }),
  "stage:encoding": msg("Writing the video", { id: "stage:encoding" }),
  "stage:done": msg("Done", { id: "stage:done" }),
} as const;

/** What to do about a result that may look wrong, by the warning's code; warnings that say it themselves have none. */
export const ADVICE = {
  "picture/not-enlarged": msg("Use a larger picture for a larger video.", {
    id: "advice:picture/not-enlarged",
  }),
  "picture/cut-short": msg("Copy the picture’s file again from where it came.", {
    id: "advice:picture/cut-short",
  }),
  "video/not-enlarged": msg("Use a larger video for a larger video.", { id: "advice:video/not-enlarged" }),
  "video/cut-short": msg("Copy the video’s file again from where it came.", {
    id: "advice:video/cut-short",
  }),
  "video/faceless": msg(
    "These frames show no face, or one that is turned away, covered or very small. Where a face should have been found, cut the clip there, or use a larger one.",
    { id: "advice:video/faceless" },
  ),
  "video/largest-face": msg("Choose the face, or paint a mask over it, and render again.", {
    id: "advice:video/largest-face",
  }),
  "video/speaking-face": msg("If it is the wrong person, choose the face and render again.", {
    id: "advice:video/speaking-face",
  }),
  "face/largest": msg("If it is the wrong person, choose the face and render again.", {
    id: "advice:face/largest",
  }),
  "face/turned": msg("A face from the front moves fully; up to 15° looks best.", {
    id: "advice:face/turned",
  }),
  "face/weakened": msg("A face from the front moves fully; up to 15° looks best.", {
    id: "advice:face/weakened",
  }),
  "face/small": msg("Cut the picture closer to the face, or use a larger one.", { id: "advice:face/small" }),
  "mouth/small": msg("Cut the picture closer to the face, or use a larger one.", {
    id: "advice:mouth/small",
  }),
  "sound/damaged": msg("Copy the sound’s file again from where it came.", { id: "advice:sound/damaged" }),
  "voice/unheard": msg("Use a louder voice, or one without music and noise.", {
    id: "advice:voice/unheard",
  }),
} as const;
