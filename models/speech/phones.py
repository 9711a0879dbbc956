"""Phone classes, their mouth targets, and how each voice's phone names map to IPA.

A class is an articulatory place, never one language's phone. Targets and dominances follow the
co-articulation model of Cohen & Massaro (1993); the rules for sibilants and lip-heavy phones follow
Edwards et al. (JALI, 2016).
"""

import unicodedata

import numpy as np

CONTROLS = ["aperture", "stretch", "round", "closure", "labiodental", "teeth", "tongue"]

# class: targets (in the order of CONTROLS), dominance of the jaw, dominance of the lips
_TABLE = {
    "sil": ((0.02, 0, 0, 0, 0, 0, 0), 0.8, 0.8),
    "bil": ((0.0, 0.05, 0.1, 1, 0, 0, 0), 1.5, 0.7),
    "lab": ((0.12, 0.15, 0, 0, 1, 0.3, 0), 1.5, 0.9),
    "den": ((0.28, 0.2, 0, 0, 0, 0.3, 1), 1.1, 0.4),
    "alv": ((0.24, 0.2, 0, 0, 0, 0.4, 0.7), 0.9, 0.3),
    "lat": ((0.36, 0.15, 0, 0, 0, 0.2, 0.9), 0.8, 0.3),
    "rho": ((0.30, 0.05, 0.30, 0, 0, 0.1, 0.4), 0.7, 0.7),
    "sib": ((0.14, 0.45, 0, 0, 0, 1.0, 0.5), 1.8, 0.9),
    "pal": ((0.22, 0, 0.6, 0, 0, 0.8, 0.4), 1.7, 1.8),
    "vel": ((0.35, 0.1, 0, 0, 0, 0, 0.1), 0.5, 0.2),
    "glo": ((0.42, 0.1, 0, 0, 0, 0, 0), 0.15, 0.1),
    "w": ((0.14, 0, 1.0, 0, 0, 0, 0), 1.2, 2.4),
    "j": ((0.26, 0.6, 0, 0, 0, 0.4, 0.2), 1.0, 1.0),
    "i": ((0.28, 0.85, 0, 0, 0, 0.5, 0.2), 1.3, 1.5),
    "e": ((0.48, 0.65, 0, 0, 0, 0.3, 0.1), 1.3, 1.3),
    "E": ((0.66, 0.45, 0, 0, 0, 0.2, 0), 1.4, 1.1),
    "a": ((0.92, 0.25, 0, 0, 0, 0.1, 0), 1.7, 1.0),
    "A": ((1.0, 0.05, 0, 0, 0, 0, 0), 1.8, 1.0),
    "O": ((0.78, 0, 0.45, 0, 0, 0, 0), 1.5, 1.5),
    "o": ((0.5, 0, 0.75, 0, 0, 0, 0), 1.4, 1.8),
    "u": ((0.24, 0, 0.95, 0, 0, 0, 0), 1.3, 2.2),
    "y": ((0.24, 0.05, 0.9, 0, 0, 0.1, 0.2), 1.3, 2.2),
    "eu": ((0.5, 0, 0.7, 0, 0, 0, 0.1), 1.3, 1.8),
    "@": ((0.46, 0.15, 0.05, 0, 0, 0, 0), 0.9, 0.6),
    "I": ((0.36, 0.5, 0, 0, 0, 0.3, 0.1), 1.0, 0.9),
    "U": ((0.34, 0, 0.6, 0, 0, 0, 0), 1.1, 1.3),
}
CLASSES = list(_TABLE)
INDEX = {name: i for i, name in enumerate(CLASSES)}
TARGETS = np.array([_TABLE[c][0] for c in CLASSES], np.float32)
DOMINANCE_JAW = np.array([_TABLE[c][1] for c in CLASSES], np.float32)
DOMINANCE_LIPS = np.array([_TABLE[c][2] for c in CLASSES], np.float32)
VOWELS = {INDEX[c] for c in ("i", "e", "E", "a", "A", "O", "o", "u", "y", "eu", "@", "I", "U")}
LIP_HEAVY = {INDEX[c] for c in ("u", "w", "pal", "o", "y", "eu", "U", "O")}
SILENCE, BILABIAL, LABIODENTAL, GLOTTAL = (INDEX[c] for c in ("sil", "bil", "lab", "glo"))
OPEN_VOWELS = {INDEX[c] for c in "aAEO"}

