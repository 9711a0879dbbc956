"""Phone segments → mouth controls at 100 Hz."""

import numpy as np

from phones import (
    BILABIAL,
    DOMINANCE_JAW,
    DOMINANCE_LIPS,
    LABIODENTAL,
    LIP_HEAVY,
    SILENCE,
    TARGETS,
    VOWELS,
)

TAU_JAW = 0.045
TAU_LIPS = 0.055
LEAD = 0.060  # lip-heavy phones start this much earlier
TRAIL = 0.020
JAW = [0, 5, 6]
LIPS = [1, 2]


def _plateau(t, lo, hi, ramp):
    return np.clip(1 - np.maximum(np.maximum(lo - t, t - hi), 0) / ramp, 0, 1)


def controls(segments, frames):
    """Controls `[frames, 7]`, class `[frames]` and speech `[frames]` of `segments` (class, start s, end s, …).

    Each phone pulls towards its target with a dominance that decays with the distance from its middle;
    vowels are then lifted to 85 % of their target, closures and labiodentals imposed.
    """
    t = np.arange(frames) / 100.0
    n = TARGETS.shape[1]
    total = np.zeros((frames, n), np.float32)
    weight = np.full((frames, n), 1e-4, np.float32)
    classes = np.zeros(frames, np.int64)
    closure = np.zeros(frames, np.float32)
    labiodental = np.zeros(frames, np.float32)
    for c, start, end, *_ in segments:
        first, last = max(0, round(start * 100)), min(frames, round(end * 100))
        classes[first:last] = c
        lo, hi = max(0, first - 45), min(frames, last + 45)
        if hi <= lo:
            continue
        ts, d, mid = t[lo:hi], end - start, (start + end) / 2
        jaw = DOMINANCE_JAW[c] * np.exp(-np.maximum(0, np.abs(ts - mid) - 0.15 * d) / TAU_JAW)
        lead, trail = (LEAD, TRAIL) if c in LIP_HEAVY else (0, 0)
        before = np.maximum(0, mid - 0.15 * d - lead - ts)
        after = np.maximum(0, ts - mid - 0.15 * d - trail)
        lips = DOMINANCE_LIPS[c] * np.exp(-np.where(ts < mid, before, after) / TAU_LIPS)
        for columns, dominance in ((JAW, jaw), (LIPS, lips)):
            for k in columns:
                total[lo:hi, k] += dominance * TARGETS[c, k]
                weight[lo:hi, k] += dominance
        if c == BILABIAL:
            rise = _plateau(ts, start + 0.005, max(start + 0.02, end - 0.015), 0.045)
            closure[lo:hi] = np.maximum(closure[lo:hi], rise)
        elif c == LABIODENTAL:
            rise = _plateau(ts, start + 0.01, end - 0.01, 0.05)
            labiodental[lo:hi] = np.maximum(labiodental[lo:hi], rise)
    y = total / weight
    for c, start, end, *_ in segments:
        if c in VOWELS and end - start > 0.035:
            i = min(frames - 1, round((start + end) * 50))
            lift = 0.85 * TARGETS[c] - y[i]
            lift[(TARGETS[c] <= 0.2) | (lift < 0)] = 0
            lift[3:] = 0
            lo, hi = max(0, i - 20), min(frames, i + 20)
            sigma = 100 * max(0.02, (end - start) / 2.4)
            y[lo:hi] += np.exp(-0.5 * ((np.arange(lo, hi) - i) / sigma) ** 2)[:, None] * lift[None]
    kernel = np.exp(-0.5 * (np.arange(-6, 7) / 2.0) ** 2)
    kernel /= kernel.sum()
    for k in range(n):
        y[:, k] = np.convolve(np.pad(y[:, k], 6, "edge"), kernel, "valid")
    y[:, 0] = np.minimum(y[:, 0] * (1 - 0.97 * closure), 1 - 0.8 * labiodental)
    y[:, 3] = closure
    y[:, 4] = labiodental
    return y.astype(np.float32), classes, (classes != SILENCE).astype(np.float32)
