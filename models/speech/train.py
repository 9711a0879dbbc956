"""Trains the network: python train.py <corpora> <out.pt> [--steps N] [--seed S] …"""

import argparse
import time

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F
from torch.utils.data import DataLoader

from batches import Batches
from network import N_CLASSES, N_CONTROLS, Net, normalise
from phones import INDEX

WEIGHTS = torch.tensor([2.0, 1.0, 1.5, 0.0, 0.0, 0.7, 0.5])
HARD = [INDEX[c] for c in ("alv", "vel", "lab", "den", "lat")]


def losses(logits, y, c, smoothing=0.1):
    """Smooth-L1 on the controls, cross-entropies on contacts, classes and voice."""
    control = logits[:, :N_CONTROLS].transpose(1, 2)
    shape = F.smooth_l1_loss(torch.sigmoid(control), y[:, :, :N_CONTROLS], beta=0.05, reduction="none")
    shape = 6 * (shape * WEIGHTS).mean()
    contact = y[:, :, 3:5] * (1 - 0.4 * smoothing) + 0.2 * smoothing
    contact = F.binary_cross_entropy_with_logits(
        control[:, :, 3:5], contact, pos_weight=torch.tensor([2.0, 2.0]), reduction="none"
    )
    hard = torch.isin(c, torch.tensor(HARD)).float()[:, :, None]
    contact = (contact * (1 + hard)).mean()
    classes = F.cross_entropy(logits[:, N_CONTROLS : N_CONTROLS + N_CLASSES], c, label_smoothing=smoothing)
    voice = F.binary_cross_entropy_with_logits(logits[:, -1], y[:, :, N_CONTROLS])
    return shape + contact + 0.3 * classes + 0.3 * voice, (shape, contact, classes, voice)


def save(path, net, settings, step):
    torch.save({"state": net.state_dict(), "settings": settings, "step": step}, path)


def main():
    p = argparse.ArgumentParser()
    p.add_argument("corpora")
    p.add_argument("out")
    p.add_argument("--steps", type=int, default=12000)
    p.add_argument("--minutes", type=float, help="anneal over so much time instead of the steps")
    p.add_argument("--batch", type=int, default=24)
    p.add_argument("--rate", type=float, default=2e-3)
    p.add_argument("--channels", type=int, default=160)
    p.add_argument("--seed", type=int, default=0)
    p.add_argument("--strength", type=float, default=1.0)
    p.add_argument("--start", help="weights to start from")
    a = p.parse_args()
    torch.manual_seed(a.seed)
    torch.set_num_threads(1)
    net = Net(a.channels).to(memory_format=torch.channels_last)
    if a.start:
        net.load_state_dict(torch.load(a.start)["state"])
    print("parameters", sum(q.numel() for q in net.parameters()), flush=True)
    average = torch.optim.swa_utils.AveragedModel(
        net, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(0.998), use_buffers=True
    )
    decay = [q for q in net.parameters() if q.dim() > 1]
    rest = [q for q in net.parameters() if q.dim() <= 1]
    optimiser = torch.optim.AdamW(
        [{"params": decay, "weight_decay": 0.02}, {"params": rest, "weight_decay": 0.0}], lr=a.rate
    )
    loader = iter(DataLoader(Batches(a.corpora, a.batch, a.seed, a.strength), batch_size=None, num_workers=1, prefetch_factor=6))
    next(loader)  # the corpora are read now
    begun, log = time.time(), []
    for step in range(a.steps):
        share = (time.time() - begun) / (60 * a.minutes) if a.minutes else step / a.steps
        if share >= 1:
            break
        warm = min(1.0, step / 200)
        for group in optimiser.param_groups:
            group["lr"] = a.rate * warm * (0.5 * (1 + np.cos(np.pi * share)) + 0.003)
        mel, y, c = next(loader)
        with torch.autocast("cpu", torch.bfloat16):
            logits = net(normalise(mel))
        loss, parts = losses(logits.float(), y, c)
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(net.parameters(), 2.0)
        optimiser.step()
        average.update_parameters(net)
        log.append([v.item() for v in parts])
        if step % 100 == 99:
            print(step + 1, round(time.time() - begun), np.round(np.mean(log[-100:], 0), 4), flush=True)
        if step % 500 == 499:
            save(a.out, average.module, vars(a), step + 1)
    save(a.out, average.module, vars(a), step + 1)


if __name__ == "__main__":
    main()
