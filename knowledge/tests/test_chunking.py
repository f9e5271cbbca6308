"""Cutting keeps everything, in order, within limits, whatever comes."""

import random
import zlib

import numpy as np
import pytest

from knowledge.chunking import GOOD, LONGEST, Embed, chunk, count_tokens
from knowledge.embeddings.base import Matrix, normalised
from knowledge.sentences import split_sentences
from knowledge.types import Element

WORDS = "panel roof warranty inverter price twenty-five years $4,000 a.m. Mr. Lee’s 3.5 kW".split()
SEEDS = range(40)
WAYS = ("paragraph", "sentence", "semantic")


def embed(texts: list[str]) -> Matrix:
    """A direction for each text by its first word."""
    rows = [np.random.default_rng(zlib.crc32(text[:4].encode())).normal(size=8) for text in texts]
    return normalised(np.array(rows, dtype=np.float32))


def some_elements(seed: int) -> list[Element]:
    chance = random.Random(seed)
    headings: list[tuple[str, ...]] = [(), ("A",), ("A", "B"), ("C",)]
    elements = []
    heading = headings[0]
    for _ in range(chance.randint(1, 25)):
        if chance.random() < 0.3:
            heading = chance.choice(headings)
        kind = chance.choice(("text", "text", "text", "list", "table"))
        elements.append(Element(_text(chance, kind), kind, heading, chance.randint(1, 9)))
    return elements


def _text(chance: random.Random, kind: str) -> str:
    if kind == "table":
        rows = chance.choice((1, 3, 60))
        return "\n".join(" | ".join(chance.choices(WORDS, k=4)) for _ in range(rows))
    if chance.random() < 0.1:
        return "x" * chance.choice((300, 5000))
    sentences = chance.choice((1, 2, 4, 30))
    return " ".join(_sentence(chance) for _ in range(sentences))


def _sentence(chance: random.Random) -> str:
    words = chance.choices(WORDS, k=chance.choice((2, 9, 25, 300)))
    return " ".join(words).capitalize() + chance.choice(".?!")


def characters(texts: list[str]) -> str:
    return "".join("".join(texts).split())


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("way", WAYS)
def test_no_passage_is_too_long_or_empty(way: str, seed: int) -> None:
    for piece in chunk(some_elements(seed), way, embed):
        assert 0 < count_tokens(piece.text) <= LONGEST


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("way", ["paragraph", "semantic"])
def test_prose_is_kept_whole_and_in_order(way: str, seed: int) -> None:
    prose = [element for element in some_elements(seed) if element.kind != "table"]
    pieces = chunk(prose, way, embed)
    assert characters([one.text for one in pieces]) == characters([one.text for one in prose])


@pytest.mark.parametrize("seed", SEEDS)
def test_every_sentence_stands_in_a_passage(seed: int) -> None:
    prose = [one for one in some_elements(seed) if one.kind != "table"]
    pieces = [" ".join(one.text.split()) for one in chunk(prose, "sentence")]
    sentences = [one for element in prose for one in split_sentences(element.text)]
    fitting = [one for one in sentences if count_tokens(one) <= LONGEST]
    at = 0
    for sentence in fitting:
        at = next(n for n in range(at, len(pieces)) if sentence in pieces[n])


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("way", WAYS)
def test_no_passage_crosses_a_heading_or_mixes_in_a_table(way: str, seed: int) -> None:
    elements = some_elements(seed)
    runs = [element.heading for element in elements if element.text]
    for piece in chunk(elements, way, embed):
        assert piece.heading in runs
        sources = [
            one
            for one in elements
            if one.heading == piece.heading and (one.kind == "table") == (piece.kind == "table")
        ]
        assert set("".join(piece.text.split())) <= set("".join(one.text for one in sources))


@pytest.mark.parametrize("seed", SEEDS)
def test_each_table_row_is_found_whole(seed: int) -> None:
    tables = [element for element in some_elements(seed) if element.kind == "table"]
    lines = [line for piece in chunk(tables, "paragraph") for line in piece.text.splitlines()]
    for table in tables:
        assert set(table.text.splitlines()) <= set(lines)


