"""The task is tried again only where the provider may do better later."""

from typing import Any

import pytest
from celery.exceptions import Retry

from leads import tasks
from leads.calendars import syncing
from salesdesk.lib.errors import NotConfigured, ProviderError


def failing(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def sync(appointment_id: int) -> None:
        raise error

    monkeypatch.setattr(syncing, "sync_appointment", sync)


def run(retries: int) -> None:
    task: Any = tasks.sync_appointment
    task.push_request(retries=retries)
    try:
        task.run(1)
    finally:
        task.pop_request()


@pytest.mark.parametrize(("retries", "seconds"), [(0, 30), (1, 60), (3, 240)])
def test_what_may_pass_is_tried_again_later_and_later(
    monkeypatch: pytest.MonkeyPatch, retries: int, seconds: int
) -> None:
    failing(monkeypatch, ProviderError("Busy.", retryable=True))
    waits: list[float] = []

    def retry(exc: Exception, countdown: float) -> Retry:
        waits.append(countdown)
        return Retry(exc=exc)

    monkeypatch.setattr(tasks.sync_appointment, "retry", retry)
    with pytest.raises(Retry):
        run(retries)

    assert waits == [seconds]


@pytest.mark.parametrize(
    ("error", "retries"),
    [
        (ProviderError("No.", retryable=False), 0),
        (ProviderError("Busy.", retryable=True), tasks.RETRIES),
        (NotConfigured("Not connected."), 0),
    ],
)
def test_what_will_not_pass_is_left(
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    error: Exception,
    retries: int,
) -> None:
    failing(monkeypatch, error)

    run(retries)

    assert "appointment 1" in caplog.text
