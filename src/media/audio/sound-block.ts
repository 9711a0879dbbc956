/** Decoded sound: one array a channel, all of one length. */
export interface SoundBlock {
  readonly planes: Float32Array<ArrayBuffer>[];
  readonly sampleRateHz: number;
}
