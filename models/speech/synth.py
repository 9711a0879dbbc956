"""Speech with exact phone times from espeak-ng, flite and festival.

Every engine yields `(pcm, rate, segments)`: float32 mono, its rate in Hz, and `[class, start s, end s, symbol]`.
"""

import ctypes
import random
import subprocess
import tempfile
from pathlib import Path

import numpy as np
import soundfile

from phones import BILABIAL, CATALAN, GLOTTAL, SILENCE, VOICELESS_STOPS, catalan_allophone, parse_ipa, phone_to_ipa
from text import ascii_only, sentence


# ---- espeak-ng -------------------------------------------------------------------------------------------------
class _Event(ctypes.Structure):
    class _Id(ctypes.Union):
        _fields_ = [("number", ctypes.c_int), ("name", ctypes.c_char_p), ("string", ctypes.c_char * 8)]

    _fields_ = [
        ("type", ctypes.c_int),
        ("unique", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", _Id),
    ]


class Espeak:
    """libespeak-ng with phoneme events (synchronous, IPA)."""

    PHONEME, RATE, PITCH, RANGE, GAP = 7, 1, 3, 4, 7

    def __init__(self):
        self._lib = ctypes.CDLL("libespeak-ng.so.1")
        callback = ctypes.CFUNCTYPE(
            ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event)
        )
        self._pcm, self._events = [], []

        def collect(wav, count, events):
            if count > 0 and wav:
                self._pcm.append(np.ctypeslib.as_array(wav, (count,)).copy())
            i = 0
            while events[i].type != 0:
                if events[i].type == self.PHONEME:
                    raw = ctypes.string_at(ctypes.addressof(events[i].id), 8).split(b"\0")[0]
                    self._events.append((raw.decode("utf8", "replace"), events[i].sample))
                i += 1
            return 0

        self._callback = callback(collect)
        self.rate = self._lib.espeak_Initialize(2, 500, None, 1 | 2 | 0x8000)
        self._lib.espeak_SetSynthCallback(self._callback)
        self._lib.espeak_Synth.argtypes = [
            ctypes.c_char_p,
            ctypes.c_size_t,
            ctypes.c_uint,
            ctypes.c_int,
            ctypes.c_uint,
            ctypes.c_uint,
            ctypes.c_void_p,
            ctypes.c_void_p,
        ]

    def speak(self, text, voice, words_per_minute=170, pitch=50, pitch_range=50):
        """`(pcm, events)`; raises ValueError when the voice is unknown."""
        self._pcm.clear()
        self._events.clear()
        if self._lib.espeak_SetVoiceByName(voice.encode()) != 0:
            raise ValueError(voice)
        settings = ((self.RATE, words_per_minute), (self.PITCH, pitch), (self.RANGE, pitch_range), (self.GAP, 0))
        for parameter, value in settings:
            self._lib.espeak_SetParameter(parameter, int(value), 0)
        data = text.encode("utf8") + b"\0"
        self._lib.espeak_Synth(data, len(data), 0, 1, 0, 1 | 0x1000, None, None)
        self._lib.espeak_Synchronize()
        pcm = np.concatenate(self._pcm) if self._pcm else np.zeros(0, np.int16)
        return pcm.astype(np.float32) / 32768, list(self._events)


def espeak_segments(pcm, events, rate):
    """Segments of espeak-ng's events. A voiceless stop's event is its burst: its closure lies before."""
    width = int(0.006 * rate)
    envelope = np.sqrt(np.convolve(pcm**2, np.ones(width) / width, "same"))
    quiet = 0.02 * np.percentile(envelope, 98)
    ends = [s for _, s in events[1:]] + [len(pcm)]
    items = []
    for (name, sample), end in zip(events, ends):
        letters = parse_ipa(name)
        if not letters:
            items.append([SILENCE, sample / rate, end / rate, ""])
        for j, (c, letter) in enumerate(letters):
            step = (end - sample) / len(letters)
            items.append([c, (sample + step * j) / rate, (sample + step * (j + 1)) / rate, letter])
    split = []
    for i, item in enumerate(items):
        burst = item[1]
        if item[3] in VOICELESS_STOPS:
            at = int(burst * rate)
            stop, j = max(0, at - int(0.11 * rate)), at - int(0.003 * rate)
            while j > stop and envelope[j] < quiet:
                j -= 32
            run = (at - j) / rate
            before = items[i - 1] if i else None
            if run < 0.02:
                run = 0.045 if before and before[2] - before[1] > 0.09 else 0.0
            if before:
                if before[0] == SILENCE:
                    run = min(run, 0.07)
                earliest = before[1] + (0.02 if before[0] != SILENCE else 0)
                item[1] = max(burst - run, earliest)
                before[2] = item[1]
            else:
                item[1] = max(0.0, burst - run)
        if item[0] == BILABIAL and item[3] == "p" and item[2] - burst > 0.015:
            split.append([BILABIAL, item[1], burst + 0.005, "p"])
            split.append([GLOTTAL, burst + 0.005, item[2], "h"])
        else:
            split.append(item)
    return split