_IPA = {
    "bil": "p b m ɓ ʙ",
    "lab": "f v ɱ ʋ ɸ β",
    "den": "θ ð",
    "alv": "t d n ʈ ɖ ɳ ɗ ɾ",
    "lat": "l ɫ ɭ ɬ ɮ ʎ ɺ",
    "rho": "r ɹ ɻ ʀ ɽ ɚ ɝ",
    "sib": "s z",
    "pal": "ʃ ʒ ɕ ʑ ʂ ʐ ɧ",
    "vel": "k ɡ g ŋ x ɣ q ɢ χ c ɟ ʁ ɴ ç ɲ ʝ",
    "glo": "h ɦ ʔ ħ ʕ",
    "w": "w ɥ ʍ",
    "j": "j",
    "i": "i",
    "e": "e",
    "E": "ɛ æ",
    "a": "a ɐ",
    "A": "ɑ ʌ",
    "O": "ɔ ɒ",
    "o": "o ɤ",
    "u": "u ʉ",
    "y": "y ʏ",
    "eu": "ø œ ɵ ɞ",
    "@": "ə ɜ ɘ ᵻ",
    "I": "ɪ ɨ ɯ",
    "U": "ʊ",
}
IPA_CLASS = {s: INDEX[c] for c, text in _IPA.items() for s in text.split()}
VOICELESS_STOPS = set("ptkcqʈ")


def parse_ipa(text):
    """(class, symbol) for every IPA letter of `text`; marks and unknown letters are dropped."""
    return [(IPA_CLASS[ch], ch) for ch in unicodedata.normalize("NFD", text) if ch in IPA_CLASS]


def _pairs(text):
    return dict(item.split("=") for item in text.split())


_SILENT = {"pau": "", "#": "", "##": "", "h#": "", "brth": "", "sil": "", "ssil": "", "?": ""}

# CMU's phone set of English, used by flite and by festival's American voices
RADIO = _SILENT | _pairs(
    "aa=ɑ ae=æ ah=ʌ ao=ɔ aw=aʊ ax=ə ay=aɪ eh=ɛ er=ɚ ey=eɪ ih=ɪ iy=i ow=oʊ oy=ɔɪ uh=ʊ uw=u axr=ɚ b=b ch=tʃ "
    "d=d dh=ð dx=ɾ f=f g=ɡ hh=h hv=h jh=dʒ k=k l=l el=l m=m em=m n=n en=n ng=ŋ p=p r=ɹ s=s sh=ʃ t=t th=θ v=v "
    "w=w y=j z=z zh=ʒ"
)
RUSSIAN = _SILENT | _pairs(
    "a=ə aa=a e=e ee=e i=i ii=i o=o oo=o u=u uu=u y=ɨ yy=ɨ ae=ə ur=u c=ts ch=tɕ sh=ʃ zh=ʒ sch=ɕ h=x j=j"
)
CZECH = _SILENT | _pairs(
    "c=ts c~=tʃ s~=ʃ z~=ʒ r~=r d~=ɟ t~=c n~=ɲ h=ɦ ch=x dz=dz dz~=dʒ a:=a e:=ɛ i:=i o:=o u:=u e=ɛ ou=ou au=au "
    "eu=eu y=i n*=ŋ"
)
ITALIAN = _SILENT | _pairs(
    "SS=ʃ tSS=tʃ dZZ=dʒ JJ=ɲ J=ɲ L=ʎ LL=ʎ ng=ŋ nf=ɱ E=ɛ O=ɔ E1=ɛ O1=ɔ ts=ts dz=dz tS=tʃ dZ=dʒ S=ʃ w=w j=j"
)
FINNISH = _SILENT | _pairs("A=æ O=ø {=æ 2=ø ä=æ ö=ø N=ŋ S=ʃ h=h @=ə ae=æ oe=ø nk=ŋ ng=ŋ a:=ɑ a=ɑ v=v")
CATALAN = _SILENT | _pairs(
    "ax=ə rr=r r=ɾ E=ɛ O=ɔ E1=ɛ O1=ɔ L=ʎ ll=ʎ S=ʃ Z=ʒ J=ɲ ny=ɲ x=ʃ ng=ŋ N=ŋ uax=wə y=j w=w B=β D=ð G=ɣ "
    "ch=tʃ sh=ʃ ts=ts dz=dz"
)
# Catalan's b, d, ɡ are spirants except after a pause, a nasal or a stop, and d also after a lateral. The voice has B, D,
# G in its older phone sets alone; the one in use names both alike.
SPIRANTS = {"b": "β", "d": "ð", "ɡ": "ɣ", "g": "ɣ"}
_STOPPING = set("mɱnɲŋpbtdkɡg")
_LATERALS = set("lʎ")


def catalan_allophone(letter, before):
    """The IPA letter that is spoken for `letter` after `before`, an IPA letter or "" for silence."""
    stays = before == "" or before in _STOPPING or (letter == "d" and before in _LATERALS)
    return letter if stays else SPIRANTS.get(letter, letter)


def phone_to_ipa(name, table):
    """IPA of a voice's phone name, or None when neither the table nor IPA knows it."""
    if name in table:
        return table[name]
    bare = name.rstrip("1:").rstrip("'")
    return table.get(bare, bare if bare and bare[0] in IPA_CLASS else None)
