"""Augmentation of log-mel batches, in the domain of mel power: voices, rooms, channels, noise."""

import torch
from torch.nn import functional as F


def _pick(batch, share):
    return torch.rand(batch) < share


def _uniform(shape, low, high):
    return torch.empty(shape).uniform_(low, high)


def _warp(mel, amount):
    """Vocal-tract length: the mel axis stretched by up to ± `amount` and shifted by up to one band."""
    batch, time, bands = mel.shape
    on = _pick(batch, 0.75).float()[:, None]
    scale = 1 + (torch.exp(_uniform((batch, 1), -amount, amount)) - 1) * on
    at = (torch.arange(bands)[None] * scale + _uniform((batch, 1), -1, 1) * on).clamp(0, bands - 1.001)
    i = at.long()
    w = (at - i)[:, None, :]
    low = torch.gather(mel, 2, i[:, None, :].expand(batch, time, bands))
    high = torch.gather(mel, 2, (i + 1)[:, None, :].expand(batch, time, bands))
    return low * (1 - w) + high * w


def _reverb(power, share):
    batch, _, bands = power.shape
    seconds = _uniform((batch,), 0.1, 0.6)
    ratio = torch.exp(_uniform((batch,), -3.5, -0.7)) * _pick(batch, share)
    tail = torch.exp(-13.8 * torch.arange(1, 40)[None] * 0.01 / seconds[:, None])
    kernel = torch.cat([torch.ones(batch, 1), tail / tail.sum(1, keepdim=True) * ratio[:, None]], 1).flip(1)
    x = F.pad(power.permute(2, 0, 1), (39, 0))
    return F.conv1d(x, kernel[:, None], groups=batch).permute(1, 2, 0)


def augment(mel, background, strength=1.0):
    """`[B, T, 80]` log-mel of clean speech with `background` `[B, T, 80]` (other sound) mixed into some."""
    batch, time, bands = mel.shape
    mel = _warp(mel, 0.12)
    clean = mel
    blurred = torch.log(F.avg_pool1d(torch.exp(mel), 5, 1, 2) + 1e-10)
    mel = torch.where(_pick(batch, 0.25)[:, None, None], blurred, mel)
    # syllables louder and softer than a synthesiser makes them
    knots = torch.randn(batch, 1, max(2, time // 16)) * _uniform((batch, 1, 1), 0, 0.7)
    mel = mel + F.interpolate(knots, time, mode="linear", align_corners=True).transpose(1, 2)
    power = _reverb(torch.exp(mel), 0.35 * strength)
    texture = _uniform((batch, 1, 1), 0, 0.3) * _pick(batch, 0.5).float()[:, None, None]
    power = power * torch.exp(texture * torch.randn(batch, time, bands))
    curve = torch.randn(batch, 1, 6) * _uniform((batch, 1, 1), 0, 1.2)
    tilt = _uniform((batch, 1, 1), -1.5, 1.5) * torch.linspace(-1, 1, bands)
    equaliser = F.interpolate(curve, bands, mode="linear", align_corners=True) + tilt
    power = power * torch.exp(equaliser * _pick(batch, 0.8).float()[:, None, None])
    level = torch.quantile(power.mean(2), 0.9, dim=1)[:, None, None]

    snr = torch.where(torch.rand(batch, 1, 1) < 0.5, _uniform((batch, 1, 1), 3, 25), _uniform((batch, 1, 1), 25, 55))
    colour = torch.exp(F.interpolate(torch.randn(batch, 1, 5) * 1.5, bands, mode="linear", align_corners=True))
    colour = colour / colour.mean(2, keepdim=True)
    knots = torch.randn(batch, 1, max(2, time // 30)) * _uniform((batch, 1, 1), 0, 0.8)
    swell = torch.exp(F.interpolate(knots, time, mode="linear", align_corners=True)).permute(0, 2, 1)
    noise = colour * swell * torch.exp(0.6 * torch.randn(batch, time, bands) - 0.18)
    real = torch.exp(background)
    real = real / (real.mean(2).quantile(0.9, dim=1)[:, None, None] + 1e-10)
    noise = torch.where(_pick(batch, 0.3)[:, None, None], real, noise)
    on = _pick(batch, 0.7 * strength).float()[:, None, None]
    power = power + on * level * torch.exp(-snr * 0.2303) * noise

    babble = _pick(batch, 0.1 * strength)
    if babble.any():
        other = torch.randperm(batch)[: int(babble.sum())]
        gain = level[babble] / level[other] * torch.exp(-_uniform((len(other), 1, 1), 10, 30) * 0.2303)
        power[babble] = power[babble] + torch.exp(clean[other]).flip(1) * gain
    coded = _pick(batch, 0.2)
    if coded.any():
        loss = torch.exp(-_uniform((int(coded.sum()), 1, 1), 20, 38) * 0.2303)
        power[coded] = power[coded] + power[coded].mean(2, keepdim=True) * loss
    band = torch.arange(bands)[None]
    dull = (band >= torch.randint(52, 78, (batch, 1))) & _pick(batch, 0.3)[:, None]
    power = torch.where(dull[:, None, :], power * 1e-4, power)
    thin = (band < torch.randint(2, 9, (batch, 1))) & _pick(batch, 0.25)[:, None]
    power = torch.where(thin[:, None, :], power * 0.01, power)
    power = power * torch.exp(_uniform((batch, 1, 1), -3.5, 2)) + torch.exp(_uniform((batch, 1, 1), -23, -14))
    mel = torch.log(power)
    holes = _pick(batch, 0.3 * strength)
    for b in torch.nonzero(holes)[:, 0].tolist():
        first = int(torch.randint(0, bands - 8, (1,)))
        mel[b, :, first : first + int(torch.randint(2, 8, (1,)))] = mel[b].mean()
    return mel