# ---- flite and festival ----------------------------------------------------------------------------------------
def _release(pcm, rate, start, end):
    """Time of the steepest rise of energy in the last 70 % of a stop, or `end` when none is above 6 dB."""
    a, b = int((start + 0.3 * (end - start)) * rate), int(end * rate)
    step, width = max(1, rate // 1000), max(1, int(0.005 * rate))
    x = np.diff(pcm[max(0, a - width) : b + width], prepend=0)
    energy = 10 * np.log10(np.convolve(x**2, np.ones(width) / width, "valid")[::step] + 1e-12)
    if len(energy) < 10:
        return end
    rise = energy[6:] - energy[:-6]
    i = int(np.argmax(rise))
    return min(end, a / rate + (i + 3) / 1000) if rise[i] > 6 else end


def named_segments(pcm, rate, ends, table):
    """Segments from a voice's `(end s, phone)` list; bilabial stops end at their release."""
    items, start, unknown, before = [], 0.0, set(), ""
    for end, name in ends:
        ipa = phone_to_ipa(name, table)
        if ipa is None:
            unknown.add(name)
        if table is CATALAN and ipa:
            ipa = catalan_allophone(ipa, before)
        letters = parse_ipa(ipa or "")
        before = letters[-1][1] if letters else ""
        if not letters:
            items.append([SILENCE, start, end, ""])
        for j, (c, letter) in enumerate(letters):
            step = (end - start) / len(letters)
            lo, hi = start + step * j, start + step * (j + 1)
            release = _release(pcm, rate, lo, hi) if letter in "pb" else hi
            if hi - release < 0.012:
                items.append([c, lo, hi, letter])
            else:
                items.append([c, lo, release, letter])
                items.append([GLOTTAL, release, hi, "h"])
        start = end
    if unknown:
        raise ValueError(f"phones without a class: {sorted(unknown)}")
    return items


def flite(voice, r: random.Random, stretch, pitch_factor):
    """One utterance of a flite voice."""
    text = " ".join(sentence(voice.language, r) for _ in range(2))
    with tempfile.NamedTemporaryFile(suffix=".wav") as out:
        command = ["flite", "-voice", voice.name, "--setf", f"duration_stretch={stretch:.3f}"]
        if voice.pitch:
            command += ["--setf", f"int_f0_target_mean={voice.pitch * pitch_factor:.1f}"]
        done = subprocess.run(command + ["-psdur", "-t", text, out.name], capture_output=True, text=True)
        pcm, rate = soundfile.read(out.name, dtype="float32")
    ends = [(float(e), n) for n, e in (item.rsplit(":", 1) for item in done.stdout.split())]
    if any(b[0] <= a[0] for a, b in zip(ends, ends[1:])):
        return None  # flite restarts its clock when it splits the text
    return pcm, rate, named_segments(pcm, rate, ends, voice.phones)


_SCHEME = """
(define (say text file)
  (let ((u (eval (list 'Utterance 'Text text))))
    (utt.synth u)
    (utt.save.wave u (string-append file ".wav") 'riff)
    (let ((fp (fopen (string-append file ".lab") "w")))
      (mapcar (lambda (s) (format fp "%f %s\\n" (item.feat s "end") (item.name s)))
              (utt.relation.items u 'Segment))
      (fclose fp))))
"""


def festival(voice, r: random.Random, settings):
    """Utterances of a festival voice, one for each `(stretch, pitch factor)` of `settings`; some may be missing."""
    with tempfile.TemporaryDirectory() as folder:
        script = _SCHEME + f"(voice_{voice.name})\n"
        if voice.name.endswith("_hts"):
            script += "(set! plain_hts hts_engine_params)\n"
        for i, (stretch, pitch_factor) in enumerate(settings):
            text = sentence(voice.language, r)
            text = text if voice.language in ("ru",) else ascii_only(text)
            script += f"(Parameter.set 'Duration_Stretch {stretch:.3f})\n"
            if voice.pitch:
                mean, spread = voice.pitch * pitch_factor, 14 * pitch_factor * r.uniform(0.7, 2)
                script += (
                    f"(set! int_lr_params '((target_f0_mean {mean:.1f}) (target_f0_std {spread:.1f}) "
                    "(model_f0_mean 170) (model_f0_std 34)))\n"
                )
            if voice.name.endswith("_hts"):
                tones = 12 * np.log2(pitch_factor)
                script += f"(set! hts_engine_params (append plain_hts '((\"-r\" {1 / stretch:.3f}) (\"-fm\" {tones:.2f}))))\n"
            script += f'(say "{text}" "{folder}/{i}")\n'
        path = Path(folder, "say.scm")
        path.write_text(script)
        subprocess.run(["festival", "-b", str(path)], capture_output=True)
        for i in range(len(settings)):
            labels = Path(folder, f"{i}.lab")
            if not labels.exists():
                yield None
                continue
            pcm, rate = soundfile.read(f"{folder}/{i}.wav", dtype="float32")
            ends = [(float(t), n) for t, n in (line.split() for line in labels.read_text().splitlines())]
            yield (pcm, rate, named_segments(pcm, rate, ends, voice.phones)) if len(ends) > 3 else None
