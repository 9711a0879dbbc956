"""Brings manifest.json up to date with what was learned from people:

python manifest_people.py <mouth.onnx> <figures of people.py, or - without GRID> <eval.json or -> '<settings of finetune.py>' …
"""

import hashlib
import json
import sys
from pathlib import Path

from blend import SHARE
from manifest import figures_of
from people import LIPS
from readings import LANGUAGES

SOURCES = {
    "cv_en": "CC0 1.0 (Common Voice)",
    "de_kerstin": "CC0 1.0 (rhasspy voice data sets)",
    "en_kathleen": "CC0 1.0 (rhasspy voice data sets)",
    "nl_BE_flemishguy": "CC0 1.0 (rhasspy voice data sets)",
    "en_US_ljspeech": "public domain (LJ Speech, LibriVox)",
    "en_vctk": "CC BY 4.0 (VCTK, Centre for Speech Technology Research, University of Edinburgh)",
    "es_mls": "CC BY 4.0 (Multilingual LibriSpeech)",
}
GRID = (
    "CC BY 4.0 (GRID audio-visual sentence corpus; M. Cooke, J. Barker, S. Cunningham, X. Shao, J. Acoust. Soc. Am. 120(5), "
    "2006; Zenodo record 3625687)"
)


def licence_of(voice):
    return next(text for name, text in SOURCES.items() if voice.startswith(name))


def main():
    path, people, report, *runs = Path(sys.argv[1]), sys.argv[2], sys.argv[3], *sys.argv[4:]
    place = path.with_name("manifest.json")
    manifest = json.loads(place.read_text())
    data = path.read_bytes()
    manifest["about"] = (
        "Mouth controls, phone classes, voice activity and people's lips at 100 Hz from log-mel energies of speech in any "
        "language."
    )
    manifest["origin"] = (
        "Trained from scratch for this project on synthesised speech, fine-tuned on readings of people, its lips fitted to "
        "measured faces (models/speech/README.md)."
    )
    manifest["outputs"]["lips"] = [1, -1, len(LIPS)]
    manifest["lips"] = LIPS
    manifest["receptiveFieldFrames"] = 134
    manifest["readings"] = {
        "runs": [json.loads(run) for run in runs],
        "share": SHARE,
        "voices": [{"voice": v, "language": lang, "licence": licence_of(v)} for v, lang in LANGUAGES.items()],
    }
    manifest.pop("people", None)
    if people != "-":
        manifest["people"] = {"corpus": "GRID", "licence": GRID, **json.loads(Path(people).read_text())}
    if report != "-":
        manifest["figures"] = figures_of(report)
    manifest["output"] = {"file": path.name, "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
    place.write_text(json.dumps(manifest, indent=2, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
