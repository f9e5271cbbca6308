"""bench_assistant: what it refuses, how it counts, and the whole of it on very little."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from salesdesk.lib.bench.figures import percentile, ratio, spread


@pytest.mark.parametrize(
    ("options", "message"),
    [({"turns": 0}, "1 turn or more"), ({"invocations": 999}, "1000 invocations or more")],
)
def test_numbers_that_measure_nothing_are_refused(options: dict[str, int], message: str) -> None:
    with pytest.raises(CommandError, match=message):
        call_command("bench_assistant", **options)


@pytest.mark.parametrize(("percent", "value"), [(0, 1), (50, 2), (75, 3), (95, 4), (100, 4)])
def test_percentiles_by_nearest_rank(percent: float, value: float) -> None:
    assert percentile([4, 2, 1, 3], percent) == value


def test_times_are_told_by_their_spread() -> None:
    assert spread([10.0, 20.0, 30.126]) == {"p50_ms": 20.0, "p95_ms": 30.13}
    assert ratio([4, 6, 9], [1, 3, 99]) == 2


@pytest.mark.slow
@pytest.mark.django_db
def test_a_small_bench_measures_everything(tmp_path: Path) -> None:
    """In a process of its own, since it makes a database of its own."""
    found = run(tmp_path, "--turns", "3", "--invocations", "2000")

    assert found["loop"]["turns"] == 3
    assert found["loop"]["overhead"]["p95_ms"] > 0
    assert found["loop"]["pydantic_ai_alone"]["p50_ms"] > 0
    assert found["offline"]["turns"] >= 3
    assert found["offline"]["turns_per_core_second"] > 0
    assert 0 < found["log"]["sums_by_hour"] <= 2000
    assert "metrics_month" in found["log"]["pages"]


def run(tmp_path: Path, *arguments: str) -> Any:
    environment = {
        **os.environ,
        "SECRET_KEY": settings.SECRET_KEY,
        "SALESDESK_DATA_DIR": str(tmp_path),
        "DATABASE_URL": settings.DATABASE_URL,
        "REDIS_URL": settings.REDIS_URL,
    }
    ran = subprocess.run(
        [sys.executable, "manage.py", "bench_assistant", *arguments],
        cwd=settings.BASE_DIR,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)
