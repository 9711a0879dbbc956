"""Fits what the lips of real people do to what the network hears, and writes both as one ONNX file:

python people.py <network.onnx> <folder of GRID> <mouth.onnx> [--folds <folder>] [--without grid] [--figures <json>]

The network's controls, phones, voice and last features, 320 ms to either side, go through one linear layer to `opening`
(1 = the speaker's own 95th percentile), `width` (from the speaker's median, in distances between the eyes) and `touch`
(1 = the lips are together). The layer is a ridge regression in closed form: it has no seed. `--folds` also writes, for
each speaker, a file that was fitted without that speaker. `--without grid` writes the layer that says the same from the
abstract controls alone and learns from nobody.
"""

import argparse
import json
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

import grid
from mel import log_mel, statistics
from phones import BILABIAL, CONTROLS, LABIODENTAL

LIPS = ["opening", "width", "touch"]
REACH, STEP = 32, 8  # frames to either side, and between the taps
RIDGE = {"opening": 1.0, "width": 0.3, "touch": 1.0}
# Half of the width's target is what the speakers of the fit do in the same word: one person's track is noisier.
USUAL = 0.5
# Means shrink towards the middle: this restores the speaker's own reach, and shuts what is nearly shut.
EXPAND, SHUT = 1.4, 0.18
PARTS = ["controls", "phones", "voice"]


def feature_name(model):
    """The tensor before the last convolution."""
    last = next(n for n in model.graph.node if "parts" in n.input).input[0]
    transpose = next(n for n in model.graph.node if last in n.output)
    return next(n for n in model.graph.node if transpose.input[0] in n.output).input[0]


def without_lips(path):
    """The network as `export.py` writes it, also where a fitted layer was added."""
    model = onnx.load(path)
    if all(o.name != "lips" for o in model.graph.output):
        return model
    first = next(i for i, n in enumerate(model.graph.node) if "lips_features" in n.output)
    del model.graph.node[first:]
    kept = [w for w in model.graph.initializer if not w.name.startswith("lips_")]
    del model.graph.initializer[:]
    model.graph.initializer.extend(kept)
    outputs = [o for o in model.graph.output if o.name != "lips"]
    del model.graph.output[:]
    model.graph.output.extend(outputs)
    return model


class Ears:
    """Runs the network on recordings and keeps what it hears."""

    def __init__(self, model):
        model = onnx.ModelProto.FromString(model.SerializeToString())
        name = feature_name(model)
        model.graph.output.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, None))
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(model.SerializeToString(), options)
        self.outputs = [*PARTS, name]

    def hear(self, pcm):
        """`[frames, 130]`: controls, phones, voice, features."""
        mel = log_mel(pcm)
        mean, deviation = statistics(mel)
        frames = len(mel)
        if frames % 2:
            mel = np.concatenate([mel, np.full((1, mel.shape[1]), np.log(1e-10), np.float32)])
        x = ((mel - mean) / deviation)[None].astype(np.float32)
        controls, phones, voice, features = self.session.run(self.outputs, {"mel": x})
        return np.concatenate([controls[0], phones[0], voice[0], features[0].T], 1)[:frames]


def rows(heard, frames):
    """The taps around some frames, `[len(frames), taps · channels]`; zero outside the recording."""
    padded = np.pad(heard, ((REACH, REACH), (0, 0)))
    return np.concatenate([padded[frames + REACH + o] for o in range(-REACH, REACH + 1, STEP)], 1)


def smooth(x):
    """A bell of one frame, over time."""
    kernel = np.exp(-0.5 * np.arange(-3, 4) ** 2)
    kernel /= kernel.sum()
    padded = np.pad(x, ((3, 3), (0, 0)))
    return sum(k * padded[i : i + len(x)] for i, k in enumerate(kernel))


def measured(clip):
    touch = np.clip((0.3 - clip.opening) / 0.15, 0, 1)
    return np.stack([clip.opening, clip.width, touch], 1)


def targets(clip, clips):
    """`[frames, 3]`: what was measured, the width drawn to that of the speakers of `clips` in the same words."""
    out, usual = measured(clip), grid.usual(clip, clips, "width")
    spoken = ~np.isnan(usual)
    out[spoken, 1] += USUAL * (usual[spoken] - out[spoken, 1])
    return out


def fit(inputs, clips):
    """Weights `[taps · channels, 3]` and offsets `[3]` of the rows of some clips."""
    x = np.concatenate(inputs)
    y = np.concatenate([targets(c, clips) for c in clips])
    x0, y0 = x.mean(0), y.mean(0)
    x = x - x0
    moments, wanted = x.T @ x, x.T @ (y - y0)
    ridge = lambda name: RIDGE[name] * len(x) * np.eye(x.shape[1])
    solved = [np.linalg.solve(moments + ridge(name), wanted[:, k]) for k, name in enumerate(LIPS)]
    weights = np.stack(solved, 1)
    offsets = y0 - x0 @ weights
    scale = np.array([EXPAND, 1, 1])
    return weights * scale, offsets * scale - np.array([SHUT, 0, 0])


