"""The whole benchmark, small: both bridges, the fake model, the load, Postgres and Redis."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from calls.bench.report import MOST_DELAY_MS


@pytest.mark.slow
def test_a_small_benchmark_measures_everything_and_loses_nothing(tmp_path: Path) -> None:
    command = [sys.executable, "manage.py", "bench_voice", "--calls", "2", "--seconds", "5"]
    environment = {
        **os.environ,
        "SECRET_KEY": settings.SECRET_KEY,
        "SALESDESK_DATA_DIR": str(tmp_path),
        "DATABASE_URL": settings.DATABASE_URL,
        "REDIS_URL": settings.REDIS_URL,
    }
    ran = subprocess.run(
        [*command, "--json-only"],
        cwd=settings.BASE_DIR,
        env=environment,
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    found = json.loads(ran.stdout)
    assert (found["calls"], found["seconds"], found["server"]) == (2, 5, "uvicorn-sansio")
    assert found["processor_ms_per_call_second"]["salesdesk"] > 0
    assert found["added_delay_ms"]["p50"] > 0
    assert found["clear_ms"]["count"] == 2
    assert found["frames_sent"] > 2 * 2 * 150
    assert (found["frames_lost"], found["frames_strange"], found["clears_missing"]) == (0, 0, 0)
    assert found["utterances_recorded"] == found["utterances_expected"] >= 6
    assert set(found["goals"]) >= {"processor_ratio", *(f"delay_{p}_ms" for p in MOST_DELAY_MS)}
    assert found["machine"]["cores"] == os.cpu_count()
