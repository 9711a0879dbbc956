import { BACKGROUND_SECTION } from "./background/background-section.ts";
import { FACES_SECTION } from "./idle/faces-section.ts";
import { IDLE_SECTION } from "./idle/idle-section.ts";
import { PEOPLE_SECTION } from "./people/people.ts";
import { SPEECH_SECTION } from "./speech-section.ts";
import { VIDEO_CROSS_SECTION } from "./video-real/cross-section.ts";
import { VIDEO_REAL_SECTION } from "./video-real/section.ts";
import type { EvalSection } from "./section.ts";
import { VIDEO_SECTION } from "./video/video-section.ts";

/** All parts of `npm run eval`, in the order of the report. */
export const SECTIONS: readonly EvalSection[] = [
  SPEECH_SECTION,
  PEOPLE_SECTION,
  FACES_SECTION,
  IDLE_SECTION,
  BACKGROUND_SECTION,
  VIDEO_SECTION,
  VIDEO_REAL_SECTION,
  VIDEO_CROSS_SECTION,
];
