import { loopback, watch, type MouthBox } from "./measured-call.ts";

/** What a call by itself moves picture and sound apart by. */
export interface CallSkew {
  /** Milliseconds by which flashes arrive after the tones that left with them, their median. */
  readonly medianMs: number;
  /** The largest difference of two of them. */
  readonly spreadMs: number;
}

const WHOLE: MouthBox = { x: 0.4, y: 0.4, width: 0.2, height: 0.2 };
const [PERIOD_S, FLASH_S, LONGEST_S] = [1, 0.2, 60];

/** Times at which a signal rises after it was low for half a second. */
function rises(values: Iterable<{ ms: number; high: boolean }>): number[] {
  const times: number[] = [];
  let last = -Infinity;
  for (const { ms, high } of values) {
    if (!high) continue;
    if (ms - last > 500) times.push(ms);
    last = ms;
  }
  return times;
}

/**
 * Sends a canvas that flashes once a second and a tone that sounds with it by a call of their own: how far apart they
 * arrive is the call's doing. The function ends it.
 */
export async function controlCall(context: AudioContext): Promise<() => Promise<CallSkew>> {
  const sound = new MediaStreamAudioDestinationNode(context);
  const gain = new GainNode(context, { gain: 0 });
  const tone = new OscillatorNode(context, { frequency: 600 });
  tone.connect(gain).connect(sound);
  tone.start();
  const startS = context.currentTime;
  for (let s = PERIOD_S; s < LONGEST_S; s += PERIOD_S) {
    gain.gain.setValueAtTime(0.5, startS + s);
    gain.gain.setValueAtTime(0, startS + s + FLASH_S);
  }
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 360;
  const pixels = canvas.getContext("2d")!;
  let drawn = 0;
  const drawing = setInterval(() => {
    const s = context.currentTime - startS;
    pixels.fillStyle = s >= PERIOD_S && s % PERIOD_S < FLASH_S ? "#fff" : "#000";
    pixels.fillRect(0, 0, 360, 360);
    // Frames that do not differ are not sent.
    pixels.fillStyle = `hsl(${(7 * drawn++) % 360} 50% 30%)`;
    pixels.fillRect(0, 0, 60, 60);
  }, 10);
  const sent = new MediaStream([...canvas.captureStream(25).getTracks(), ...sound.stream.getTracks()]);
  const call = await loopback(sent);
  const watched = watch(call.received, WHOLE);
  return async () => {
    const { mouths, samples, sampleRate, startMs } = await watched();
    clearInterval(drawing);
    tone.stop();
    call.close();
    for (const track of sent.getTracks()) track.stop();
    const flashes = rises(mouths.map((seen) => ({ ms: seen.ms, high: seen.pixels[300]! > 128 })));
    const tones = rises(
      Array.from(samples, (value, i) => ({
        ms: startMs + (1000 * i) / sampleRate,
        high: Math.abs(value) > 0.05,
      })),
    );
    const apart = flashes
      .map((flash) => tones.map((at) => flash - at).sort((a, b) => Math.abs(a) - Math.abs(b))[0]!)
      .filter((ms) => Math.abs(ms) < 500)
      .sort((a, b) => a - b);
    return { medianMs: apart[apart.length >> 1]!, spreadMs: apart.at(-1)! - apart[0]! };
  };
}
