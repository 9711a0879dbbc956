"""What speech sounds like before one has heard it: src/speech/features/typical-speech.json.

python typical.py <readings folder> <out.json>; mean over the voices of the folder (a folder each, four files of at most
20 s) of the loud frames' mean, from the 95th-percentile level, and of their deviation, natural log of power. Needs ffmpeg.
"""

import json
import random
import subprocess
import sys
from pathlib import Path

import numpy as np

from mel import log_mel, statistics

FILES = 4
SECONDS = "20"


def read(path):
    """Mono 16 kHz samples."""
    command = ["ffmpeg", "-v", "error", "-i", path, "-t", SECONDS, "-f", "f32le", "-ac", "1", "-ar", "16000", "-"]
    return np.frombuffer(subprocess.run(command, capture_output=True, check=True).stdout, np.float32)


def main(folder, out):
    choose = random.Random(0)
    means, deviations = [], []
    for voice in sorted(p for p in Path(folder).iterdir() if p.is_dir()):
        files = sorted(voice.glob("*.opus"))
        found = []
        for path in choose.sample(files, min(FILES, len(files))):
            mel = log_mel(read(path))
            mean, deviation = statistics(mel)
            found.append((mean - np.quantile(mel.mean(1), 0.95), deviation))
        if found:
            means.append(np.mean([m for m, _ in found], 0))
            deviations.append(np.mean([d for _, d in found], 0))
    rounded = lambda rows: [round(float(x), 2) for x in np.mean(rows, 0)]
    Path(out).write_text(json.dumps({"mean": rounded(means), "deviation": rounded(deviations)}) + "\n")
    print(len(means), "voices")


if __name__ == "__main__":
    main(*sys.argv[1:])
