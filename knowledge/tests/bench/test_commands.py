"""bench_search and bench_answers: what they refuse, and the whole of each on very little."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command


def run(tmp_path: Path, *arguments: str) -> Any:
    """The command's JSON, from a process of its own, since it makes a database of its own."""
    environment = {
        **os.environ,
        "SECRET_KEY": settings.SECRET_KEY,
        "SALESDESK_DATA_DIR": str(tmp_path),
        "DATABASE_URL": settings.DATABASE_URL,
        "REDIS_URL": settings.REDIS_URL,
    }
    ran = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=settings.BASE_DIR,
        env=environment,
        capture_output=True,
        text=True,
        timeout=800,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"queries": 0}, "1 or more"),
        ({"documents": 0}, "1 or more"),
        ({"businesses": 0}, "1 or more"),
        ({"passages": 500, "businesses": 10}, "100 passages or more"),
    ],
)
def test_numbers_that_measure_nothing_are_refused(options: dict[str, int], message: str) -> None:
    with pytest.raises(CommandError, match=message):
        call_command("bench_search", **options)


@pytest.mark.slow
@pytest.mark.django_db
def test_a_small_search_bench_measures_everything(tmp_path: Path) -> None:
    numbers = ("--passages", "600", "--businesses", "2", "--queries", "5", "--documents", "1")
    found = run(tmp_path, "bench_search", *numbers)
    assert (found["passages"], found["businesses"]) == (600, 2)
    assert found["together"]["passages"] == 300
    assert found["together"]["recall@10"] >= 0.97
    assert set(found["growth"]["pages_read"]) == {"bare", "exact", "hybrid"}


@pytest.mark.slow
@pytest.mark.django_db
def test_the_answers_bench_finds_the_search_as_good_as_it_was(tmp_path: Path) -> None:
    """With room below the goals for a question or two: processors calculate differently."""
    found = run(tmp_path, "bench_answers")
    for half in (found["dev"], found["test"]):
        mrr = {way: figures["mrr"] for way, figures in half["ways"].items()}
        assert mrr["reranked"] > mrr["fused"] > max(mrr["words"], mrr["vector"])
        assert half["unanswerable_recognised"] >= 0.85
        assert half["false_refusals"] <= 0.06
