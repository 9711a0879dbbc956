"""Golden vectors of the mel features that Wav2Lip was trained on, computed with librosa.

    pip install librosa scipy
    python models/lip-models/mel-golden.py > models/lip-models/mel-golden.json

The parameters are Wav2Lip's published ones (see docs/model-manifest.md). The test rebuilds the same signal from its formula.
"""

import json

import librosa
import numpy as np
from scipy.signal import lfilter

RATE = 16000
SAMPLES = 20123


def signal():
    """A rising tone with two harmonics, noise of a linear congruential generator, and a silent stretch."""
    n = np.arange(SAMPLES)
    t = n / RATE
    phase = 2 * np.pi * (120 * t + 900 * t * t)
    tone = 0.4 * np.sin(phase) + 0.2 * np.sin(2 * phase) + 0.1 * np.sin(5 * phase)
    state, noise = 12345, np.empty(SAMPLES)
    for i in range(SAMPLES):
        state = (1103515245 * state + 12345) % 2147483648
        noise[i] = state / 2147483648 - 0.5
    wave = tone + 0.02 * noise
    wave[(n >= 9000) & (n < 11500)] = 0
    return wave.astype(np.float32)


def mel(wave):
    emphasised = lfilter([1, -0.97], [1], wave)
    spectrum = np.abs(
        librosa.stft(emphasised, n_fft=800, hop_length=200, win_length=800, center=True, pad_mode="reflect")
    )
    bank = librosa.filters.mel(sr=RATE, n_fft=800, n_mels=80, fmin=55, fmax=7600, htk=False, norm="slaney")
    decibels = 20 * np.log10(np.maximum(1e-5, bank @ spectrum)) - 20
    return np.clip(8 * (decibels + 100) / 100 - 4, -4, 4)


features = mel(signal())
columns = [0, 1, 2, 10, 37, 44, 45, 46, 50, 57, 58, 70, 98, 99, features.shape[1] - 2, features.shape[1] - 1]
print(
    json.dumps(
        {
            "librosa": librosa.__version__,
            "samples": SAMPLES,
            "columns": features.shape[1],
            "picked": {str(c): [round(float(v), 5) for v in features[:, c]] for c in columns},
        }
    )
)
