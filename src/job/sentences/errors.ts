import type { ErrorCode } from "../errors.ts";
import { msg } from "./message.ts";

/** What went wrong and what to do, for a person. */
export interface ErrorSentence {
  readonly title: string;
  readonly body: string;
}

/** What an error is about, where the code alone does not say what to do. */
export type ErrorSubject = "picture-format";

/** Every error in English, by its code. */
export const ERRORS = {
  "input/missing": {
    title: msg("Something is missing", { id: "input/missing.title" }),
    body: msg("Give a picture and a voice.", { id: "input/missing.body" }),
  },
  "input/field": {
    title: msg("A setting has a value that does not fit", { id: "input/field.title" }),
    body: msg("Check the settings under Output.", { id: "input/field.body" }),
  },
  "input/image": {
    title: msg("This file could not be read as a picture", { id: "input/image.title" }),
    body: msg(
      "Choose a PNG, JPEG, WebP, GIF, BMP or AVIF picture. If the file came from a download, it may be incomplete.",
      { id: "input/image.body" },
    ),
  },
  "input/image-too-small": {
    title: msg("The picture is too small", { id: "input/image-too-small.title" }),
    body: msg("Choose a picture with a face of at least a hundred pixels.", {
      id: "input/image-too-small.body",
    }),
  },
  "input/image-too-large": {
    title: msg("The picture is too large", { id: "input/image-too-large.title" }),
    body: msg("Choose a smaller one; sides beyond a few thousand pixels bring nothing.", {
      id: "input/image-too-large.body",
    }),
  },
  "input/audio": {
    title: msg("This file could not be read as a sound", { id: "input/audio.title" }),
    body: msg("Choose an MP3, WAV, M4A, OGG or FLAC file, or record the voice here.", {
      id: "input/audio.body",
    }),
  },
  "input/audio-empty": {
    title: msg("There is no sound in this file", { id: "input/audio-empty.title" }),
    body: msg("Record again or choose another file.", { id: "input/audio-empty.body" }),
  },
  "input/audio-too-long": {
    title: msg("The voice is too long", { id: "input/audio-too-long.title" }),
    body: msg("Choose a voice of at most ten minutes, or cut this one.", { id: "input/audio-too-long.body" }),
  },
  "input/video": {
    title: msg("This file could not be read as a video", { id: "input/video.title" }),
    body: msg("Choose an MP4, MOV, WebM or MKV video.", { id: "input/video.body" }),
  },
  "input/video-empty": {
    title: msg("There are no pictures in this video", { id: "input/video-empty.title" }),
    body: msg("Choose another file.", { id: "input/video-empty.body" }),
  },
  "input/video-too-large": {
    title: msg("The video is too large", { id: "input/video-too-large.title" }),
    body: msg("Choose a shorter or smaller one.", { id: "input/video-too-large.body" }),
  },
  "input/encrypted": {
    title: msg("This file is protected against copying", { id: "input/encrypted.title" }),
    body: msg("Choose a file without copy protection.", { id: "input/encrypted.body" }),
  },
  "input/mask": {
    title: msg("The mask could not be read as a picture", { id: "input/mask.title" }),
    body: msg("Paint it again, or remove it.", { id: "input/mask.body" }),
  },
  "input/too-large": {
    title: msg("The file is too large", { id: "input/too-large.title" }),
    body: msg("Choose a smaller one.", { id: "input/too-large.body" }),
  },
  "input/no-face": {
    title: msg("No face was found", { id: "input/no-face.title" }),
    body: msg("The whole picture was searched. A face seen from the front, in good light, works best.", {
      id: "input/no-face.body",
    }),
  },
  "input/one-face": {
    title: msg("Only one face was found", { id: "input/one-face.title" }),
    body: msg("A dialogue needs two. Choose a picture with two faces, or use the photo mode.", {
      id: "input/one-face.body",
    }),
  },
  "input/face-too-small": {
    title: msg("The face is too small to move well", { id: "input/face-too-small.title" }),
    body: msg("Use a closer picture, or cut this one around the face.", { id: "input/face-too-small.body" }),
  },
  "input/face-turned": {
    title: msg("The face is turned too far to the side", { id: "input/face-turned.title" }),
    body: msg("Use a picture in which both eyes and the whole mouth can be seen.", {
      id: "input/face-turned.body",
    }),
  },
  "input/fetch": {
    title: msg("A file could not be fetched", { id: "input/fetch.title" }),
    body: msg("Check the connection and try again.", { id: "input/fetch.body" }),
  },
  "codec/missing": {
    title: msg("This browser cannot read or write this format", { id: "codec/missing.title" }),
    body: msg("Choose another file format, or use a current Chrome, Edge, Firefox or Safari.", {
      id: "codec/missing.body",
    }),
  },
  "codec/failed": {
    title: msg("The video could not be written", { id: "codec/failed.title" }),
    body: msg("Try again; if it fails again, choose 480p.", { id: "codec/failed.body" }),
  },
  "device/lost": {
    title: msg("A part of the engine stopped", { id: "device/lost.title" }),
    body: msg("Nothing is lost. Try again; if it happens once more, close other tabs or use the processor.", {
      id: "device/lost.body",
    }),
  },
  "device/memory": {
    title: msg("The browser refused the memory that this job needs", { id: "device/memory.title" }),
    body: msg("Close other tabs, or render at 480p.", { id: "device/memory.body" }),
  },
  "device/backend": {
    title: msg("WebGPU is not there", { id: "device/backend.title" }),
    body: msg("Use the processor; it gives the same frames.", { id: "device/backend.body" }),
  },
  "device/unsupported": {
    title: msg("This browser cannot run the engine here", { id: "device/unsupported.title" }),
    body: msg("Update the browser, switch off its lockdown mode for this site, or use another one.", {
      id: "device/unsupported.body",
    }),
  },
  "model/load": {
    title: msg("A model could not be loaded", { id: "model/load.title" }),
    body: msg("Check the connection to this site and try again.", { id: "model/load.body" }),
  },
  "model/integrity": {
    title: msg("A model arrived damaged", { id: "model/integrity.title" }),
    body: msg("Try again: it is fetched anew.", { id: "model/integrity.body" }),
  },
  "model/unsupported": {
    title: msg("This model cannot run here", { id: "model/unsupported.title" }),
    body: msg("Choose another one in the settings.", { id: "model/unsupported.body" }),
  },
  "model/licence": {
    title: msg("This model comes with terms that were not accepted", { id: "model/licence.title" }),
    body: msg("Read its licence in the settings and accept it, or use the built-in model.", {
      id: "model/licence.body",
    }),
  },
  "auth/missing": {
    title: msg("A key is needed", { id: "auth/missing.title" }),
    body: msg("Send it as Authorization: Bearer …", { id: "auth/missing.body" }),
  },
  "auth/unknown": {
    title: msg("This key is unknown or was revoked", { id: "auth/unknown.title" }),
    body: msg("Create a new one.", { id: "auth/unknown.body" }),
  },
  "auth/origin": {
    title: msg("This key belongs to another site", { id: "auth/origin.title" }),
    body: msg("Create one for this site.", { id: "auth/origin.body" }),
  },
  "auth/link": {
    title: msg("This link is no longer valid", { id: "auth/link.title" }),
    body: msg("Ask for the job again; its answer has a new link.", { id: "auth/link.body" }),
  },
  "job/not-found": {
    title: msg("This job is gone", { id: "job/not-found.title" }),
    body: msg("It was deleted, or it belongs to another browser.", { id: "job/not-found.body" }),
  },
  "job/conflict": {
    title: msg("This request was already sent with other contents", { id: "job/conflict.title" }),
    body: msg("Use a new Idempotency-Key.", { id: "job/conflict.body" }),
  },
  "job/cancelled": {
    title: msg("Cancelled", { id: "job/cancelled.title" }),
    body: msg("Everything is as it was.", { id: "job/cancelled.body" }),
  },
  "job/crashed": {
    title: msg("The page stopped several times during this job", { id: "job/crashed.title" }),
    body: msg("Try it at 480p, or with a shorter voice.", { id: "job/crashed.body" }),
  },
  "queue/full": {
    title: msg("The queue is full", { id: "queue/full.title" }),
    body: msg("Wait for a job to end, or delete one.", { id: "queue/full.body" }),
  },
  "storage/full": {
    title: msg("Storage is full", { id: "storage/full.title" }),
    body: msg("Delete finished jobs in the queue, or free disk space, and try again.", {
      id: "storage/full.body",
    }),
  },
  "storage/failed": {
    title: msg("The browser could not save this", { id: "storage/failed.title" }),
    body: msg("It may be in private mode. Results can still be downloaded.", { id: "storage/failed.body" }),
  },
  "storage/unavailable": {
    title: msg("The storage does not answer", { id: "storage/unavailable.title" }),
    body: msg("Wait a moment and try again.", { id: "storage/unavailable.body" }),
  },
  "route/not-found": {
    title: msg("There is no such address", { id: "route/not-found.title" }),
    body: msg("See the list of routes.", { id: "route/not-found.body" }),
  },
  "route/method": {
    title: msg("This address does not take this method", { id: "route/method.title" }),
    body: msg("See the list of routes.", { id: "route/method.body" }),
  },
  "route/media-type": {
    title: msg("This type of body is not taken here", { id: "route/media-type.title" }),
    body: msg("Send application/json.", { id: "route/media-type.body" }),
  },
  "route/too-many": {
    title: msg("Too many requests at once", { id: "route/too-many.title" }),
    body: msg("Wait a moment and try again.", { id: "route/too-many.body" }),
  },
  "internal/bug": {
    title: msg("Something in Dudak failed", { id: "internal/bug.title" }),
    body: msg("Try again. If it fails again, the details below help to find it.", {
      id: "internal/bug.body",
    }),
  },
  // Pictures that the engine has no decoder for, such as TIFF.
  "picture-format": {
    title: msg("This browser cannot show this kind of picture", { id: "picture-format.title" }),
    body: msg("Save it as JPEG or PNG and choose it again.", { id: "picture-format.body" }),
  },
} satisfies Readonly<Record<ErrorCode | ErrorSubject, ErrorSentence>>;
