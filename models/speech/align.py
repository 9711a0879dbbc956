"""Label files of real clips by forced alignment: python align.py <audio folder> <labels folder>

Needs pocketsphinx (BSD) with its own en-us model. The transcripts below were written down by us; stretches whose
words we could not make out are left out. The German clip reads from Eichendorff's "Taugenichts" (1826), the French
one article 1 of the Universal Declaration of Human Rights; their words are spelt with the nearest English phones.
"""

import json
import sys
from pathlib import Path

import numpy as np
from pocketsphinx import Decoder

from audio import read
from phones import RADIO

# words that are not English, in ARPAbet
WORDS = {
    "de": "ich=IH SH,ging=G IH NG,also=AE L Z OW,in=IH N,das=D AA S,haus=HH AW S,hinein=HH IH N AY N,und=UH N T,"
    "holte=HH OW L T AH,meine=M AY N AH,geige=G AY G AH,die=D IY,recht=R EH SH T,artig=AA R T IH SH,"
    "spielte=SH P IY L T AH,von=F AO N,der=D EH R,wand=V AA N T,mein=M AY N,vater=F AA T ER,gab=G AA P,mir=M IY R,"
    "noch=N AO K,einige=AY N IH G AH,groschen=G R AO SH AH N,geld=G EH L T,mit=M IH T,auf=AW F,den=D EY N,weg=V EY K,"
    "so=Z OW,schlenderte=SH L EH N D ER T AH,durch=D UH R SH,lange=L AA NG AH,dorf=D AO R F,hinaus=HH IH N AW S",
    "fr": "tous=T UW,les=L EY,êtres=EH T R,humains=Z UW M AE,naissent=N EH S,libres=L IY B R,et=EY,égaux=EY G OW,"
    "en=AA,dignité=D IY N Y IY T EY,droits=D R W AA,ils=IY L,sont=S AO,doués=D UW EY,de=D AH,raison=R EH Z AO,"
    "conscience=K AO S Y AA S,doivent=D W AA V,agir=AA ZH IY R,uns=Z AH,envers=AA V EH R,autres=Z OW T R,dans=D AA,"
    "un=AH N,esprit=EH S P R IY,fraternité=F R AA T EH R N IY T EY",
}

# clip: language, file, [(from s, to s, words)]
CLIPS = {
    "de": (
        "de",
        "de-DE_NarrowbandModel_sample2.wav",
        [
            (0.8, 3.35, "ich ging also in das haus hinein"),
            (3.3, 5.05, "und holte meine geige"),
            (5.0, 7.45, "die ich recht artig spielte"),
            (7.35, 8.5, "von der wand"),
            (8.5, 9.55, "mein vater"),
            (9.5, 12.55, "gab mir noch einige groschen geld mit auf den weg"),
            (12.45, 16.5, "und so schlenderte ich durch das lange dorf hinaus"),
        ],
    ),
    "fr": (
        "fr",
        "fr-FR_Broadband_sample1.wav",
        [
            (0.3, 5.2, "tous les êtres humains naissent libres et égaux en dignité et en droits"),
            (5.2, 8.3, "ils sont doués de raison et de conscience"),
            (8.3, 13.2, "et doivent agir les uns envers les autres dans un esprit de fraternité"),
        ],
    ),
    "en-jfk": (
        "en",
        "en_jfk_44k_stereo.flac",
        [(0, 11, "and so my fellow americans ask not what your country can do for you ask what you can do for your country")],
    ),
    "en-gb": (
        "en",
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
        "en",
        "en-US_44k.wav",
        [(0, 7.1, "thunderstorms could produce large hail isolated tornadoes and heavy rain")],
    ),
}


def align(pcm, words, language):
    """`[(word, ARPAbet phone, start s, end s)]` of the words in `pcm`."""
    # the second search, for the best path, drops or refuses words that are not English
    decoder = Decoder(samprate=16000, lm=None, loglevel="FATAL", bestpath=language not in WORDS)
    text = words
    if language in WORDS:
        spelt = dict(entry.split("=") for entry in WORDS[language].split(","))
        for word in dict.fromkeys(words.split()):
            decoder.add_word(f"{word}_", spelt[word], True)
        text = " ".join(f"{word}_" for word in words.split())
    raw = (pcm * 32767).astype(np.int16).tobytes()

    def decode():
        decoder.start_utt()
        decoder.process_raw(raw, full_utt=True)
        decoder.end_utt()

    decoder.set_align_text(text)
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
    for name, (language, file, parts) in CLIPS.items():
        pcm = read(audio / file)
        phones, spans = [], []
        for start, end, words in parts:
            found = align(pcm[int(start * 16000) : int(end * 16000)], words, language)
            spoken = [(p, a + start, b + start) for _, p, a, b in found]
            inner = [s for s in spoken if s[0] != "SIL"]
            phones += spoken if len(parts) == 1 else inner
            spans.append([round(inner[0][1], 2), round(inner[-1][2], 2)])
        label = {
            "clip": name,
            "file": file,
            "language": language,
            "group": "real English" if language == "en" else "real German and French",
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
