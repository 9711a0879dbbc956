"""Trains the network: python train.py <corpora> <out.pt> [--steps N] [--seed S] …"""

import argparse
import time

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F
from torch.utils.data import DataLoader

from batches import Batches
from network import N_CLASSES, N_CONTROLS, Net, load, normalise
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


def consistency(logits, teacher, clean):
    """Distance of what the network says of disturbed windows from what its average says of the clean ones."""
    teacher.eval()
    with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
        expected = teacher(normalise(clean)).float()
    phones = slice(N_CONTROLS, N_CONTROLS + N_CLASSES)
    shape = F.smooth_l1_loss(torch.sigmoid(logits[:, :N_CONTROLS]), torch.sigmoid(expected[:, :N_CONTROLS]), beta=0.05)
    share = torch.softmax(expected[:, phones] / 0.8, 1)
    classes = -(share * torch.log_softmax(logits[:, phones], 1)).sum(1).mean()
    return 6 * shape + 0.3 * classes


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
    p.add_argument("--start", nargs="+", help="weights to start from; the mean of several")
    p.add_argument("--real", help="folder of real clips; the unscored ones teach by consistency")
    p.add_argument("--memory", type=float, default=0.998, help="of the averaged weights, per step")
    a = p.parse_args()
    torch.manual_seed(a.seed)
    torch.set_num_threads(1)
    net = (load(a.start) if a.start else Net(a.channels)).to(memory_format=torch.channels_last)
    print("parameters", sum(q.numel() for q in net.parameters()), flush=True)
    average = torch.optim.swa_utils.AveragedModel(
        net, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(a.memory), use_buffers=True
    )
    decay = [q for q in net.parameters() if q.dim() > 1]
    rest = [q for q in net.parameters() if q.dim() <= 1]
    optimiser = torch.optim.AdamW(
        [{"params": decay, "weight_decay": 0.02}, {"params": rest, "weight_decay": 0.0}], lr=a.rate
    )
    loader = iter(DataLoader(Batches(a.corpora, a.batch, a.seed, a.strength, a.real), batch_size=None, num_workers=1, prefetch_factor=6))
    next(loader)  # the corpora are read now
    begun, log = time.time(), []
    for step in range(a.steps):
        share = (time.time() - begun) / (60 * a.minutes) if a.minutes else step / a.steps
        if share >= 1:
            break
        warm = min(1.0, step / 200)
        for group in optimiser.param_groups:
            group["lr"] = a.rate * warm * (0.5 * (1 + np.cos(np.pi * share)) + 0.003)
        mel, y, c, *real = next(loader)
        inputs = torch.cat([normalise(mel), normalise(real[0][1])]) if real else normalise(mel)
        with torch.autocast("cpu", torch.bfloat16):
            logits = net(inputs)
        logits = logits.float()
        loss, parts = losses(logits[: len(mel)], y, c)
        if real:
            loss = loss + consistency(logits[len(mel) :], average.module, real[0][0])
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
