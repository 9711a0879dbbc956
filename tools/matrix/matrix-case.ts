/** Sound of every sound case: a click at {@link CLICK_SECONDS} in this much silence. */
export const SOUND_SECONDS = 1.6;
export const CLICK_SECONDS = 0.8;
/** Pictures of every video case: this long, white at {@link FLASH_SECONDS} alone. */
export const VIDEO_SECONDS = 1.2;
export const FLASH_SECONDS = 0.6;
/** The other frames hold four patches: these colours of sRGB, left to right. */
export const PATCHES = [
  [200, 60, 60],
  [60, 170, 90],
  [60, 90, 190],
  [150, 150, 150],
] as const;

/** A file to be made by ffmpeg and read by the engine. */
export interface MatrixCase {
  readonly kind: "sound" | "video";
  /** Container, and what is special about the file. */
  readonly container: string;
  readonly codec: string;
  readonly trait: string;
  /** ending of the file's name. */
  readonly ext: string;
  /** ffmpeg's arguments behind the inputs. */
  readonly args: readonly string[];
  /** Filters on the frames or the sound. */
  readonly filter?: string;
  /** Frames a second of a video's source; 25 when absent. */
  readonly rate?: number;
  /** ffmpeg's arguments around the finished file for a second run, which copies it. */
  readonly copied?: { readonly before?: readonly string[]; readonly after: readonly string[] };
  /** Colours that a screen shows in the place of {@link PATCHES}. */
  readonly shown?: readonly (readonly [number, number, number])[];
  /** The patches stand one below the other. */
  readonly turned?: true;
  /** By so many seconds all is earlier than in what the file was made of. */
  readonly earlier?: number;
  /** Codes of the warnings that have to be told. */
  readonly told?: readonly string[];
  /** Changes the bytes of the finished file, as damage does. */
  readonly damage?: (bytes: Buffer) => Buffer;
  /** How long a sound is where ffmpeg reads a part of it alone. */
  readonly seconds?: number;
}
