"""Held-out synthesised clips with exact labels: python heldout.py <folder> [--all]

Without --all: the small set that is committed (tests/eval/speech), of voices whose sound may be passed on.
With --all: more clips and every held-out voice that is installed.
"""

import json
import random
import sys
import zlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import soundfile

import corpus
import voices
from labels import controls
from mel import log_mel

UNSEEN_LANGUAGES = "unseen languages"
UNSEEN_VOICES = "unseen voices"


def write(folder, name, utterance, language, group, source):
    """One FLAC of 16 kHz and its labels."""
    pcm = utterance["pcm"]
    soundfile.write(folder / f"{name}.flac", pcm, 16000, "PCM_16")
    y, _, _ = controls(utterance["segments"], len(log_mel(pcm.astype(np.float32) / 32767)))
    end = len(pcm) / 16000
    phones = [[letter, round(a, 3), round(b, 3)] for _, a, b, letter in utterance["segments"]]
    label = {
        "clip": name,
        "file": f"{name}.flac",
        "language": language,
        "source": source,
        "group": group,
        "spans": [[0, round(end, 3)]],
        "phones": [["", 0, phones[0][1]], *phones, ["", phones[-1][2], round(end, 3)]],
        "aperture": [round(float(v), 2) for v in y[:, 0]],
    }
    (folder / f"{name}.json").write_text(json.dumps(label, ensure_ascii=False, separators=(",", ":")) + "\n")


def main():
    folder, everything = Path(sys.argv[1]), "--all" in sys.argv
    folder.mkdir(parents=True, exist_ok=True)
    count = 12 if everything else 3
    for language in voices.ESPEAK_HELD_OUT:
        r = random.Random(zlib.crc32(language.encode()) + 1)
        made = corpus.espeak(language, 0.02, r, False)[:count]
        for i, utterance in enumerate(made):
            source = f"espeak-ng, {utterance['voice']}, its own phone times"
            write(folder, f"espeak-{language}-{i + 1}", utterance, language, UNSEEN_LANGUAGES, source)
    for voice in voices.HELD_OUT if everything else voices.HELD_OUT[:1]:
        r = random.Random(zlib.crc32(voice.name.encode()) + 1)
        made = corpus.natural(replace(voice, hours=0.01), r)
        made = sorted(made, key=lambda u: len(u["pcm"]))[:count]
        for i, utterance in enumerate(made):
            source = f"{voice.engine} with {voice.name} ({voice.licence}), its own phone times"
            write(folder, f"{voice.name}-{i + 1}", utterance, voice.language, UNSEEN_VOICES, source)


if __name__ == "__main__":
    main()