def abstract(channels):
    """The same three from the abstract controls and the phones alone."""
    taps = 2 * REACH // STEP + 1
    weights = np.zeros((taps, channels, 3))
    now = weights[taps // 2]
    now[CONTROLS.index("aperture"), 0] = 1.15
    now[CONTROLS.index("stretch"), 1] = 0.06
    now[CONTROLS.index("round"), 1] = -0.08
    now[len(CONTROLS) + BILABIAL, 2] = 0.9
    now[len(CONTROLS) + LABIODENTAL, 2] = 0.4
    return weights.reshape(-1, 3), np.zeros(3)


def attach(model, weights, offsets, mean, deviation):
    """The network with one more output, `lips` `[1, frames, 3]`."""
    model = onnx.ModelProto.FromString(model.SerializeToString())
    graph = model.graph
    channels = len(mean)
    features = feature_name(model)
    half = lambda name, value: graph.initializer.append(numpy_helper.from_array(value.astype(np.float16), name))
    # [taps · channels, 3] → [3, channels, taps]; the deviation goes into the weights, the mean is taken out before them
    kernel = weights.reshape(-1, channels, 3).transpose(2, 1, 0) / deviation[None, :, None]
    half("lips_mean", mean[None, :, None])
    half("lips_kernel", kernel)
    half("lips_offset", offsets)
    add = lambda op, inputs, output, **attributes: graph.node.append(helper.make_node(op, inputs, [output], **attributes))
    add("Identity", [features], "lips_features")
    for name in PARTS:
        add("Transpose", [name], f"lips_{name}", perm=[0, 2, 1])
    for name in ("mean", "kernel", "offset"):
        add("Cast", [f"lips_{name}"], f"lips_{name}f", to=TensorProto.FLOAT)
    add("Concat", [*(f"lips_{n}" for n in PARTS), "lips_features"], "lips_all", axis=1)
    add("Sub", ["lips_all", "lips_meanf"], "lips_centred")
    add(
        "Conv",
        ["lips_centred", "lips_kernelf", "lips_offsetf"],
        "lips_last",
        kernel_shape=[kernel.shape[2]],
        dilations=[STEP],
        pads=[REACH, REACH],
    )
    add("Transpose", ["lips_last"], "lips", perm=[0, 2, 1])
    graph.output.append(helper.make_tensor_value_info("lips", TensorProto.FLOAT, [1, "frames", len(LIPS)]))
    onnx.checker.check_model(model, full_check=True)
    return model


def r(a, b):
    return float(np.corrcoef(a, b)[0, 1])


def main():
    p = argparse.ArgumentParser()
    p.add_argument("network")
    p.add_argument("grid")
    p.add_argument("out")
    p.add_argument("--folds")
    p.add_argument("--without", choices=["grid"])
    p.add_argument("--figures")
    a = p.parse_args()
    model = without_lips(a.network)
    if a.without:
        channels = Ears(model).hear(np.zeros(1600, np.float32)).shape[1]
        weights, offsets = abstract(channels)
        onnx.save(attach(model, weights, offsets, np.zeros(channels), np.ones(channels)), a.out)
        return
    ears, clips = Ears(model), grid.clips(a.grid)
    heard = [ears.hear(c.pcm) for c in clips]
    everything = np.concatenate(heard)
    # As the file holds them: halves.
    mean = everything.mean(0).astype(np.float16).astype(np.float32)
    deviation = everything.std(0) + 0.02
    inputs = []
    for clip, h in zip(clips, heard):
        at = np.minimum(np.arange(len(clip.opening)) * 4, len(h) - 1)
        inputs.append(smooth(rows((h - mean) / deviation, np.arange(len(h))))[at])
    figures = {}
    for speaker in sorted({c.speaker for c in clips}):
        others = [c.speaker != speaker for c in clips]
        kept = [[v for v, other in zip(values, others) if other] for values in (inputs, clips)]
        weights, offsets = fit(*kept)
        said = np.concatenate([x for x, other in zip(inputs, others) if not other]) @ weights + offsets
        true = np.concatenate([measured(c) for c, other in zip(clips, others) if not other])
        figures[speaker] = {
            "openingR": r(np.maximum(0, said[:, 0]), true[:, 0]),
            "widthR": r(said[:, 1], true[:, 1]),
            "touchR": r(said[:, 2], true[:, 2]),
        }
        print(speaker, {k: round(v, 3) for k, v in figures[speaker].items()})
        if a.folds:
            Path(a.folds).mkdir(parents=True, exist_ok=True)
            onnx.save(attach(model, weights, offsets, mean, deviation), Path(a.folds) / f"{speaker}.onnx")
    mean_of = {k: float(np.mean([f[k] for f in figures.values()])) for k in ("openingR", "widthR", "touchR")}
    print("mean", {k: round(v, 3) for k, v in mean_of.items()})
    weights, offsets = fit(inputs, clips)
    onnx.save(attach(model, weights, offsets, mean, deviation), a.out)
    if a.figures:
        speakers = sorted(figures)
        Path(a.figures).write_text(json.dumps({"speakers": speakers, "leaveOneSpeakerOut": mean_of}, indent=2) + "\n")


if __name__ == "__main__":
    main()
