"""The network: log-mel at 100 Hz → residual dilated convolutions at 50 Hz → controls, phones, voice at 100 Hz."""

import torch
from torch import nn
from torch.nn import functional as F

from phones import CLASSES, CONTROLS

N_CONTROLS, N_CLASSES = len(CONTROLS), len(CLASSES)
DILATIONS = (1, 2, 4, 8, 16, 1, 2, 4, 8, 1)


def _conv(inputs, outputs, taps, bias=False, **options):
    """A convolution over time; two-dimensional, since those are the faster ones on a CPU."""
    return nn.Conv2d(inputs, outputs, (1, taps), bias=bias, **options)


def _norm(channels):
    return nn.BatchNorm2d(channels, momentum=0.05)


class Block(nn.Module):
    """Dilated conv, 1×1 conv, residual; both convs are followed by a batch norm that folds into them."""

    def __init__(self, channels, dilation):
        super().__init__()
        self.wide = _conv(channels, channels, 3, padding=(0, dilation), dilation=(1, dilation))
        self.wide_norm = _norm(channels)
        self.point = _conv(channels, channels, 1)
        self.point_norm = _norm(channels)

    def forward(self, x):
        h = F.relu(self.wide_norm(self.wide(x)))
        return F.relu(x + self.point_norm(self.point(h)))


class Net(nn.Module):
    """`[B, T, 80]` normalised log-mel, T even → logits `[B, 7 + 26 + 1, T]`."""

    def __init__(self, channels=160, fine=96, dilations=DILATIONS, dropout=0.1):
        super().__init__()
        self.front = _conv(80, channels, 5, padding=(0, 2))
        self.front_norm = _norm(channels)
        self.down = _conv(channels, channels, 4, stride=(1, 2), padding=(0, 1))
        self.down_norm = _norm(channels)
        self.blocks = nn.Sequential(*[Block(channels, d) for d in dilations])
        self.drop = nn.Dropout2d(dropout)
        self.up = nn.ConvTranspose2d(channels, fine, (1, 4), stride=(1, 2), padding=(0, 1), bias=False)
        self.skip = _conv(channels, fine, 1)
        self.up_norm = _norm(fine)
        self.mix = _conv(fine, fine, 5, padding=(0, 2))
        self.mix_norm = _norm(fine)
        self.head = _conv(fine, N_CONTROLS + N_CLASSES + 1, 1, bias=True)

    def forward(self, x):
        fine = F.relu(self.front_norm(self.front(x.transpose(1, 2)[:, :, None].contiguous(memory_format=torch.channels_last))))
        h = self.blocks(F.relu(self.down_norm(self.down(fine))))
        h = F.relu(self.up_norm(self.up(self.drop(h)) + self.skip(fine)))
        return self.head(F.relu(self.mix_norm(self.mix(h))))[:, :, 0]


def normalise(mel):
    """Batch `[B, T, 80]` by mean and deviation over each item's frames within 7 nepers of its 95th-percentile level."""
    level = mel.mean(2)
    keep = (level > torch.quantile(level, 0.95, dim=1, keepdim=True) - 7.0).float()[:, :, None]
    count = keep.sum(1, keepdim=True).clamp(min=1)
    mean = (mel * keep).sum(1, keepdim=True) / count
    deviation = (((mel - mean) ** 2 * keep).sum(1, keepdim=True) / count).sqrt().clamp(min=0.7)
    return (mel - mean) / deviation


def receptive_field():
    """Frames at 100 Hz on either side that can change an output."""
    return 2 + 2 + 2 * sum(DILATIONS) + 2 + 2


def load(paths):
    """The network of one run, or the mean of several runs of which each started from another."""
    runs = [torch.load(p, weights_only=False) for p in paths]
    state = runs[0]["state"]
    for key, value in state.items():
        if value.dtype.is_floating_point:
            state[key] = sum(r["state"][key] for r in runs) / len(runs)
    net = Net(runs[0]["settings"]["channels"])
    net.load_state_dict(state)
    return net
