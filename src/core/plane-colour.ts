/** How the planes of a picture are to be understood, in the words of WebCodecs. */
export interface PlaneColour {
  readonly primaries: "bt709" | "smpte170m" | "bt470bg";
  readonly transfer: "bt709" | "smpte170m" | "iec61966-2-1";
  readonly matrix: "bt709" | "smpte170m" | "bt470bg";
  readonly fullRange: boolean;
}
