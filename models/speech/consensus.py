"""Label files of real clips in other languages: python consensus.py <audio folder> <labels folder>

We have no transcripts of these clips, so phones are labelled where an independent recogniser is sure: pocketsphinx
decodes freely into English phones a dozen times, at several speeds and language weights, and a phone counts where
three quarters of the decodings agree on its class. These labels are indicative: the recogniser is English, and what
it does not agree on with itself is left out, p and b in noise most of all.
"""

import json
import sys
from pathlib import Path

import numpy as np
import pocketsphinx
from pocketsphinx import Decoder
from scipy.signal import resample_poly

from audio import read

CLIPS = {
    "es": ("es-ES_16k_12s.wav", "es"),
    "it": ("it-IT_16k_12s.wav", "it"),
    "pt": ("pt-BR_Sample2-8KHz.wav", "pt"),
    "es-telephone": ("Es_ES_spk24_8khz.wav", "es"),
}
# classes that the measures tell apart, and the IPA letter that stands for each in the labels
CLASSES = {
    "p": "P B M",
    "f": "F V",
    "t": "T D N TH DH",
    "k": "K G NG",
    "s": "S Z",
    "l": "L",
    "ɹ": "R",
    "h": "HH",
    "a": "AA AE AY AW AH EH",
    "i": "IY IH Y",
    "u": "UW UH OW W",
    "": "SIL +SPN+ +NSN+",
}
CLASS = {phone: letter for letter, names in CLASSES.items() for phone in names.split()}
CONSONANTS = set("ptkslɹhf")
SPEEDS = (0.92, 1.0, 1.09)
WEIGHTS = (1.0, 2.0, 3.5, 5.0)
AGREE = 0.75


def decode(pcm, weight):
    """`[(phone, start s, end s)]` of free phone decoding."""
    model = Path(pocketsphinx.get_model_path(), "en-us", "en-us-phone.lm.bin")
    decoder = Decoder(
        samprate=16000, lm=None, allphone=str(model), lw=weight, beam=1e-20, pbeam=1e-20, loglevel="FATAL"
    )
    decoder.start_utt()
    decoder.process_raw((pcm * 32767).astype(np.int16).tobytes(), full_utt=True)
    decoder.end_utt()
    return [(s.word, s.start_frame / 100, (s.end_frame + 1) / 100) for s in decoder.seg()]


def votes(pcm):
    """Share of decodings for each class letter at 100 Hz: `{letter: [frames]}`."""
    frames = len(pcm) // 160 + 1
    share = {letter: np.zeros(frames) for letter in CLASSES}
    for speed in SPEEDS:
        x = resample_poly(pcm, 100, round(100 * speed)).astype(np.float32) if speed != 1 else pcm
        for weight in WEIGHTS:
            for phone, start, end in decode(x, weight):
                a, b = round(start * speed * 100), round(end * speed * 100)
                share[CLASS.get(phone, "a")][a:b] += 1 / (len(SPEEDS) * len(WEIGHTS))
    return share


def events(share):
    """`[letter, start s, end s]` where the decodings agree; `?` between."""
    letters = list(share)
    table = np.array([share[k] for k in letters])
    best, height = table.argmax(0), table.max(0)
    found, i, n = [], 0, table.shape[1]
    while i < n:
        j = i
        while j < n and best[j] == best[i]:
            j += 1
        letter = letters[best[i]]
        near = share["p"][max(0, i - 8) : j + 8].max()
        sure = j - i >= 3 and height[i:j].max() >= AGREE and height[i:j].mean() >= 0.55
        if letter in CONSONANTS and letter != "p" and near > 0.1:
            sure = False
        found.append([letter if sure else "?", i / 100, j / 100])
        i = j
    return found


def main():
    audio, out = Path(sys.argv[1]), Path(sys.argv[2])
    for name, (file, language) in CLIPS.items():
        pcm = read(audio / file)
        phones = events(votes(pcm))
        label = {
            "clip": f"{name}-consensus",
            "file": file,
            "language": language,
            "group": "real, weakly labelled",
            "source": "agreement of 12 free phone decodings with pocketsphinx 5, en-us; indicative",
            "spans": [[0, round(len(pcm) / 16000, 2)]],
            "phones": phones,
        }
        text = json.dumps(label, ensure_ascii=False, indent=1)
        (out / f"{name}-consensus.json").write_text(text + "\n")
        print(name, {k: sum(1 for p in phones if p[0] == k) for k in [*CLASSES, "?"]}, flush=True)


if __name__ == "__main__":
    main()
