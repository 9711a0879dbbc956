import { msg, str } from "@lit/localize";

type Value = string | number;

/** The sentences of the batch's sheet, loaded with it. */
export const b = {
  title: () => msg("Several at once", { id: "bTitle" }),
  intro: () =>
    msg(
      "Drop several voices: each becomes a video of the picture on the stage. Or drop a list (CSV) with its files: each row becomes a video. Finished videos come as one zip.",
      { id: "bIntro" },
    ),
  choose: () => msg("Add files", { id: "bChoose" }),
  template: () => msg("Template for a list (CSV)", { id: "bTemplate" }),
  columns: () => msg("Columns of a list", { id: "bColumns" }),
  columnsNote: () =>
    msg("The first row names the columns. What a row leaves empty is as in the panel.", {
      id: "bColumnsNote",
    }),
  videos: () => msg("Videos", { id: "bVideos" }),
  start: (n: Value) => msg(str`Make the videos: ${n}`, { id: "bStart" }),
  retry: (n: Value) => msg(str`Send again: ${n}`, { id: "bRetry" }),
  wrong: (n: Value) => msg(str`Rows to mend: ${n}. The others can be made now.`, { id: "bWrong" }),
  nothing: () => msg("Add voices or a list first.", { id: "bNothing" }),
  row: (n: Value) => msg(str`row ${n}`, { id: "bRow" }),
  ready: () => msg("ready", { id: "bReady" }),
  gone: () => msg("deleted from the history", { id: "bGone" }),
  doneOf: (done: Value, all: Value) => msg(str`${done} of ${all} done`, { id: "bDoneOf" }),
  failedOf: (n: Value) => msg(str`Not made: ${n}`, { id: "bFailedOf" }),
  cancelAll: () => msg("Cancel all", { id: "bCancelAll" }),
  zip: () => msg("Download as a zip", { id: "bZip" }),
  zipping: () => msg("Making the zip", { id: "bZipping" }),
  fresh: () => msg("New list", { id: "bFresh" }),
  busy: () => msg("A list is under way. Wait for its end, or cancel it.", { id: "bBusy" }),
  announceDone: (n: Value) => msg(str`The list is done. Videos: ${n}`, { id: "bAnnounceDone" }),
  unknown: (column: Value) => msg(str`There is no column “${column}”; it is left out.`, { id: "bUnknown" }),
  missing: (column: Value) => msg(str`“${column}” is empty`, { id: "bMissing" }),
  value: (column: Value, value: Value) =>
    msg(str`“${value}” does not work for “${column}”`, { id: "bValue" }),
  file: (name: Value) => msg(str`${name} is not among the files: add it`, { id: "bFile" }),
  unclosed: (line: Value) =>
    msg(str`The quotation mark in line ${line} never closes; what follows it is one cell.`, {
      id: "bUnclosed",
    }),
  empty: () => msg("The list has no rows.", { id: "bEmpty" }),
};

/** What each column of a list takes. */
export const COLUMN_NOTES = {
  picture: () => msg("file name of a picture or a video", { id: "bcPicture" }),
  voice: () => msg("file name of a voice", { id: "bcVoice" }),
  second_voice: () => msg("the right face’s voice; makes a dialogue", { id: "bcSecond" }),
  order: () => msg("of a dialogue: left_right, right_left or meanwhile", { id: "bcOrder" }),
  resolution: () => msg("480p, 720p or source", { id: "bcResolution" }),
  prompt: () => msg("style, in words", { id: "bcPrompt" }),
  seed: () => msg("a whole number", { id: "bcSeed" }),
  format: () => msg("mp4 or webm", { id: "bcFormat" }),
  fps: () => msg("frames per second of a picture, 1 to 60", { id: "bcFps" }),
  mask: () => msg("file name of a picture whose white may change", { id: "bcMask" }),
  name: () => msg("name of the result", { id: "bcName" }),
};
