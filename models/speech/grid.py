"""Real faces: the clips of the GRID corpus with what a landmarker saw of their lips."""

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

import numpy as np

RATE = 16000
ALIGN_RATE = 25000
FRAMES = 25
SILENCE = ("sil", "sp")


@dataclass
class Clip:
    """One sentence: sound at 16 kHz, and per film frame (25/s) the lips as shares of the speaker's own reach."""

    speaker: str
    name: str
    pcm: np.ndarray
    opening: np.ndarray  # gap by the 95th percentile of the speaker's gaps
    width: np.ndarray  # from the speaker's median, in distances between the eyes
    words: list  # (start s, end s, word)


def sound(path):
    """Mono at 16 kHz, without its mean."""
    command = ["ffmpeg", "-v", "error", "-threads", "1", "-i", str(path), "-ac", "1", "-ar", str(RATE), "-f", "f32le", "-"]
    pcm = np.frombuffer(subprocess.run(command, capture_output=True, check=True).stdout, np.float32)
    return pcm - pcm.mean()


def clips(folder):
    """All clips below `folder` whose faces were measured (`truth/<speaker>_<clip>.json`)."""
    folder = Path(folder)
    found = []
    for path in sorted(folder.glob("truth/*.json")):
        speaker, name = path.stem.split("_")
        truth = json.loads(path.read_text())
        align = [line.split() for line in (folder / speaker / f"{name}.align").read_text().splitlines()]
        words = [(int(a) / ALIGN_RATE, int(b) / ALIGN_RATE, w) for a, b, w in align if w not in SILENCE]
        pcm = sound(folder / speaker / f"{name}.mpg")
        found.append(Clip(speaker, name, pcm, np.array(truth["gap"]), np.array(truth["width"]), words))
    for speaker in {c.speaker for c in found}:
        own = [c for c in found if c.speaker == speaker]
        reach = np.quantile(np.concatenate([c.opening for c in own]), 0.95)
        middle = np.median(np.concatenate([c.width for c in own]))
        for c in own:
            c.opening, c.width = c.opening / reach, c.width - middle
    return found


# A word between the same neighbours is said more alike: its weight for each of the two.
NEIGHBOUR = 3


def usual(clip, clips, measure):
    """A measure as the speakers of `clips` have it where they say this clip's words, `[frames]`; NaN beside its words."""
    out = np.full(len(clip.opening), np.nan)
    seconds = np.arange(len(out)) / FRAMES
    around = lambda c, i: [c.words[j][2] if 0 <= j < len(c.words) else None for j in (i - 1, i + 1)]
    for i, (start, end, word) in enumerate(clip.words):
        at = np.flatnonzero((seconds >= start) & (seconds < end))
        total, weights = np.zeros(len(at)), 0
        for other in clips:
            for j, (begin, stop, said) in enumerate(other.words):
                if said != word:
                    continue
                shared = sum(a is not None and a == b for a, b in zip(around(clip, i), around(other, j)))
                when = (seconds[at] - start) / (end - start) * (stop - begin) + begin
                track = getattr(other, measure)
                total += NEIGHBOUR**shared * np.interp(when * FRAMES, np.arange(len(track)), track)
                weights += NEIGHBOUR**shared
        if weights:
            out[at] = total / weights
    return out
