"""Sound without speech, made as waveforms: music, rooms, machines, weather, knocks."""

import numpy as np
from scipy.signal import fftconvolve, lfilter

from mel import RATE


def coloured(rng, n, slope=None):
    """Noise with power ∝ 1/f^slope."""
    slope = rng.uniform(0, 2) if slope is None else slope
    spectrum = np.fft.rfft(rng.standard_normal(n))
    spectrum /= np.maximum(1, np.arange(len(spectrum))) ** (slope / 2)
    x = np.fft.irfft(spectrum, n)
    return x / (x.std() + 1e-9)


def _slow(rng, n, hertz, depth):
    """A positive random modulation with changes of about `hertz`."""
    knots = max(3, int(n / RATE * hertz) + 2)
    return np.exp(depth * np.interp(np.linspace(0, knots - 1, n), np.arange(knots), rng.standard_normal(knots)))


def _note(rng, f0, n, timbre):
    t = np.arange(n) / RATE
    vibrato = 1 + timbre["vibrato"] * np.sin(2 * np.pi * rng.uniform(4, 7) * t)
    phase = 2 * np.pi * np.cumsum(f0 * vibrato) / RATE
    x = np.zeros(n)
    for k in range(1, timbre["partials"] + 1):
        if f0 * k > 7500:
            break
        fade = np.exp(-t * timbre["decay"] * (1 + 0.4 * k))
        x += k ** -timbre["slope"] * timbre["odd"][k % 2] * fade * np.sin(k * phase + rng.uniform(0, 6.3))
    attack = np.minimum(1, t / timbre["attack"]) * np.minimum(1, (n / RATE - t) / 0.02)
    return x * attack


def music(rng, n):
    """Chords, melody and drums in random timbres and tempo."""
    x = np.zeros(n)
    beat = int(RATE * rng.uniform(0.18, 0.6))
    root = rng.uniform(40, 60)
    scale = np.array([0, 2, 4, 5, 7, 9, 11] if rng.random() < 0.5 else [0, 2, 3, 5, 7, 8, 10])
    for _ in range(rng.integers(1, 4)):
        timbre = {
            "partials": int(rng.integers(1, 25)),
            "slope": rng.uniform(0.5, 2.0),
            "decay": rng.choice([0.0, 0.5, 2.0, 6.0]),
            "attack": rng.choice([0.003, 0.02, 0.1]),
            "vibrato": rng.choice([0, 0, 0.004, 0.01]),
            "odd": (rng.uniform(0.1, 1), 1.0),
        }
        chord = rng.random() < 0.5
        octave, at = 12 * rng.integers(-1, 3), 0
        while at < n:
            length = min(n - at, beat * int(rng.choice([1, 1, 2, 4])))
            degrees = rng.integers(0, 7) + (np.array([0, 2, 4]) if chord else np.array([0]))
            if rng.random() < 0.85 and length > 400:
                for d in degrees:
                    f0 = 440 * 2 ** ((root + octave + scale[d % 7] + 12 * (d // 7) - 69) / 12)
                    x[at : at + length] += _note(rng, f0, length, timbre) * rng.uniform(0.4, 1)
            at += length
    if rng.random() < 0.6:
        for at in range(0, n, max(1, beat // int(rng.choice([1, 2])))):
            length = min(n - at, int(RATE * rng.uniform(0.03, 0.2)))
            t = np.arange(length) / RATE
            kick = np.sin(2 * np.pi * 60 * t * np.exp(-t * 6)) * np.exp(-t * 20)
            snare = coloured(rng, length, 0.3)[:length] * np.exp(-t * 35) if length > 8 else kick
            x[at : at + length] += rng.uniform(0.3, 2) * (kick if rng.random() < 0.5 else snare)
    return x


def room(rng, n):
    """An empty room: noise floor, mains hum, ventilation, and now and then a knock, click or chair."""
    x = coloured(rng, n) * _slow(rng, n, rng.uniform(0.2, 3), rng.uniform(0, 0.7))
    t = np.arange(n) / RATE
    for k in range(1, int(rng.integers(1, 12))):
        x += rng.uniform(0, 0.6) * np.sin(2 * np.pi * rng.choice([50, 60]) * k * t + rng.uniform(0, 6.3))
    for _ in range(rng.integers(0, 12)):
        x += knock(rng, n)
    return x


def knock(rng, n):
    """One damped impact at a random moment."""
    length = int(RATE * rng.uniform(0.01, 0.25))
    t = np.arange(length) / RATE
    hit = coloured(rng, length + 8, rng.uniform(0, 1.5))[:length] * np.exp(-t / rng.uniform(0.003, 0.06))
    hit += np.sin(2 * np.pi * rng.uniform(80, 3000) * t) * np.exp(-t / rng.uniform(0.005, 0.08)) * rng.uniform(0, 2)
    x = np.zeros(n)
    at = int(rng.integers(0, max(1, n - length)))
    x[at : at + length] += hit[: n - at] * 10 ** rng.uniform(-0.5, 1.2)
    return x


def machine(rng, n):
    """An engine, fan or tool: resonant noise with a periodic beat."""
    a, r = rng.uniform(0, np.pi), rng.uniform(0.7, 0.98)
    x = lfilter([1], [1, -2 * r * np.cos(a), r * r], coloured(rng, n, 0))
    t = np.arange(n) / RATE
    x *= 1 + rng.uniform(0, 1) * np.sin(2 * np.pi * rng.uniform(2, 60) * t * _slow(rng, n, 0.5, 0.05))
    return x * _slow(rng, n, 1, rng.uniform(0, 0.8))


def chirps(rng, n):
    """Birds, beeps and sirens over a noise floor."""
    x = coloured(rng, n) * 10 ** rng.uniform(-2, -0.5)
    for _ in range(rng.integers(2, 25)):
        length = int(RATE * rng.uniform(0.03, 0.6))
        t = np.arange(length) / RATE
        sweep = np.exp(np.interp(t, [0, t[-1]], np.log(rng.uniform(300, 6000, 2))))
        at = int(rng.integers(0, max(1, n - length)))
        x[at : at + length] += (np.sin(2 * np.pi * np.cumsum(sweep) / RATE) * np.hanning(length))[: n - at]
    return x


def clip(rng, seconds=6.0):
    """One clip of float32 without speech, at a random level, sometimes reverberant."""
    n = int(seconds * RATE)
    kind = rng.choice([music, room, machine, chirps, coloured], p=[0.4, 0.25, 0.12, 0.08, 0.15])
    x = kind(rng, n)
    if kind is coloured:
        x = x * _slow(rng, n, rng.uniform(0.5, 12), rng.uniform(0, 1.5))
    if rng.random() < 0.4:
        length = int(RATE * rng.uniform(0.1, 0.7))
        tail = rng.standard_normal(length) * np.exp(-6.9 * np.arange(length) / length)
        tail[0] = rng.uniform(1, 20)
        x = fftconvolve(x, tail)[:n]
    x = x / (np.abs(x).max() + 1e-9) * 10 ** rng.uniform(-3.0, -0.1)
    return (x + 10 ** rng.uniform(-5, -3.5) * rng.standard_normal(n)).astype(np.float32)
