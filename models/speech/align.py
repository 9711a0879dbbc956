"""Label files of real English clips by forced alignment: python align.py <audio folder> <labels folder>

Needs pocketsphinx (BSD) with its own en-us model. The transcripts below were written down by us; stretches whose
words we could not make out are left out.
"""

import json
import sys
from pathlib import Path

import numpy as np
from pocketsphinx import Decoder

from audio import read
from phones import RADIO

# clip: file, [(from s, to s, words)]
CLIPS = {
    "en-jfk": (
        "en_jfk_44k_stereo.flac",
        [(0, 11, "and so my fellow americans ask not what your country can do for you ask what you can do for your country")],
    ),
    "en-gb": (
        "en-GB_Broadband_sample1.wav",
        [
            (0, 6.3, "is inextricably linked now with the development of transport and infrastructure across the e u"),
            (6.2, 8.5, "like many of my colleagues have mentioned"),
            (8.4, 11.5, "that tourism is a very important industry"),
            (14.35, 16.2, "we can move around more freely"),
            (16.15, 18.16, "for business and for pleasure"),
        ],
    ),
    "en-us": (
        "en-US_44k.wav",
        [(0, 7.1, "thunderstorms could produce large hail isolated tornadoes and heavy rain")],
    ),
}


def align(pcm, words):
    """`[(word, ARPAbet phone, start s, end s)]` of the words in `pcm`."""
    decoder = Decoder(samprate=16000, lm=None, loglevel="FATAL")
    raw = (pcm * 32767).astype(np.int16).tobytes()

    def decode():
        decoder.start_utt()
        decoder.process_raw(raw, full_utt=True)
        decoder.end_utt()

    decoder.set_align_text(words)
    decode()
    decoder.set_alignment()
    decode()
    return [
        (word.name, p.name, p.start / 100, (p.start + p.duration) / 100)
        for word in decoder.get_alignment()
        for p in word
    ]


def main():
    audio, out = Path(sys.argv[1]), Path(sys.argv[2])
    for name, (file, parts) in CLIPS.items():
        pcm = read(audio / file)
        phones, spans = [], []
        for start, end, words in parts:
            found = align(pcm[int(start * 16000) : int(end * 16000)], words)
            spoken = [(p, a + start, b + start) for _, p, a, b in found]
            inner = [s for s in spoken if s[0] != "SIL"]
            phones += spoken if len(parts) == 1 else inner
            spans.append([round(inner[0][1], 2), round(inner[-1][2], 2)])
        label = {
            "clip": name,
            "file": file,
            "language": "en",
            "group": "real English",
            "source": "forced alignment with pocketsphinx 5, en-us; looked at on a spectrogram",
            "transcript": " … ".join(words for _, _, words in parts),
            "spans": spans,
            "phones": [[RADIO[p.lower()], round(a, 2), round(b, 2)] for p, a, b in phones],
        }
        text = json.dumps(label, ensure_ascii=False, indent=1)
        (out / f"{name}.json").write_text(text.replace("\n   ", " ").replace("\n  ]", " ]") + "\n")
        print(name, len(phones), sum(1 for p in label["phones"] if p[0] in "pbm"), "bilabials")


if __name__ == "__main__":
    main()
