"""Golden vectors for src/speech/features/log-mel.ts: python golden.py <tests/fixtures/speech/log-mel.json>"""

import json
import sys

import numpy as np

from mel import RATE, log_mel, statistics


def signal():
    """A second that swells: a glide, a high tone, then nothing, without its mean. The test makes the same one."""
    t = np.arange(RATE) / RATE
    x = 0.3 * t * np.sin(2 * np.pi * (200 * t + 900 * t * t)) + 0.02 * np.sin(2 * np.pi * 3000 * t)
    x[t >= 0.8] = 0
    return (x - x.mean()).astype(np.float32)


def main():
    mel = log_mel(signal())
    mean, deviation = statistics(mel)
    rows = [0, 1, 17, 42, 79, 80, 95, 100]
    rounded = lambda a: [round(float(v), 4) for v in a]
    golden = {
        "source": "models/speech/golden.py (numpy)",
        "frames": len(mel),
        "rows": {str(i): rounded(mel[i]) for i in rows},
        "mean": rounded(mean),
        "deviation": rounded(deviation),
    }
    with open(sys.argv[1], "w") as f:
        json.dump(golden, f)
        f.write("\n")


if __name__ == "__main__":
    main()
