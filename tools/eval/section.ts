/** What a section of the eval may use; it runs in the browser, in a module page. */
export interface EvalContext {
  /** A file below the project's root, for instance `tests/eval/speech/x.flac`; undefined when it is absent. */
  file(path: string): Promise<File | undefined>;
  /** A file of the shared test media, for instance `audio/en-US_44k.wav`; undefined where the media are absent. */
  media(path: string): Promise<File | undefined>;
  /** A file of the shared voices, for instance `grid/SOURCES.tsv`; undefined where they are absent. */
  voices(path: string): Promise<File | undefined>;
  /** Keeps a picture beside the report. */
  savePicture(name: string, png: Blob): Promise<void>;
  /** Keeps a file for looking, below the output folder; undefined where nobody wants to look. */
  readonly keep: ((name: string, file: Blob) => Promise<void>) | undefined;
  /** Fraction from 0 to 1 of this section. */
  onProgress(fraction: number): void;
}

/** What a section found. */
export interface EvalReport {
  readonly json: unknown;
  /** Markdown without a heading. */
  readonly markdown: string;
}

/** One part of `npm run eval`. */
export interface EvalSection {
  readonly name: string;
  readonly title: string;
  run(context: EvalContext): Promise<EvalReport>;
}
