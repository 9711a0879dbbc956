"""Reading recordings."""

from math import gcd

import numpy as np
import soundfile
from scipy.signal import resample_poly


def read(path):
    """Mono 16 kHz samples, peak 0.7."""
    x, rate = soundfile.read(path, dtype="float32", always_2d=True)
    x = x.mean(1)
    if rate != 16000:
        g = gcd(rate, 16000)
        x = resample_poly(x, 16000 // g, rate // g)
    return x / np.abs(x).max() * 0.7
