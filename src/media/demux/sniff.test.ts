import { expect, test } from "vitest";
import { sniff } from "./sniff.ts";

const bytes = (text: string) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));

test.each([
  ["", "empty", "an empty file"],
  ["Dear reader, this is no picture.", "text", "a text file"],
  ["<!DOCTYPE html><html>", "text", "a web page"],
  ["<svg xmlns='http://www.w3.org/2000/svg'/>", "document", "an SVG drawing"],
  ["%PDF-1.7", "document", "a PDF document"],
  ["\x89PNG\r\n\x1a\n", "image", "a PNG picture"],
  ["RIFF\x10\0\0\0WAVEfmt ", "audio", "a WAV sound"],
  ["OggS\0\x02\x01\x1e\x01vorbis", "audio", "an Ogg sound"],
  ["OggS\0\x02\x01\x1e\x01vorbisOggS\0\x02\x01\x2a\x80theora", "video", "an Ogg video"],
  ["\0\0\0\x18ftypheic", "image", "a HEIC picture"],
  ["\0\0\0\x18ftypisom", "video", "an MP4 video"],
  ["\0\0\0\x18ftypM4A ", "audio", "an M4A sound"],
  ["\x1aE\xdf\xa3\x01\0\0\0", "video", "a Matroska or WebM video"],
  ["\xff\xfb\x90\x64\0\0", "audio", "an MP3 or AAC sound"],
  ["\x01\x02\x03\x04", "unknown", "a file of an unknown kind"],
])("the bytes %j are told as %s: %s", (text, kind, words) => {
  expect(sniff(bytes(text))).toEqual({ kind, words });
});
