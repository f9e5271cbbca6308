# mypy: disable-error-code="import-not-found, misc, no-any-return, no-untyped-call"
"""The loop of training, and asking what was trained."""

import random
import sys
import time
from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import nn

from knowledge.bench.training.reader import Reader
from knowledge.bench.training.rows import Row, as_heard

BATCH = 32
WARM_UP_STEPS = 50
LEAST_SPEED = 0.02


def train(reader: Reader, rows: Sequence[Row], *, epochs: int, speed: float) -> None:
    """Adam on the weighted cross-entropy; the rate falls to nothing towards the end."""
    rows = [as_heard(row) for row in rows if row.answers is not None]
    tokens = [reader.tokens(row.question, row.text) for row in rows]
    parameters = list(reader.parameters())
    optimizer = torch.optim.AdamW(parameters, lr=speed, weight_decay=0.01)
    batches = [batch for _ in range(epochs) for batch in _batches([len(one) for one in tokens])]
    started = time.monotonic()
    reader.train()
    for step, batch in enumerate(batches):
        left = max(LEAST_SPEED, 1 - step / len(batches))
        optimizer.param_groups[0]["lr"] = speed * min(1, (step + 1) / WARM_UP_STEPS) * left
        odds = reader(*reader.padded([tokens[at] for at in batch]))
        answers = torch.tensor([float(rows[at].answers or 0) for at in batch])
        weights = torch.tensor([rows[at].weight for at in batch])
        loss = F.binary_cross_entropy_with_logits(odds, answers, weight=weights)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        if step % 50 == 0:
            rate = (step + 1) * BATCH / (time.monotonic() - started)
            say(f"{step}/{len(batches)} loss {loss.item():.3f} {rate:.0f}/s")


def _batches(lengths: Sequence[int]) -> list[list[int]]:
    """All rows in random batches of like lengths."""
    order = random.sample(range(len(lengths)), len(lengths))
    batches: list[list[int]] = []
    for start in range(0, len(order), 20 * BATCH):
        some = sorted(order[start : start + 20 * BATCH], key=lambda at: lengths[at])
        cut = [some[at : at + BATCH] for at in range(0, len(some), BATCH)]
        batches += random.sample(cut, len(cut))
    return batches


def judge(reader: Reader, rows: Sequence[Row]) -> list[float]:
    """The probability that each text answers its question."""
    tokens = [reader.tokens(row.question, row.text) for row in rows]
    order = sorted(range(len(rows)), key=lambda at: len(tokens[at]))
    judged = [0.0] * len(rows)
    reader.eval()
    with torch.no_grad():
        for start in range(0, len(order), BATCH):
            batch = order[start : start + BATCH]
            odds = reader(*reader.padded([tokens[at] for at in batch]))
            for at, one in zip(batch, torch.sigmoid(odds).tolist(), strict=True):
                judged[at] = one
    return judged


def say(line: str) -> None:
    sys.stderr.write(f"{line}\n")
