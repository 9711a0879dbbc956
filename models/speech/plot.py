"""Draws a clip's finished mouth motion under its spectrogram: python plot.py <eval.json> <audio folder> <out folder>

`npm run eval` writes `out/eval.json`, which holds the motion of the real clips and their labelled phones.
"""

import json
import sys
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

from audio import read
from mel import log_mel
from phones import CONTROLS

COLOURS = ["black", "tab:blue", "tab:green", "tab:red", "tab:orange", "tab:gray", "tab:purple"]


def draw(clip, pcm, out):
    """One picture: spectrogram, phones, lips, tongue and teeth."""
    mel = log_mel(pcm)
    controls = np.array(clip["articulation"]).reshape(-1, len(CONTROLS))
    seconds = len(mel) / 100
    figure, axes = plt.subplots(3, 1, figsize=(max(12, seconds * 1.6), 8), sharex=True, height_ratios=[2, 2, 1])
    axes[0].imshow(mel.T, origin="lower", aspect="auto", extent=[0, seconds, 0, 80], cmap="magma", vmin=-18)
    for ipa, start, end in clip["phones"]:
        axes[0].axvline(start, color="white", lw=0.3)
        axes[0].text((start + end) / 2, 74, ipa, color="cyan", ha="center", fontsize=8)
        if ipa in ("p", "b", "m"):
            for axis in axes:
                axis.axvspan(start, end, color="red", alpha=0.15)
    t = np.arange(len(controls)) / 100
    for axis, names in ((axes[1], CONTROLS[:5]), (axes[2], CONTROLS[5:])):
        for name in names:
            k = CONTROLS.index(name)
            axis.plot(t, controls[:, k], color=COLOURS[k], lw=1.8 if k == 0 else 1, label=name)
        axis.set_ylim(-0.02, 1.05)
        axis.legend(loc="upper right", fontsize=7, ncol=5)
    axes[2].fill_between(t, 0, np.array(clip["voice"]), color="gray", alpha=0.2, label="voice")
    axes[0].set_title(f"{clip['clip']} ({clip['language']})")
    figure.tight_layout()
    figure.savefig(out, dpi=70)
    plt.close(figure)


def main():
    report, audio, out = (Path(p) for p in sys.argv[1:4])
    out.mkdir(parents=True, exist_ok=True)
    for clip in json.loads(report.read_text())["speech"]["tracks"]:
        draw(clip, read(audio / clip["file"]), out / f"{clip['clip']}.png")


if __name__ == "__main__":
    main()
