"""Builds the training and test corpora: python corpus.py <folder> [voice …].

One pickle for each voice: utterances with int16 PCM at 16 kHz and segments (class, start s, end s, IPA).
Natural voices are multiplied: the waveform is played faster or slower (which moves pitch and formants together)
while the engine speaks correspondingly slower or faster, and the engine's own pitch moves apart from the formants.
"""

import pickle
import random
import sys
import time
import zlib
from fractions import Fraction
from pathlib import Path

import numpy as np
from scipy.signal import resample_poly

import synth
import voices
from mel import RATE
from text import sentence


def _utterance(pcm, rate, segments, factor, r, voice, language):
    """The utterance at 16 kHz, its pitch and formants multiplied by `factor`, between two silences."""
    ratio = Fraction(RATE / (rate * factor)).limit_denominator(200)
    exact = RATE / (rate * float(ratio))  # the factor really applied
    pcm = resample_poly(pcm, ratio.numerator, ratio.denominator) if ratio != 1 else pcm
    lead, trail = r.uniform(0.1, 0.6), r.uniform(0.1, 0.6)
    pcm = np.concatenate([np.zeros(int(lead * RATE)), pcm, np.zeros(int(trail * RATE))])
    pcm = pcm / max(1e-4, np.abs(pcm).max()) * 0.5
    moved = [(c, lead + a / exact, lead + b / exact, letter) for c, a, b, letter in segments]
    return {
        "pcm": (pcm * 32767).astype(np.int16),
        "segments": moved,
        "voice": voice,
        "language": language,
        "factor": round(exact, 3),
    }


def _factor(r, train):
    """Formant factor: a third of the utterances stay as they are, the rest spread from big men to children."""
    if not train or r.random() < 0.33:
        return 1.0
    return round(r.uniform(0.85, 1.0) if r.random() < 0.3 else r.uniform(1.0, 1.32), 2)


def _setting(r, factor, train):
    stretch = r.uniform(0.75, 1.3) * factor if train else 1.0
    return stretch, (2 ** r.uniform(-0.3, 0.6) if train else 1.0)


def natural(voice, r):
    """Utterances of a natural voice until its hours are full."""
    out, seconds, failures = [], 0.0, 0
    while seconds < voice.hours * 3600 and failures < 40:
        if voice.engine == "flite":
            factors = [_factor(r, voice.train)]
            made = [synth.flite(voice, r, *_setting(r, factors[0], voice.train))]
        else:
            factors = [_factor(r, voice.train) for _ in range(25)]
            made = list(synth.festival(voice, r, [_setting(r, f, voice.train) for f in factors]))
        for factor, result in zip(factors, made):
            if result is None:
                failures += 1
                continue
            failures = 0
            out.append(_utterance(*result, factor, r, voice.name, voice.language))
            seconds += len(out[-1]["pcm"]) / RATE
    return out


def espeak(language, hours, r, train):
    """Utterances of espeak-ng in one language with random variants, rates and pitches."""
    engine, out, seconds = synth.Espeak(), [], 0.0
    while seconds < hours * 3600:
        variant = r.choice(voices.ESPEAK_VARIANTS)
        try:
            pcm, events = engine.speak(
                sentence(language, r), language + variant, r.uniform(110, 235), r.uniform(15, 85), r.uniform(20, 90)
            )
        except ValueError:
            continue
        if len(pcm) < 8000 or np.abs(pcm).max() < 0.01:
            continue  # an unknown variant gives silence
        segments = synth.espeak_segments(pcm, events, engine.rate)
        factor = round(r.uniform(0.9, 1.2), 2) if train and r.random() < 0.5 else 1.0
        out.append(_utterance(pcm, engine.rate, segments, factor, r, "espeak" + variant, language))
        seconds += len(out[-1]["pcm"]) / RATE
    return out


def main():
    folder, wanted = Path(sys.argv[1]), sys.argv[2:]
    folder.mkdir(parents=True, exist_ok=True)
    jobs = {v.name: (lambda r, v=v: natural(v, r)) for v in voices.NATURAL + voices.HELD_OUT}
    hours = voices.ESPEAK_HOURS_EACH
    jobs |= {f"espeak-{n}": (lambda r, n=n: espeak(n, hours, r, True)) for n in voices.ESPEAK_TRAIN}
    jobs |= {f"espeak-held-{n}": (lambda r, n=n: espeak(n, 0.05, r, False)) for n in voices.ESPEAK_HELD_OUT}
    for name in wanted or jobs:
        path = folder / f"{name}.pkl"
        if path.exists():
            continue
        start = time.time()
        utterances = jobs[name](random.Random(zlib.crc32(name.encode())))
        seconds = sum(len(u["pcm"]) for u in utterances) / RATE
        with open(path, "wb") as f:
            pickle.dump(utterances, f, 5)
        print(f"{name}: {len(utterances)} utterances, {seconds:.0f} s, made in {time.time() - start:.0f} s", flush=True)


if __name__ == "__main__":
    main()
