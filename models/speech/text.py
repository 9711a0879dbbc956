"""Text to speak: common words, word lists of Debian, and made-up words rich in lip sounds."""

import functools
import random
import re
import unicodedata
from pathlib import Path

_LISTS = {
    "en": "american-english",
    "fr": "french",
    "es": "spanish",
    "it": "italian",
    "de": "ngerman",
    "pt": "portuguese",
}
_EN = (
    "the of and to in is that it was for you he on are with his they be at one have this from by what we can out "
    "other were all your when up use how said an each she which their time if will way about many then them would "
    "like so these her long make thing see him two has look more day could go come did my no most people over know "
    "water than call first who may down side been now find any new work part take get place made live where after "
    "back little only round man year came show every good me give our under name very through just form much great "
    "think say help low line before turn cause same mean differ move right boy old too does tell set three want air "
    "well also play small end put home read hand port large add even land here must big high such follow act why ask "
    "men change went light kind off need house picture try us again animal point mother world near build self earth "
    "father problem people maybe number company program government never family question important moment business"
).split()
_RU = (
    "и в не на я быть он с что а по это она этот к но они мы весь который из у то за свой что весь год от так о для ты "
    "же все тот мочь вы человек такой его сказать только или ещё бы себя один как уже до время если сам когда другой "
    "вот говорить наш мой знать стать при чтобы дело жизнь кто первый очень два день её новый рука даже во со раз где "
    "там под можно ну какой после их работа без самый потом надо хотеть ли слово идти большой должен место иметь ничто "
    "мама папа бабушка вопрос проблема время память помощь правда вечер фамилия форма метро пробовать любовь победа "
    "комната музыка машина компания письмо имя море поле небо утро ребёнок мир буква берег бумага пальто автобус "
    "помнить понимать думать работать видеть любить говорил была было были будем можем тебе меня вам нам вами мимо"
).split()

_STOPS = "p b m p b m f v t d n s z k g l r h w j"


def _made_up(onsets, vowels, codas, closed=0.35):
    onsets, vowels, codas = onsets.split(), vowels.split(), codas.split()

    def word(r):
        syllables = r.randint(1, 3)
        return "".join(
            r.choice(onsets) + r.choice(vowels) + (r.choice(codas) if r.random() < closed else "")
            for _ in range(syllables)
        )

    return word


def _korean(r):
    onsets = [0, 2, 3, 5, 6, 7, 8, 9, 12, 14, 15, 16, 17, 18]
    codas = [0, 0, 0, 0, 4, 8, 16, 17, 21, 1]
    return "".join(
        chr(0xAC00 + (r.choice(onsets) * 21 + r.randrange(21)) * 28 + r.choice(codas)) for _ in range(r.randint(1, 4))
    )


_KANA = (
    "あいうえおかきくけこさしすせそたちつてとなにぬねのはひふへほまみむめもやゆよらりるれろわんばびぶべぼぱぴぷぺぽ"
    "まみむめもがぎぐげござじずぜぞだでど"
)
_DEVANAGARI_VOWELS = ["", "ा", "ि", "ी", "ु", "ू", "े", "ो", "ै", "ौ"]


def _hindi(r):
    onsets, codas = "पबमभफवतदनसजकगलरहचशयट", "नरलमसकतप"
    return "".join(
        r.choice(onsets) + r.choice(_DEVANAGARI_VOWELS) + (r.choice(codas) if r.random() < 0.35 else "")
        for _ in range(r.randint(1, 3))
    )


_MADE_UP = {
    "tr": _made_up(_STOPS + " ş ç c y ğ", "a e ı i o ö u ü", "n r l m s k t p ş"),
    "ru": _made_up("п б м п б м ф в т д н с з к г л р х ш ж ч ц", "а э ы и о у е ю я", "н р л м с к т п"),
    "sv": _made_up(_STOPS + " sj tj sk", "a e i o u å ä ö y", "n r l m s k t p"),
    "nl": _made_up(_STOPS + " sch g ch", "a e i o u aa ee oo uu ij ui ou eu oe ie", "n r l m s k t p ch f"),
    "pl": _made_up(_STOPS + " ł cz sz rz ś ć ż dz", "a e i o u y ą ę ó", "n r l m s k t p sz"),
    "fi": _made_up("p b m p m f v t d n s k l r h j", "a e i o u y ä ö aa ii uu oo ee ai ei ou", "n r l s t"),
    "cs": _made_up("p b m p b m f v t d n s z k g l r h j c č š ž ř", "a e i o u á é í ou ů", "n r l m s k t p"),
    "ca": _made_up("p b m p b m f v t d n s z c g l r j x ll ny", "a e i o u à è ò", "n r l m s t"),
    "hu": _made_up(_STOPS + " cs gy ny sz zs", "a e i o ö u ü á é í ó ő ú", "n r l m s k t p"),
    "el": _made_up("π μπ μ φ β τ ντ ν σ ζ κ γ λ ρ χ θ δ", "α ε ι ο ου η", "ν ρ ς", 0.2),
    "vi": _made_up("ph b m ph b m v t đ n s x c g l r h kh th nh", "a ă â e ê i o ô ơ u ư", "n m ng p t c", 0.5),
    "id": _made_up(_STOPS + " ng ny c", "a e i o u ai au", "n m ng r l s k t p", 0.4),
    "sw": _made_up("p b m mb mp f v t d n nd s z k g ng l r h w y ch sh", "a e i o u", "m", 0.05),
    "ro": _made_up(_STOPS.replace(" w", "") + " ș ț c g", "a e i o u ă â ea oa", "n r l m s c t p"),
    "en-cv": _made_up(_STOPS + " ch sh th y", "a e i o u ee oo ow ai ay er oy", "n r l m s k t p ng f v sh th d g b"),
    "": _made_up(_STOPS + " bl pr st sk mn", "a e i o u ai au ei ie", "n r l m s k t p ng"),
    "hi": _hindi,
    "ko": _korean,
    "ja": lambda r: "".join(r.choice(_KANA) for _ in range(r.randint(2, 5))),
}


@functools.cache
def _word_list(name):
    raw = Path("/usr/share/dict", name).read_text(encoding="utf8", errors="ignore").split()
    words = [w.lower() for w in raw if 2 <= len(w) <= 11 and w.isalpha()]
    return words, [w for w in words if re.search("^[pbmfwv]|[pbm]", w)]


def word(language, r):
    """One word of `language`: common, listed or made up, with lip sounds preferred."""
    base = language.split("-")[0]
    if base == "en":
        u = r.random()
        if u < 0.40:
            return r.choice(_EN)
        if u < 0.70:
            return _MADE_UP["en-cv"](r)
    if base == "ru" and r.random() < 0.5:
        return r.choice(_RU)
    if base in _LISTS:
        words, labial = _word_list(_LISTS[base])
        return r.choice(labial if r.random() < 0.35 else words)
    return _MADE_UP.get(base, _MADE_UP[""])(r)


def sentence(language, r: random.Random, shortest=4, longest=9):
    """A sentence of random words with a comma now and then."""
    n = r.randint(shortest, longest)
    return " ".join(word(language, r) + ("," if i < n - 1 and r.random() < 0.12 else "") for i in range(n)) + "."


def ascii_only(text):
    """`text` without diacritics."""
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
