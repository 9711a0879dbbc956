/** Types of parameter sets. @see ITU-T H.264, table 7-1. */
const SEQUENCE_SET = 7;
const PICTURE_SET = 8;
/** Profiles whose record says how chroma is stored. */
const HIGH_PROFILES: readonly number[] = [100, 110, 122, 144];
/** 4:2:0, 8 bits of luma and of chroma, no extension sets. */
const CHROMA_420_8_BIT = [0xfc | 1, 0xf8, 0xf8, 0];

/** The NAL units of a frame, each behind its length in four bytes; stops where a length leads out of the frame. */
function* nalUnits(frame: Uint8Array): Generator<Uint8Array> {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  for (let at = 0; at + 4 < frame.length;) {
    const start = at + 4;
    at = start + view.getUint32(at);
    if (at > frame.length) return;
    yield frame.subarray(start, at);
  }
}

const withLengths = (sets: readonly Uint8Array[]) =>
  sets.flatMap((set) => [set.length >> 8, set.length & 255, ...set]);

/**
 * The decoder's record of an 8-bit 4:2:0 stream, from the parameter sets that its key frames carry themselves. Firefox
 * writes each set's first byte twice into the record that it gives (seen in 153), which many players refuse.
 * @param keyFrame NAL units, each behind its length in four bytes.
 * @returns undefined when the frame carries no sets: then the encoder's own record counts.
 * @see ISO/IEC 14496-15, 5.3.3.1 (AVCDecoderConfigurationRecord).
 */
export function avcRecordOf(keyFrame: Uint8Array): Uint8Array<ArrayBuffer> | undefined {
  const units = [...nalUnits(keyFrame)];
  const ofType = (type: number) => units.filter((unit) => (unit[0]! & 31) === type && unit.length >= 4);
  const [sequences, pictures] = [ofType(SEQUENCE_SET), ofType(PICTURE_SET)];
  const profile = sequences[0]?.subarray(1, 4);
  if (!profile || pictures.length === 0) return undefined;
  return Uint8Array.from([
    1,
    ...profile,
    0xfc | 3,
    0xe0 | sequences.length,
    ...withLengths(sequences),
    pictures.length,
    ...withLengths(pictures),
    ...(HIGH_PROFILES.includes(profile[0]!) ? CHROMA_420_8_BIT : []),
  ]);
}
