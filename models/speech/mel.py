"""Log-mel energies and their normalisation: the reference of src/speech/features/log-mel.ts."""

import numpy as np

RATE = 16000
HOP = 160
WINDOW = 400
FFT = 512
MELS = 80


def filter_bank(low=20.0, high=7600.0):
    """`[80, 257]` triangles on the mel scale 2595·log10(1 + f/700), each of unit sum."""
    to_mel = lambda f: 2595 * np.log10(1 + f / 700)
    edges = 700 * (10 ** (np.linspace(to_mel(low), to_mel(high), MELS + 2) / 2595) - 1)
    f = np.fft.rfftfreq(FFT, 1 / RATE)
    bank = np.zeros((MELS, len(f)))
    for i in range(MELS):
        rise = (f - edges[i]) / (edges[i + 1] - edges[i])
        fall = (edges[i + 2] - f) / (edges[i + 2] - edges[i + 1])
        bank[i] = np.maximum(0, np.minimum(rise, fall))
        if bank[i].sum() == 0:
            bank[i, np.argmin(np.abs(f - edges[i + 1]))] = 1
        bank[i] /= bank[i].sum()
    return bank.astype(np.float32)


_BANK = filter_bank()
_HANN = np.hanning(WINDOW).astype(np.float32)


def log_mel(pcm):
    """`[frames, 80]` natural-log mel power of 16 kHz mono in [-1, 1]; frame i is centred on i · 10 ms."""
    x = np.pad(np.asarray(pcm, np.float32), (WINDOW // 2, WINDOW // 2))
    count = (len(x) - WINDOW) // HOP + 1
    frames = np.lib.stride_tricks.as_strided(x, (count, WINDOW), (x.strides[0] * HOP, x.strides[0]))
    power = np.abs(np.fft.rfft(frames * _HANN, FFT)) ** 2 / (_HANN**2).sum()
    return np.log(power @ _BANK.T + 1e-10).astype(np.float32)


def statistics(mel):
    """Mean and deviation `[80]` over the frames within 7 nepers of the 95th-percentile level."""
    level = mel.mean(1)
    loud = mel[level > np.quantile(level, 0.95) - 7.0]
    mean = loud.mean(0)
    return mean, np.maximum(np.sqrt(((loud - mean) ** 2).mean(0)), 0.7)
