/* global AudioWorkletProcessor, currentFrame, registerProcessor, sampleRate */

/**
 * Hands the sound that goes into it over in blocks of 20 ms, one channel or two, gapless: silence where nothing is connected.
 * The first one is half as long, so that what reaches beyond a frame, 12.5 ms, is there as early as with blocks of 10 ms.
 * Its own port tells the context's frame at which the first block begins; the blocks go to the port that it is given.
 */
class Tap extends AudioWorkletProcessor {
  constructor() {
    super();
    this.size = Math.round(sampleRate / 100);
    this.block = this.empty();
    this.filled = 0;
    this.stereo = false;
    this.out = null;
    this.stopped = false;
    this.port.onmessage = ({ data }) => {
      if (data) this.out = data;
      else this.stopped = true;
    };
  }

  empty() {
    return [new Float32Array(this.size), new Float32Array(this.size)];
  }

  process([input]) {
    if (this.stopped) {
      this.out?.postMessage(null);
      return false;
    }
    if (!this.out) return true;
    if (!this.begun) {
      this.begun = true;
      this.port.postMessage(currentFrame);
    }
    const frames = input[0]?.length ?? 128;
    for (let at = 0; at < frames;) {
      const count = Math.min(frames - at, this.size - this.filled);
      input.slice(0, 2).forEach((plane, i) => this.block[i].set(plane.subarray(at, at + count), this.filled));
      if (input.length > 1) this.stereo = true;
      else if (input.length === 1) this.block[1].set(input[0].subarray(at, at + count), this.filled);
      at += count;
      this.filled += count;
      if (this.filled === this.size) {
        const planes = this.stereo ? this.block : [this.block[0]];
        this.out.postMessage(
          planes,
          planes.map(({ buffer }) => buffer),
        );
        this.size = Math.round(sampleRate / 50);
        this.block = this.empty();
        this.filled = 0;
        this.stereo = false;
      }
    }
    return true;
  }
}

registerProcessor("dudak-tap", Tap);
