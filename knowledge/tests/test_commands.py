"""manage.py ingest and seed_demo."""

import io
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from knowledge.models import Document
from knowledge.tests.conftest import SAMPLES
from salesdesk.businesses.models import Business


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


def test_the_demo_brings_its_documents_once(db: None, words_model: str) -> None:
    said = io.StringIO()
    call_command("seed_demo", process=True, json=True, stdout=said)
    demo = json.loads(said.getvalue())
    documents = Document.objects.filter(business__numbers__number=demo["number"])
    assert set(documents.values_list("status", flat=True)) == {"ready"}
    count = documents.count()
    again = io.StringIO()
    call_command("seed_demo", process=True, stdout=again)
    assert again.getvalue().splitlines()[-1].startswith("0 documents are new or changed")
    assert documents.count() == count >= 25
