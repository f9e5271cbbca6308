# mypy: disable-error-code="import-not-found, misc, no-any-return, no-untyped-call"
"""A question and a text go in together, log-odds come out."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor, nn

from knowledge.bench.training.adapters import Linear, Norm
from knowledge.search.mpnet_shape import put_together


class Reader(nn.Module):
    """Says from an encoder's first state and the mean of all whether a text answers."""

    padding: int

    def __init__(self, folder: Path, size: int) -> None:
        super().__init__()
        self.tokenizer: Any = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self.tokenizer.no_padding()
        self.tokenizer.no_truncation()
        self.head = nn.Linear(2 * size, 1)
        nn.init.normal_(self.head.weight, std=0.02)
        nn.init.zeros_(self.head.bias)

    def states(self, ids: Tensor, own: Tensor) -> Tensor:
        raise NotImplementedError

    def forward(self, ids: Tensor, own: Tensor) -> Tensor:
        states = self.states(ids, own)
        mean = (states * own[..., None]).sum(1) / own.sum(1, keepdim=True)
        return self.head(torch.cat([states[:, 0], mean], 1))[:, 0]

    def tokens(self, question: str, text: str) -> list[int]:
        asked, read = (one.ids for one in self.tokenizer.encode_batch([question, text]))
        return put_together(asked, read)

    def padded(self, rows: Sequence[list[int]]) -> tuple[Tensor, Tensor]:
        """Ids, and which of them are a row's own."""
        ids = torch.full((len(rows), max(map(len, rows))), self.padding)
        own = torch.zeros(ids.shape, dtype=torch.bool)
        for at, row in enumerate(rows):
            ids[at, : len(row)] = torch.tensor(row)
            own[at, : len(row)] = True
        return ids, own

    def arrays(self) -> dict[str, Any]:
        """By the names that ``knowledge.search.reader`` expects."""
        made = {"head.weight": self.head.weight[0], "head.bias": self.head.bias}
        for part in self.modules():
            if isinstance(part, Linear | Norm):
                made.update(part.trained())
        return {name: array.detach().numpy().astype(np.float16) for name, array in made.items()}
