"""Endless augmented training batches from the corpora, sampled per voice."""

import pickle
from pathlib import Path

import numpy as np
import torch
from torch.utils.data import IterableDataset

import negatives
import voices
from augment import augment
from audio import read
from labels import controls
from mel import log_mel

LENGTH = 320  # frames in a training window
ESPEAK_SHARE = 0.25
NEGATIVE_SHARE = 0.1
VOICELESS_CLIPS = 1500
# how often a voice is drawn among the natural ones; recorded units teach the most
VOICE_WEIGHT = {"msu_ru_nsh_clunits": 2.2, "rms": 1.4, "awb": 1.4, "slt": 1.4, "kal16": 0.6, "ked_diphone": 1.2}


def load(path):
    """Utterances of one corpus as `(mel fp16, controls and voice fp16 [T, 8], classes int8)`; kept beside it."""
    kept = Path(path).with_suffix(".features")
    if kept.exists():
        return pickle.loads(kept.read_bytes())
    with open(path, "rb") as f:
        utterances = pickle.load(f)
    out = []
    for u in utterances:
        mel = log_mel(u["pcm"].astype(np.float32) / 32767)
        y, c, v = controls(u["segments"], len(mel))
        out.append((mel.astype(np.float16), np.c_[y, v].astype(np.float16), c.astype(np.int8)))
    kept.write_bytes(pickle.dumps(out, 5))
    return out


def tempo_path(rng, length, available):
    """Fractional frame indices of a window whose tempo wanders between 0.65 and 1.5."""
    knots = np.exp(rng.uniform(-0.22, 0.22) + rng.normal(0, 0.16, length // 24 + 2))
    rate = np.clip(np.interp(np.arange(length) / 24, np.arange(len(knots)), knots), 0.65, 1.5)
    at = np.cumsum(rate)
    start = rng.uniform(-30, max(1, available - at[-1] + 30))
    return np.clip(start + at, 0, available - 1)


def take(item, at):
    """One utterance sampled at fractional frames."""
    mel, y, c = item
    i = at.astype(int)
    j = np.minimum(i + 1, len(mel) - 1)
    w = (at - i)[:, None].astype(np.float32)
    blend = lambda x: x[i].astype(np.float32) * (1 - w) + x[j].astype(np.float32) * w
    return blend(mel), blend(y), c[np.round(at).astype(int)].astype(np.int64)


# real clips that are never scored; the network may grow consistent on them, without labels
UNSCORED = (
    "ar-AR_Broadband_sample2.wav",
    "fr-FR_Narrowband_sample2.wav",
    "ja-JP_Broadband_sample2.wav",
    "ko-KR_BroadbandModel_sample1.wav",
    "nl_two_speakers_16k_15s.wav",
    "zh-CN_sample1_for_16k.wav",
    "zh-CN_sample2_for_8k.wav",
)
REAL_BATCH = 8


class Batches(IterableDataset):
    """`(mel [B, T, 80], controls and voice [B, T, 8], classes [B, T])`, augmented, not normalised.

    With a folder of real clips also `[2, 8, T, 80]`: windows of them, clean and augmented.
    """

    def __init__(self, folder, batch, seed, strength=1.0, real=None):
        self.folder, self.batch, self.seed, self.strength, self.real = Path(folder), batch, seed, strength, real

    def _sources(self):
        natural = [(v.name, load(self.folder / f"{v.name}.pkl")) for v in voices.NATURAL if v.train]
        espeak = [load(self.folder / f"espeak-{n}.pkl") for n in voices.ESPEAK_TRAIN]
        weights = np.array([VOICE_WEIGHT.get(name, 1.0) for name, _ in natural])
        return [items for _, items in natural], weights / weights.sum(), espeak

    def _voiceless(self):
        """Sounds without speech, made once."""
        kept = self.folder / "voiceless.features"
        if not kept.exists():
            rng = np.random.default_rng(1)
            clips = [log_mel(negatives.clip(rng)).astype(np.float16) for _ in range(VOICELESS_CLIPS)]
            kept.write_bytes(pickle.dumps(clips, 5))
        return pickle.loads(kept.read_bytes())

    def __iter__(self):
        rng = np.random.default_rng(self.seed)
        torch.manual_seed(self.seed)
        torch.set_num_threads(1)
        natural, weights, espeak = self._sources()
        silent = self._voiceless()
        real = [log_mel(read(Path(self.real, name))) for name in UNSCORED] if self.real else []
        rest, _, _ = controls([], 4)
        while True:
            mels, ys, cs, backs = [], [], [], []
            for _ in range(self.batch):
                quiet = silent[rng.integers(len(silent))]
                backs.append(take((quiet, quiet, np.zeros(len(quiet))), tempo_path(rng, LENGTH, len(quiet)))[0])
                if rng.random() < ESPEAK_SHARE:
                    source = espeak[rng.integers(len(espeak))]
                else:
                    source = natural[rng.choice(len(natural), p=weights)]
                item = source[rng.integers(len(source))]
                mel, y, c = take(item, tempo_path(rng, LENGTH, len(item[0])))
                mels.append(mel)
                ys.append(y)
                cs.append(c)
            mel, back = (torch.from_numpy(np.stack(x)) for x in (mels, backs))
            y, c = torch.from_numpy(np.stack(ys)), torch.from_numpy(np.stack(cs))
            mel = augment(mel, back, self.strength)
            count = int(np.ceil(self.batch * NEGATIVE_SHARE))
            mel[:count] = back[:count]
            y[:count] = torch.from_numpy(np.r_[rest[0], 0].astype(np.float32))
            c[:count] = 0
            # one natural silence in a while, longer than any pause of the corpora
            for b in range(count, self.batch):
                if rng.random() < 0.06:
                    n = int(rng.integers(40, 200))
                    at = int(rng.integers(0, LENGTH - n))
                    mel[b, at : at + n] = mel[b].amin(0) + 0.3 * torch.randn(n, 80)
                    y[b, at : at + n] = torch.from_numpy(np.r_[rest[0], 0].astype(np.float32))
                    c[b, at : at + n] = 0
            if real:
                windows = []
                for _ in range(REAL_BATCH):
                    mel_real = real[rng.integers(len(real))]
                    at = tempo_path(rng, LENGTH, len(mel_real))
                    windows.append(take((mel_real, mel_real, np.zeros(len(mel_real))), at)[0])
                clean = torch.from_numpy(np.stack(windows))
                yield mel, y, c, torch.stack([clean, augment(clean, back[:REAL_BATCH], self.strength)])
            else:
                yield mel, y, c
