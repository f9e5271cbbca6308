"""Reading the first candidates closely: what is read, by which model, and what it changes."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from unittest.mock import Mock
from zipfile import ZipFile

import numpy as np
import pytest

from knowledge.embeddings.conversion import Weights
from knowledge.search import mpnet, reading
from knowledge.search import reader as readers
from knowledge.search.reader import Reader, adapted, read_or_none
from knowledge.search.reading import MOST_READ, as_in, combined, read_closely
from knowledge.search.rerank import LocalReranker, Query, query_for
from knowledge.search.vocabulary import Vocabulary, vocabulary_from
from knowledge.search.window import window_of
from knowledge.tests.search.test_rerank import TEXTS, candidate
from salesdesk.lib.errors import NotInstalled, ProviderError

TABLE = "Item | Price\nPipe boot | $380\nChimney flashing | $950\nValley | $65"
LONG = " ".join(f"Sentence number {n} is about nothing that was asked." for n in range(30))


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return vocabulary_from([*TEXTS, TABLE])


@pytest.fixture
def query(vocabulary: Vocabulary) -> Query:
    return query_for("What do gutters cost?", vocabulary)


# ---------------------------------------------------------------- the window


def test_a_window_is_headed_and_keeps_the_order(vocabulary: Vocabulary) -> None:
    of = candidate(
        "Gutters carry rain. They cost $14 per foot.", title="Gutters", heading=("Gutters", "Price")
    )
    window = window_of(query_for("What do they cost?", vocabulary), of)
    assert window == "Gutters, Price. Gutters carry rain. They cost $14 per foot."


def test_of_a_long_passage_the_relevant_sentence_is_in_the_window(query: Query) -> None:
    window = window_of(query, candidate(f"{LONG} Gutters cost $14 per foot. {LONG}"))
    assert "Gutters cost $14 per foot." in window
    assert len(window.split()) <= 60


def test_a_table_keeps_its_head_above_the_rows_that_are_read(vocabulary: Vocabulary) -> None:
    asked = query_for("chimney flashing", vocabulary)
    window = window_of(asked, candidate(TABLE, kind="table"), most_words=8)
    assert "Item | Price Chimney flashing | $950" in window
    assert "Valley" not in window


# ---------------------------------------------------------------- the model


def test_the_passage_that_answers_is_likelier_than_one_that_does_not() -> None:
    question = "How long is the warranty on the inverter?"
    right, other, far = Reader().read(
        question, [TEXTS[0], "The inverter weighs 47 pounds.", "Sourdough needs a night to rise."]
    )
    assert right > max(other, far)


def test_no_texts_need_no_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readers, "_load", lambda: pytest.fail("it was loaded"))
    assert Reader().read("anything", []) == []


def test_a_text_is_judged_alike_in_any_company_and_at_any_length() -> None:
    reader = Reader()
    alone = reader.read("What does a panel weigh?", [TEXTS[3]])[0]
    among = reader.read("What does a panel weigh? " * 30, [LONG * 5])
    together = reader.read("What does a panel weigh?", [LONG, TEXTS[3], "Yes."])[1]
    assert together == pytest.approx(alone, abs=0.2)
    assert np.isfinite(among[0])


def test_threads_share_one_model(monkeypatch: pytest.MonkeyPatch) -> None:
    loads: list[int] = []
    load = readers._load

    def counted() -> object:
        loads.append(threading.get_ident())
        return load()

    monkeypatch.setattr(readers, "_load", counted)
    reader = Reader()
    with ThreadPoolExecutor(4) as pool:
        read = list(pool.map(lambda text: reader.read("What do gutters cost?", [text]), TEXTS * 3))
    assert len(loads) == 1
    assert read[:4] == read[4:8] == read[8:]


def test_an_adapter_adds_its_product_and_replaces_the_rest() -> None:
    weights = {"a.weight": np.ones((2, 2), np.float32), "a.bias": np.zeros(2, np.float32)}
    arrays = {
        "a.weight.up": np.array([[1.0], [2.0]], np.float32),
        "a.weight.down": np.array([[3.0, 0.0]], np.float32),
        "a.bias": np.array([5.0, 6.0], np.float32),
        "head.bias": np.zeros(1, np.float32),
    }
    made = adapted(weights, arrays)
    assert made["a.weight"].tolist() == [[4.0, 1.0], [7.0, 1.0]]
    assert made["a.bias"].tolist() == [5.0, 6.0]
    assert set(made) == set(weights)
    assert weights["a.weight"].tolist() == [[1.0, 1.0], [1.0, 1.0]]


@pytest.mark.slow
def test_the_adapter_changes_the_model_it_is_for_and_is_converted_small(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    unknown: set[str] = set()

    def change(weights: Weights) -> Weights:
        made = adapted(weights, readers.adapter())
        unknown.update(made.keys() - weights.keys())
        return made

    folder = mpnet.converted(tmp_path, "adapted", change)
    assert unknown == set()
    assert (folder / "model.bin").stat().st_size < 120_000_000
    assert {path.name for path in folder.iterdir()} == {
        *("config.json", "model.bin", "tokenizer.json", "vocabulary.json"),
    }
    monkeypatch.setattr(mpnet, "_cut_files", lambda: pytest.fail("it was converted again"))
    assert mpnet.converted(tmp_path, "adapted", change) == folder


@pytest.mark.parametrize("content", ["no zip file", "a zip file of something else"])
def test_other_wheels_than_the_adapters_are_refused_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str
) -> None:
    cut = tmp_path / "model.zip.001"
    cut.write_bytes(b"something else")
    if content != "no zip file":
        with ZipFile(cut, "w") as archive:
            archive.writestr(f"{mpnet.INSIDE}/{mpnet.WEIGHTS}", b"something else")
    looked = Mock(return_value=[cut])
    monkeypatch.setattr(mpnet, "_cut_files", looked)
    monkeypatch.setenv("SALESDESK_MODELS_DIR", str(tmp_path / "models"))
    reader = Reader()
    for _ in range(2):
        with pytest.raises(ProviderError, match=r"does not load: the wheels .* something else"):
            reader.read("What do gutters cost?", [TEXTS[1]])
    looked.assert_called_once()
    assert {path.suffix for path in (tmp_path / "models").iterdir()} == {".lock"}


# ---------------------------------------------------------------- where it is not installed


def _without_wheels(monkeypatch: pytest.MonkeyPatch, models: Path) -> None:
    monkeypatch.setattr(mpnet, "PARTS", ("no-such-package",))
    monkeypatch.setenv("SALESDESK_MODELS_DIR", str(models))


def test_without_the_model_nothing_changes_and_the_log_says_so_once(
    query: Query, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    _without_wheels(monkeypatch, tmp_path)
    monkeypatch.setattr(readers, "reader", Reader)
    readers._say_once.cache_clear()
    judged = LocalReranker().judge(query, [candidate(text) for text in TEXTS])
    assert read_closely(query, judged) == judged
    assert read_closely(query, judged) == judged
    assert [
        record.message for record in caplog.records if "not read closely" in record.message
    ] == [
        "passages are not read closely, so answers are judged less well: The reading model is not "
        "installed: no-such-package is missing (see requirements-models.txt)."
    ]


def test_a_missing_model_is_a_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    _without_wheels(monkeypatch, tmp_path)
    with pytest.raises(NotInstalled, match="no-such-package is missing"):
        Reader().read("What do gutters cost?", [TEXTS[1]])


# ---------------------------------------------------------------- what it changes


def test_what_is_read_decides_among_the_first(
    query: Query, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = [candidate(f"Gutters of kind {n} cost ${n}.") for n in range(MOST_READ + 2)]
    judged = LocalReranker().judge(query, many)
    said = [-6.0, -6.0, 6.0, *[-6.0] * (MOST_READ - 3)]
    monkeypatch.setattr(reading, "read_or_none", lambda question, texts: said)
    again = read_closely(query, judged)
    assert again[0].candidate == judged[2].candidate
    assert again[0].read == 6.0
    assert sorted(one.candidate.id for one in again) == sorted(one.candidate.id for one in judged)
    assert again[MOST_READ:] == judged[MOST_READ:]


def test_only_the_first_are_read(query: Query, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def read(question: str, texts: list[str]) -> list[float | None]:
        asked.append(len(texts))
        return [0.0] * len(texts)

    monkeypatch.setattr(reading, "read_or_none", read)
    judged = LocalReranker().judge(query, [candidate(f"Gutter {n}") for n in range(MOST_READ * 3)])
    read_closely(query, judged)
    assert asked == [MOST_READ]


def test_the_combined_score_grows_with_either() -> None:
    assert 0 < combined(0.2, -2) < combined(0.2, 2) < combined(0.6, 2) < 1
    assert 0 <= combined(0.0, -30) < combined(1.0, 30) <= 1


def test_read_or_none_reads() -> None:
    assert all(value is not None for value in read_or_none("Is it black?", ["It is black."]))


@pytest.mark.parametrize(
    ("question", "window", "asked"),
    [
        ("a 25 year warranty?", "For twenty five years we …", "a twenty five year warranty?"),
        ("a 25-year warranty?", "For twenty-five years we …", "a twenty-five-year warranty?"),
        ("a 25 year warranty?", "For 25 (twenty-five) years we …", "a 25 year warranty?"),
        ("a 25 year warranty?", "For ten years we …", "a 25 year warranty?"),
        ("Is it 1,250 or 3.5?", "one two three five", "Is it 1,250 or 3.5?"),
        ("Do you have 2 of them?", "The two of them", "Do you have two of them?"),
    ],
)
def test_a_number_is_asked_for_in_the_form_of_the_window(
    question: str, window: str, asked: str
) -> None:
    assert as_in(window, question) == asked
