# mypy: disable-error-code="import-not-found, misc, no-any-return, no-untyped-call"
"""all-mpnet-base-v2 (MPNet, Song and others, 2020), to be trained."""

import math
from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import load_file
from torch import Tensor, nn

from knowledge.bench.training.adapters import Design, Layer, Names, Norm, hidden
from knowledge.bench.training.reader import Reader
from knowledge.search.mpnet_shape import EPSILON, FARTHEST, FIRST_PLACE, HEADS, LAYERS

DESIGN = Design(
    rank=24,
    heads=HEADS,
    epsilon=EPSILON,
    dropped=0.1,
    names=Names(
        query="attention.attn.q",
        key="attention.attn.k",
        value="attention.attn.v",
        out="attention.attn.o",
        norm="attention.LayerNorm",
    ),
)
SIZE = 768
BUCKETS = 32


class MPNet(Reader):
    padding = 1

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, SIZE)
        weights = load_file(str(folder / "model.safetensors"))
        self.register_buffer("words", weights["embeddings.word_embeddings.weight"])
        self.register_buffer("places", weights["embeddings.position_embeddings.weight"])
        self.register_buffer("distances", weights["encoder.relative_attention_bias.weight"])
        self.norm = Norm(weights, "embeddings.LayerNorm", DESIGN.epsilon)
        self.layers = nn.ModuleList([Layer(weights, DESIGN, number) for number in range(LAYERS)])

    def states(self, ids: Tensor, own: Tensor) -> Tensor:
        length = ids.shape[1]
        places = self.places[FIRST_PLACE : FIRST_PLACE + length]
        states = self.norm(F.embedding(ids, self.words) + places)
        bias = (hidden(own) + self._distances(length)).to(torch.bfloat16)
        for layer in self.layers:
            states = layer(states, bias)
        return states

    def _distances(self, length: int) -> Tensor:
        """How much each head minds each distance, ``[1, heads, length, length]``."""
        places = torch.arange(length)
        buckets = _buckets(places[None, :] - places[:, None])
        return self.distances[buckets].permute(2, 0, 1)[None]


def _buckets(distances: Tensor) -> Tensor:
    """As T5 numbers them (Raffel and others, 2020): near ones apart, far ones together."""
    half = BUCKETS // 2
    exact = half // 2
    away = distances.abs()
    grown = torch.log(away.float().clamp(min=1) / exact) / math.log(FARTHEST / exact)
    far = (exact + grown * (half - exact)).long().clamp(max=half - 1)
    return (distances > 0).long() * half + torch.where(away < exact, away, far)
