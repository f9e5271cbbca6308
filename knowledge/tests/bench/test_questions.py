"""The questions to fit on, beside those that measure."""

import json
import shutil
from pathlib import Path

import pytest

from knowledge.bench import pairs, starter
from knowledge.bench.corpus import STARTER, title_of
from knowledge.bench.made import made_up
from knowledge.bench.questions import TRADES, Unplaced, questions, unplaced
from knowledge.embeddings import embedder
from salesdesk.businesses.models import Business
from salesdesk.businesses.services import create_business

MODEL = "local/all-MiniLM-L6-v2"
TOO_NEAR = 0.9


@pytest.mark.slow
def test_nothing_to_fit_on_means_the_same_as_a_question_of_the_test_half() -> None:
    model = embedder(MODEL)
    measured = model.embed_passages([one.text for one in questions("test")])
    fitted = [one.text for one in questions("fit", "trades")]
    fitted += [one.text for one in unplaced()] + made_up()
    nearest = (model.embed_passages(fitted) @ measured.T).max(axis=1)
    assert [text for text, near in zip(fitted, nearest, strict=True) if near > TOO_NEAR] == []


def test_made_up_questions_are_the_same_every_time_and_each_once() -> None:
    made = made_up()
    assert made == made_up()
    assert len(made) == len({text.lower().rstrip("?") for text in made}) > 400


def test_splits_are_read_from_their_files() -> None:
    assert {one.split for one in questions()} == {"dev", "test"}
    assert {one.split for one in questions("fit", "dev")} == {"fit", "dev"}
    assert {one.split for one in questions("trades")} == {"trades"}


def test_each_answer_is_where_its_question_says() -> None:
    for split, documents in (("fit", STARTER), ("trades", TRADES)):
        texts = {title_of(path): _plain(path) for path in documents.glob("*.md")}
        places = [place for one in questions(split) for answer in one.answers for place in answer]
        assert places and [p for p in places if _words(p.phrase) not in texts[p.title]] == []


def _plain(path: Path) -> str:
    return _words(path.read_text("utf-8"))


def _words(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.django_db
def test_pairs_to_train_on_are_labelled_by_what_their_window_holds(
    business: Business, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(starter, "STARTER", _only("gutters-rainmarch", tmp_path / "set"))
    starter.load(business)
    known = [one for one in questions("fit") if "copper gutters" in one.text]
    monkeypatch.setattr(pairs, "questions", lambda split: known if split == "fit" else [])
    monkeypatch.setattr(pairs, "made_up", lambda: ["do you install pianos"])
    told = [Unplaced("My aunt loves copper. Do you have such gutters?", is_answered=True)]
    monkeypatch.setattr(pairs, "unplaced", lambda: told)
    of_told = [*pairs.unplaced_pairs(business)]
    assert of_told and {(one.question, one.label) for one in of_told} == {(told[0].text, None)}
    made = [*pairs.pairs(business, "fit"), *pairs.made_pairs(business), *of_told]
    right = [one for one in made if one.label == 1]
    assert right and all("$38 per foot" in one.text for one in right)
    assert {one.question for one in made} >= {"do you install pianos", known[0].text}
    assert all(one.label == 0 for one in made if "piano" in one.question)
    others = create_business("Other trades", prompt="You answer questions.")
    assert pairs.write(business, others, tmp_path / "pairs.jsonl") == len(made)
    lines = (tmp_path / "pairs.jsonl").read_text("utf-8").splitlines()
    assert [json.loads(line)[2] for line in lines] == [one.label for one in made]


def _only(name: str, directory: Path) -> Path:
    directory.mkdir()
    shutil.copy(STARTER / f"{name}.md", directory)
    return directory
