"""What the reading model learns from; training itself needs PyTorch and is tried by hand."""

import json
from pathlib import Path

from knowledge.bench.pairs import Pair
from knowledge.bench.training import rows, squad
from knowledge.bench.training.rows import Row

CONTEXT = (
    "The mill was built in 1872. It ground rye for the valley. "
    "The river was dammed in 1901. A flood broke the dam."
)


def test_an_answered_question_comes_with_its_sentence_and_without(tmp_path: Path) -> None:
    question = "When was the mill built?"
    made = _rows(tmp_path, {"question": question, "answers": [{"text": "1872"}]})
    assert [row.answers for row in made] == [1]
    assert "1872" in made[0].text and made[0].text.startswith("Old mill. ")
    apart = "Far. " * 100
    made = _rows(
        tmp_path,
        {"question": question, "answers": [{"text": "1872"}]},
        context=f"The mill was built in 1872. {apart}The dam was built. {apart}Bye.",
    )
    assert [row.answers for row in made] == [1, 0]
    assert "1872" not in made[1].text and "The dam was built." in made[1].text


def test_an_impossible_question_comes_with_what_shares_its_words(tmp_path: Path) -> None:
    impossible = {"question": "Who dammed the river in 1901?", "is_impossible": True, "answers": []}
    made = _rows(tmp_path, impossible)
    assert [row.answers for row in made] == [0]
    assert "dammed in 1901" in made[0].text


def test_rows_are_read_as_pairs_are_written(tmp_path: Path) -> None:
    path = tmp_path / "pairs.jsonl"
    pair = Pair("Does it hum?", "It hums.", None, 1.0)
    path.write_text(json.dumps([pair.question, pair.text, pair.label, pair.weight]), "utf-8")
    assert rows.read(path) == [Row("Does it hum?", "It hums.", None, 1.0)]


def _rows(directory: Path, question: dict[str, object], *, context: str = CONTEXT) -> list[Row]:
    paragraph = {"context": context, "qas": [question]}
    article = {"title": "Old_mill", "paragraphs": [paragraph]}
    path = directory / "squad.json"
    path.write_text(json.dumps({"data": [article]}), "utf-8")
    return list(squad.rows_of(path))