@pytest.mark.parametrize("way", WAYS)
def test_cutting_again_gives_the_same(way: str) -> None:
    elements = some_elements(7)
    assert chunk(elements, way, embed) == chunk(list(elements), way, embed)


# ---------------------------------------------------------------- by paragraph


def words(count: int, word: str = "roof") -> str:
    return " ".join([word] * (count - 1)) + "."


def test_small_paragraphs_go_together_up_to_a_good_length() -> None:
    elements = [Element(words(50)) for _ in range(10)]
    lengths = [count_tokens(piece.text) for piece in chunk(elements, "paragraph")]
    assert lengths == [150, 150, 150, 50]
    assert max(lengths) <= GOOD


def test_a_short_introduction_stays_with_a_long_paragraph() -> None:
    elements = [Element("These are the terms:"), Element(words(200))]
    assert len(chunk(elements, "paragraph")) == 1


def test_a_list_stays_with_its_introduction_a_line_an_item() -> None:
    elements = [Element("Bring:"), Element("A bill", "list"), Element("A plan", "list")]
    (piece,) = chunk(elements, "paragraph")
    assert (piece.text, piece.kind) == ("Bring:\nA bill\nA plan", "text")
    (items,) = chunk(elements[1:], "paragraph")
    assert items.kind == "list"


def test_a_long_paragraph_is_cut_between_sentences() -> None:
    text = " ".join(words(100, word) for word in ("one", "two", "three", "four"))
    pieces = chunk([Element(text, page=3)], "paragraph")
    assert all(piece.text.endswith(".") for piece in pieces)
    assert {piece.page for piece in pieces} == {3}


# ---------------------------------------------------------------- by sentence and meaning


def test_windows_of_sentences_share_one() -> None:
    text = "One is. Two is. Three is. Four is. Five is."
    pieces = [piece.text for piece in chunk([Element(text)], "sentence")]
    assert pieces == ["One is. Two is. Three is.", "Three is. Four is. Five is."]


def test_a_passage_ends_where_the_meaning_changes() -> None:
    def by_word(texts: list[str]) -> Matrix:
        return np.array([[1, 0] if "roof" in text else [0, 1] for text in texts], np.float32)

    elements = [Element(words(40, "roof"))] * 2 + [Element(words(40, "loan"))] * 2
    pieces = chunk(elements, "semantic", by_word)
    assert ["loan" in piece.text for piece in pieces] == [False, True]


def test_cutting_by_meaning_needs_a_model() -> None:
    none: Embed | None = None
    with pytest.raises(ValueError, match="embeddings"):
        chunk([Element("Text.")], "semantic", none)


# ---------------------------------------------------------------- tables


def test_a_table_that_fits_stays_whole() -> None:
    table = Element("Size | Price\n1 | $5\n2 | $9", "table", ("Prices",), 2)
    (piece,) = chunk([Element("See:", heading=("Prices",)), table], "paragraph")[1:]
    assert (piece.text, piece.kind, piece.page) == (table.text, "table", 2)


def test_a_long_table_repeats_its_header() -> None:
    rows = [f"Model {n} | {n} kilowatts | ${n},000" for n in range(80)]
    pieces = chunk([Element("\n".join(["Model | Power | Price", *rows]), "table")], "sentence")
    assert len(pieces) > 1
    assert {piece.text.splitlines()[0] for piece in pieces} == {"Model | Power | Price"}
    assert [line for piece in pieces for line in piece.text.splitlines()[1:]] == rows


# ---------------------------------------------------------------- sentences


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("It is 3.5 kW. Good!", ["It is 3.5 kW.", "Good!"]),
        ("Ask Mr. Lee at 9 a.m. on Monday.", ["Ask Mr. Lee at 9 a.m. on Monday."]),
        ("Open at 9 a.m. Then call.", ["Open at 9 a.m.", "Then call."]),
        ("He said “Yes.” Then he left", ["He said “Yes.”", "Then he left"]),
        ("1. Turn it off. 2. Wait.", ["1. Turn it off.", "2. Wait."]),
        ("A line\nanother", ["A line", "another"]),
        (" ", []),
    ],
)
def test_text_is_cut_into_sentences(text: str, sentences: list[str]) -> None:
    assert split_sentences(text) == sentences
