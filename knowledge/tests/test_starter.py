"""The starter set and its questions agree with each other; nothing here needs Django."""

import datetime
import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

KNOWLEDGE = Path(__file__).resolve().parents[1]
STARTER = sorted((KNOWLEDGE / "starter").glob("*.md"))
EVALS = KNOWLEDGE / "evals" / "starter.jsonl"
FITTING = KNOWLEDGE / "evals" / "fitting.jsonl"

FRONT_MATTER = re.compile(r"\A---\n(.*?)\n---\n(.*)\Z", re.DOTALL)
HEADING = re.compile(r"^#{1,6} (.+)$", re.MULTILINE)
KEYS = {"title", "type", "vendor", "tags", "date", "version", "source"}
TYPES = {
    "product",
    "warranty",
    "financing",
    "procedure",
    "objection",
    "policy",
    "faq",
    "price_list",
}
LEAST = {"plain": 60, "paraphrase": 60, "misheard": 30, "compound": 30, "unanswerable": 40}


def read_document(path: Path) -> tuple[dict[str, Any], str]:
    """Front matter and body; a document without front matter fails here."""
    match = FRONT_MATTER.match(path.read_text(encoding="utf-8"))
    assert match, f"{path.name} has no front matter"
    return yaml.safe_load(match[1]), match[2]


def read_sections(body: str) -> list[tuple[str, str]]:
    """Each heading with the text between it and the next heading of any level."""
    _, *pieces = HEADING.split(body)
    return list(zip(pieces[::2], pieces[1::2], strict=True))


def read_questions(path: Path = EVALS) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def places(question: dict[str, Any]) -> Iterator[dict[str, str]]:
    """Every section that the question names as holding an answer."""
    for answer in question["answers"]:
        yield answer
        yield from answer.get("also", [])


QUESTIONS = read_questions()
FIT = read_questions(FITTING)
SECTIONS = {path.stem: read_sections(read_document(path)[1]) for path in STARTER}
document = pytest.mark.parametrize("path", STARTER, ids=lambda path: path.stem)


# ---------------------------------------------------------------- documents


def test_the_set_has_its_size_and_every_type() -> None:
    assert 25 <= len(STARTER) <= 35
    assert {read_document(path)[0]["type"] for path in STARTER} == TYPES


@document
def test_front_matter_is_complete(path: Path) -> None:
    meta, _ = read_document(path)
    assert set(meta) == KEYS
    assert meta["type"] in TYPES
    assert isinstance(meta["date"], datetime.date)
    assert isinstance(meta["version"], str)
    assert meta["source"] == "Sample content"
    assert meta["tags"] and all(isinstance(tag, str) for tag in meta["tags"])


@document
def test_a_document_says_first_that_it_is_a_sample(path: Path) -> None:
    meta, body = read_document(path)
    title, mark = [line for line in body.splitlines() if line.strip()][:2]
    assert title == f"# {meta['title']}"
    assert mark.startswith("*Sample content for the demo business.")


@document
def test_length_and_headings_suit_passages(path: Path) -> None:
    _, body = read_document(path)
    headings = [heading for heading, _ in SECTIONS[path.stem]]
    assert 350 <= len(body.split()) <= 900
    assert len(headings) == len(set(headings)) >= 5
    assert all(text.strip() for _, text in SECTIONS[path.stem])


@document
def test_table_rows_have_as_many_cells_as_their_head(path: Path) -> None:
    _, body = read_document(path)
    for table in re.findall(r"(?:^\|.*\|\n)+", body, re.MULTILINE):
        rows = table.splitlines()
        assert re.fullmatch(r"\|( --- \|)+", rows[1])
        assert len({row.count("|") for row in rows}) == 1


# ---------------------------------------------------------------- questions


def test_ids_and_questions_are_unique() -> None:
    assert len({question["id"] for question in QUESTIONS}) == len(QUESTIONS)
    assert len({question["question"].lower() for question in QUESTIONS}) == len(QUESTIONS)


def test_there_are_enough_questions_of_each_kind() -> None:
    counts = Counter(question["kind"] for question in QUESTIONS)
    assert len(QUESTIONS) >= 200
    assert set(counts) == set(LEAST)
    assert all(counts[kind] >= least for kind, least in LEAST.items())


def test_the_halves_are_balanced_within_each_kind() -> None:
    counts = Counter((question["kind"], question["split"]) for question in QUESTIONS)
    assert {split for _, split in counts} == {"dev", "test"}
    for kind in LEAST:
        assert abs(counts[kind, "dev"] - counts[kind, "test"]) <= 1


def test_each_question_has_the_answers_of_its_kind() -> None:
    expected = {"unanswerable": 0, "compound": 2}
    fields = {"id", "question", "kind", "split", "answers"}
    odd = [
        question["id"]
        for question in QUESTIONS + FIT
        if set(question) != fields or len(question["answers"]) != expected.get(question["kind"], 1)
    ]
    assert odd == []


def test_each_answer_stands_in_the_named_section() -> None:
    texts = {name: dict(sections) for name, sections in SECTIONS.items()}
    lost = [
        (question["id"], place)
        for question in QUESTIONS + FIT
        for place in places(question)
        if place["contains"] not in texts[place["document"]].get(place["heading"], "")
    ]
    assert lost == []


def test_questions_do_not_copy_the_documents() -> None:
    """No eight words in a row are taken over from the text."""
    runs = {run for sections in SECTIONS.values() for _, text in sections for run in _runs(text)}
    copied = [q["id"] for q in QUESTIONS + FIT if runs.intersection(_runs(q["question"]))]
    assert copied == []


def _runs(text: str, length: int = 8) -> Iterator[tuple[str, ...]]:
    words = re.findall(r"\w+", text.lower())
    return (tuple(words[i : i + length]) for i in range(len(words) - length + 1))


def test_every_document_is_asked_about() -> None:
    asked = {answer["document"] for question in QUESTIONS for answer in question["answers"]}
    assert asked == set(SECTIONS)


# ---------------------------------------------------------------- questions to fit on


def test_questions_to_fit_on_are_many_of_both_sorts() -> None:
    counts = Counter(bool(question["answers"]) for question in FIT)
    assert {question["split"] for question in FIT} == {"fit"}
    assert counts[True] >= 250
    assert counts[False] >= 250


def test_no_question_to_fit_on_is_one_that_measures() -> None:
    ids = {question["id"] for question in FIT}
    asked = {_plain(question["question"]) for question in FIT}
    assert len(ids) == len(asked) == len(FIT)
    assert not ids & {question["id"] for question in QUESTIONS}
    assert not asked & {_plain(question["question"]) for question in QUESTIONS}


def _plain(question: str) -> str:
    """Its words alone, so that neither case nor marks make it another."""
    return " ".join(re.findall(r"[a-z0-9]+", question.lower()))
