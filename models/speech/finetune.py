"""Fine-tunes an exported network on aligned readings of real people:

python finetune.py <network.onnx> <readings.pkl> <corpora> <out.onnx> [--steps N] [--minutes M] [--seed S] [--share A]

It starts from exported weights, whose batch norms are folded. Two thirds of the windows are readings, drawn by voice; the
rest is espeak-ng of many languages and sound without speech, so that breadth and silence are kept. What is written is
the mean of the start and of the end (`--share` of the end): that keeps what each does well.
"""

import argparse
import pickle
import time
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import nn
from torch.nn import functional as F

from augment import augment
from batches import LENGTH, load, take, tempo_path
from labels import controls
from network import DILATIONS, normalise
from people import without_lips
from train import losses

READ_SHARE = 0.65
VOICELESS = 2  # windows of a batch
LARGEST = 2.2  # how much more often the largest voice is drawn than one of 50 s


class Folded(nn.Module):
    """The network after its batch norms were folded, with the weights in the file's order."""

    def __init__(self, weights):
        super().__init__()
        self.weights = nn.ParameterList([nn.Parameter(torch.from_numpy(w.astype(np.float32))) for w in weights])

    def forward(self, x):
        weights = iter(self.weights)

        def conv(x, padding=0, stride=1, dilation=1):
            return F.conv1d(x, next(weights), next(weights), stride, padding, dilation)

        fine = F.relu(conv(x.transpose(1, 2), 2))
        h = F.relu(conv(fine, 1, 2))
        for dilation in DILATIONS:
            y = F.relu(conv(h, dilation, 1, dilation))
            h = F.relu(h + conv(y))
        up = F.conv_transpose1d(h, next(weights), next(weights), 2, 1)
        h = F.relu(up + conv(fine))
        return conv(F.relu(conv(h, 2)))


def tensors(model):
    return [w for w in model.graph.initializer if w.name != "parts"]


def draw(rng, readings, share, espeak, silent, batch):
    """One augmented batch: mel `[B, T, 80]`, controls and voice `[B, T, 8]`, classes `[B, T]`."""
    voices = list(readings)
    rest = np.r_[controls([], 4)[0][0], 0].astype(np.float32)
    mels, ys, cs, backs = [], [], [], []
    for _ in range(batch):
        quiet = silent[rng.integers(len(silent))]
        backs.append(take((quiet, quiet, np.zeros(len(quiet))), tempo_path(rng, LENGTH, len(quiet)))[0])
        source = readings[voices[rng.choice(len(voices), p=share)]] if rng.random() < READ_SHARE else espeak
        item = source[rng.integers(len(source))]
        mel, y, c = take(item, tempo_path(rng, LENGTH, len(item[0])))
        mels.append(mel)
        ys.append(y)
        cs.append(c)
    mel, back = (torch.from_numpy(np.stack(x)) for x in (mels, backs))
    y, c = torch.from_numpy(np.stack(ys)), torch.from_numpy(np.stack(cs))
    mel = augment(mel, back, 0.8)
    mel[:VOICELESS], y[:VOICELESS], c[:VOICELESS] = back[:VOICELESS], torch.from_numpy(rest), 0
    return mel, y, c


def main():
    p = argparse.ArgumentParser()
    p.add_argument("network")
    p.add_argument("readings")
    p.add_argument("corpora")
    p.add_argument("out")
    p.add_argument("--steps", type=int, default=500)
    p.add_argument("--minutes", type=float, help="anneal over so much time instead of the steps")
    p.add_argument("--batch", type=int, default=16)
    p.add_argument("--rate", type=float, default=4e-4)
    p.add_argument("--seed", type=int, default=0)
    p.add_argument("--share", type=float, default=0.5)
    a = p.parse_args()
    torch.manual_seed(a.seed)
    torch.set_num_threads(1)
    rng = np.random.default_rng(a.seed)
    model = without_lips(a.network)
    net = Folded([numpy_helper.to_array(w) for w in tensors(model)])
    optimiser = torch.optim.AdamW(net.parameters(), a.rate, weight_decay=1e-3)
    readings = {v: items for v, items in pickle.loads(Path(a.readings).read_bytes()).items() if items}
    espeak = [item for path in sorted(Path(a.corpora).glob("espeak-*.pkl")) for item in load(path)]
    silent = pickle.loads((Path(a.corpora) / "voiceless.features").read_bytes())
    frames = np.array([sum(len(m) for m, _, _ in items) for items in readings.values()])
    share = np.minimum(LARGEST, np.sqrt(frames / 5000))
    share /= share.sum()
    begun, log = time.time(), []
    for step in range(a.steps):
        done = (time.time() - begun) / (60 * a.minutes) if a.minutes else step / a.steps
        if done >= 1:
            break
        for group in optimiser.param_groups:
            group["lr"] = a.rate * min(1, step / 30) * (0.5 * (1 + np.cos(np.pi * done)) + 0.003)
        mel, y, c = draw(rng, readings, share, espeak, silent, a.batch)
        with torch.autocast("cpu", torch.bfloat16):
            logits = net(normalise(mel))
        loss, parts = losses(logits.float(), y, c)
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimiser.step()
        log.append([v.item() for v in parts])
        if step % 25 == 24:
            print(step + 1, round(time.time() - begun), np.round(np.mean(log[-25:], 0), 4), flush=True)
    for tensor, weight in zip(tensors(model), net.weights):
        start = numpy_helper.to_array(tensor).astype(np.float32)
        mean = (1 - a.share) * start + a.share * weight.detach().numpy()
        tensor.CopyFrom(numpy_helper.from_array(mean.astype(np.float16), tensor.name))
    onnx.save(model, a.out)


if __name__ == "__main__":
    main()
