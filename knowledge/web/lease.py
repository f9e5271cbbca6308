"""Who works on a crawl: one worker at a time, and another one when it has died."""

from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from knowledge.enums import JobStatus
from knowledge.models import Crawl

DEAD_AFTER = timedelta(minutes=5)
"""Longer than anything that happens between two signs of life: a fetch, the storing of a page."""


class Lost(Exception):
    """The crawl is not this worker's any more."""


class Canceled(Exception):
    """Somebody asked the crawl to stop."""


class Lease:
    """The right to work on a crawl, as long as its last sign of life is the one given here."""

    def __init__(self, crawl_id: int, beat_at: datetime) -> None:
        self.crawl_id = crawl_id
        self.beat_at = beat_at

    @classmethod
    def claim(cls, crawl_id: int) -> "Lease | None":
        """The lease of a crawl that waits, or whose worker has been silent for too long."""
        now = timezone.now()
        is_free = Q(status=JobStatus.WAITING) | Q(
            status=JobStatus.RUNNING, beat_at__lt=now - DEAD_AFTER
        )
        free = Crawl.objects.filter(is_free, pk=crawl_id)
        if not free.update(status=JobStatus.RUNNING, beat_at=now):
            return None
        Crawl.objects.filter(pk=crawl_id, started_at=None).update(started_at=now)
        return cls(crawl_id, now)

    def beat(self) -> None:
        """Give a sign of life. Raises :class:`Lost` or :class:`Canceled`."""
        now = timezone.now()
        self._change(beat_at=now)
        self.beat_at = now
        if Crawl.objects.filter(pk=self.crawl_id, cancel_requested=True).exists():
            raise Canceled

    def hand_over(self, seconds: float) -> None:
        """Let the next worker go on, after ``seconds``."""
        self._change(status=JobStatus.WAITING, beat_at=timezone.now() + timedelta(seconds=seconds))

    def end(self, status: JobStatus, *, error: str = "") -> None:
        self._change(status=status, error=error, ended_at=timezone.now())

    def _change(self, **values: object) -> None:
        held = Crawl.objects.filter(
            pk=self.crawl_id, status=JobStatus.RUNNING, beat_at=self.beat_at
        )
        if not held.update(**values):
            raise Lost
