# mypy: disable-error-code="import-not-found, misc, no-any-return, no-untyped-call"
"""What an encoder is made of, when most of it stays as it is."""

import math
from dataclasses import dataclass, fields

import torch
import torch.nn.functional as F
from torch import Tensor, nn

Weights = dict[str, Tensor]


class Linear(nn.Module):
    """A matrix that stays, in half precision, and a low-rank one added to it that does not."""

    def __init__(self, weights: Weights, name: str, rank: int) -> None:
        super().__init__()
        self.name = name
        self.register_buffer("weight", weights[f"{name}.weight"].to(torch.bfloat16))
        rows, columns = self.weight.shape
        self.bias = nn.Parameter(weights[f"{name}.bias"].clone())
        self.down = nn.Parameter(torch.randn(rank, columns) / math.sqrt(columns))
        self.up = nn.Parameter(torch.zeros(rows, rank))

    def forward(self, states: Tensor) -> Tensor:
        states = states.to(torch.bfloat16)
        bias, down, up = (one.to(torch.bfloat16) for one in (self.bias, self.down, self.up))
        return F.linear(states, self.weight, bias) + F.linear(F.linear(states, down), up)

    def trained(self) -> Weights:
        return {
            f"{self.name}.weight.up": self.up,
            f"{self.name}.weight.down": self.down,
            f"{self.name}.bias": self.bias,
        }


class Norm(nn.LayerNorm):
    def __init__(self, weights: Weights, name: str, epsilon: float) -> None:
        super().__init__(weights[f"{name}.weight"].shape[0], eps=epsilon)
        self.name = name
        self.weight.data.copy_(weights[f"{name}.weight"])
        self.bias.data.copy_(weights[f"{name}.bias"])

    def forward(self, states: Tensor) -> Tensor:
        return super().forward(states.float())

    def trained(self) -> Weights:
        return {f"{self.name}.weight": self.weight, f"{self.name}.bias": self.bias}


@dataclass(frozen=True, slots=True)
class Names:
    query: str
    key: str
    value: str
    out: str
    norm: str
    wide: str = "intermediate.dense"
    narrow: str = "output.dense"
    last_norm: str = "output.LayerNorm"


@dataclass(frozen=True, slots=True)
class Design:
    """Of a kind of encoder: ``rank`` of what is added, ``dropped`` share of features in training,
    ``names`` of a layer's parts below ``encoder.layer.N``."""

    rank: int
    heads: int
    epsilon: float
    dropped: float
    names: Names


class Layer(nn.Module):
    """Of an encoder that norms after each part, as BERT does."""

    def __init__(self, weights: Weights, design: Design, number: int) -> None:
        super().__init__()
        self.design = design
        for field in fields(Names):
            name = f"encoder.layer.{number}.{getattr(design.names, field.name)}"
            part: nn.Module
            if field.name.endswith("norm"):
                part = Norm(weights, name, design.epsilon)
            else:
                part = Linear(weights, name, design.rank)
            self.add_module(field.name, part)

    def forward(self, states: Tensor, bias: Tensor) -> Tensor:
        """``bias`` is added to the scores of attention, ``[batch, heads or 1, length or 1,
        length]``."""
        seen = self.out(self._attention(states, bias))
        states = self.norm(states + self._thinned(seen))
        made = self.narrow(F.gelu(self.wide(states)))
        return self.last_norm(states + self._thinned(made))

    def _attention(self, states: Tensor, bias: Tensor) -> Tensor:
        query, key, value = (
            self._heads(part(states)) for part in (self.query, self.key, self.value)
        )
        scores = query @ key.transpose(2, 3) * query.shape[-1] ** -0.5
        chances = torch.softmax(scores + bias, -1).to(value.dtype)
        return (chances @ value).transpose(1, 2).flatten(2)

    def _heads(self, states: Tensor) -> Tensor:
        return states.unflatten(2, (self.design.heads, -1)).transpose(1, 2)

    def _thinned(self, states: Tensor) -> Tensor:
        """In training without a share of the features, the same of all tokens of a text."""
        states = states.float()
        if not self.training:
            return states
        kept = torch.rand(states.shape[0], 1, states.shape[2]) > self.design.dropped
        return states * kept / (1 - self.design.dropped)


def hidden(own: Tensor) -> Tensor:
    """The bias that hides from attention what is no text's own."""
    return torch.zeros(own.shape).masked_fill(~own, -1e4)[:, None, None, :]
