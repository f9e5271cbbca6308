"""A worker is killed for good in the middle of a page."""

import os
import subprocess
import sys
import time
from collections.abc import Callable

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from knowledge.enums import JobStatus
from knowledge.models import Crawl
from knowledge.tests.web.readers import Reader
from knowledge.tests.web.site import LocalSite, Reply, page
from knowledge.web import services
from knowledge.web.lease import DEAD_AFTER
from salesdesk.businesses.models import Business

PATIENCE_SECONDS = 60


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_reading_goes_on_after_its_worker_was_killed(web: LocalSite, business: Business) -> None:
    html = {"Content-Type": "text/html"}
    web.replies["/"] = page("Start", "/guide", "/reference")
    web.replies["/guide"] = Reply(b"<html>", headers=html, hangs=True)
    web.replies["/reference"] = page("Reference")
    reader = Reader(web, business)
    begun = reader.begin()

    worker = start_worker(begun, web)
    try:
        wait_until(lambda: "/guide" in web.paths, worker)
    finally:
        worker.kill()
        worker.wait()
    web.replies["/guide"] = page("Guide")
    begun.refresh_from_db()
    assert (begun.status, begun.pages_done) == (JobStatus.RUNNING, 1)

    Crawl.objects.update(beat_at=timezone.now() - DEAD_AFTER * 2)
    assert services.resume_lost_syncs() == 1
    read = reader.work(begun)

    assert read.status == JobStatus.DONE
    assert (read.pages_found, read.pages_done, read.pages_failed) == (3, 3, 0)
    assert reader.kept == {"/", "/guide", "/reference"}
    assert [web.paths.count(path) for path in ("/", "/guide", "/reference")] == [1, 2, 1]


def start_worker(begun: Crawl, web: LocalSite) -> subprocess.Popen[bytes]:
    here, _, options = settings.DATABASE_URL.partition("?")
    database = f"{here.rpartition('/')[0]}/{connection.settings_dict['NAME']}?{options}"
    return subprocess.Popen(
        [sys.executable, "-m", "knowledge.tests.web.worker", str(begun.pk), str(web.port)],
        cwd=settings.BASE_DIR,
        env={
            **os.environ,
            "SECRET_KEY": settings.SECRET_KEY,
            "DATABASE_URL": database,
            "REDIS_URL": settings.REDIS_URL,
        },
    )


def wait_until(is_so: Callable[[], bool], worker: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not is_so():
        assert worker.poll() is None, "the worker has ended by itself"
        assert time.monotonic() < deadline, "the worker has not come so far"
        time.sleep(0.05)
