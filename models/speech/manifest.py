"""Writes manifest.json beside the weights: python manifest.py <mouth.onnx> <eval.json or -> <weights.pt> [<more.pt> …]"""

import hashlib
import json
import sys
from pathlib import Path

import onnx
import torch

import voices
from batches import ESPEAK_SHARE, NEGATIVE_SHARE
from network import receptive_field
from phones import CLASSES, CONTROLS


def entry(voice):
    return {
        "voice": voice.name,
        "engine": voice.engine,
        "speaker": voice.speaker,
        "language": voice.language,
        "licence": voice.licence,
    }


def run_of(path):
    """How one of the averaged runs was trained."""
    run = torch.load(path, weights_only=False)
    s = run["settings"]
    kept = {k: s[k] for k in ("batch", "rate", "seed", "strength") if k in s}
    return {"steps": run["step"], **kept, "realClipsByConsistency": bool(s.get("real"))}


def figures_of(path):
    """The measured figures of this model, by group."""
    if path == "-":
        return {}
    report = json.loads(Path(path).read_text())
    report = report.get("speech", report)
    rounded = lambda f: {k: round(v, 3) for k, v in f.items() if v is not None}
    return {group: rounded(columns["model"]) for group, columns in report["groups"].items()}


def main():
    path, report, weights = Path(sys.argv[1]), sys.argv[2], sys.argv[3:]
    data = path.read_bytes()
    model = onnx.load(path)
    manifest = {
        "name": "mouth",
        "about": "Mouth controls, phone classes and voice activity at 100 Hz from log-mel energies of speech in any language.",
        "origin": "Trained from scratch for this project on synthesised speech (models/speech/README.md).",
        "licence": "MIT, like the project",
        "opset": model.opset_import[0].version,
        "inputs": {"mel": [1, -1, 80]},
        "outputs": {"controls": [1, -1, len(CONTROLS)], "phones": [1, -1, len(CLASSES)], "voice": [1, -1, 1]},
        "shape": "the number of frames is even",
        "controls": CONTROLS,
        "phoneClasses": CLASSES,
        "normalisation": (
            "natural log of mel power at 16 kHz (Hann 400, hop 160, FFT 512, 80 bands 20-7600 Hz of unit sum, floor "
            "1e-10), minus the mean, by the deviation (at least 0.7) of each band over the clip's frames within 7 nepers "
            "of its 95th-percentile level"
        ),
        "receptiveFieldFrames": receptive_field(),
        "parameters": sum(int(torch.tensor(w.dims).prod()) for w in model.graph.initializer if w.name != "parts"),
        "training": {
            "averagedRuns": [run_of(w) for w in weights],
            "espeakShare": ESPEAK_SHARE,
            "withoutSpeechShare": NEGATIVE_SHARE,
            "voices": [entry(v) for v in voices.NATURAL if v.train],
            "espeak": {"languages": voices.ESPEAK_TRAIN, "variants": len(set(voices.ESPEAK_VARIANTS)), "licence": voices.ESPEAK_LICENCE},
        },
        "heldOut": {"voices": [entry(v) for v in voices.HELD_OUT], "espeakLanguages": voices.ESPEAK_HELD_OUT},
        "figures": figures_of(report),
        "output": {"file": path.name, "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()},
    }
    path.with_name("manifest.json").write_text(json.dumps(manifest, indent=2, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
