# mypy: disable-error-code="import-not-found, no-untyped-call"
"""Trains; see the package."""

import argparse
import random
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from knowledge.bench.training import rows, squad
from knowledge.bench.training.loop import judge, say, train
from knowledge.bench.training.mpnet import MPNet
from knowledge.bench.training.rows import Row

THREADS = 2
SQUAD_ROWS = 8_000
SPEED, LAST_SPEED = 4e-4, 3e-4
LEAST_BEST = 0.8
"""Of the passages for a question that is answered, the likeliest counts for at least so much."""


def adapter(model: Path, squad_file: Path, pairs: Path, target: Path) -> None:
    reader = MPNet(model)
    say("on SQuAD")
    first = random.sample(list(squad.rows_of(squad_file)), SQUAD_ROWS)
    train(reader, first, epochs=1, speed=SPEED)
    own = rows.read(pairs)
    say("on pairs with labels")
    train(reader, own, epochs=1, speed=SPEED)
    say("on all pairs")
    train(reader, _with_labels(own, reader), epochs=1, speed=LAST_SPEED)
    np.savez_compressed(target, **reader.arrays())


def _with_labels(own: Sequence[Row], reader: MPNet) -> list[Row]:
    unknown = [row for row in own if row.answers is None]
    judged = judge(reader, unknown)
    best: dict[str, float] = {}
    for row, one in zip(unknown, judged, strict=True):
        best[row.question] = max(one, best.get(row.question, 0.0))
    labelled = [
        replace(row, answers=max(one, LEAST_BEST) if one == best[row.question] else one)
        for row, one in zip(unknown, judged, strict=True)
    ]
    return [*(row for row in own if row.answers is not None), *labelled]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m knowledge.bench.training")
    for name in ("model", "squad_file", "pairs", "target"):
        parser.add_argument(name, type=Path)
    random.seed(1)
    torch.manual_seed(1)
    torch.set_num_threads(THREADS)
    adapter(**vars(parser.parse_args()))


if __name__ == "__main__":
    main()
