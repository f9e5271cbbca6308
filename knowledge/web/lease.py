"""Who works on a crawl: one worker at a time, and another one when it has died."""

from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from knowledge.enums import JobStatus
from knowledge.models import Crawl
from salesdesk.lib import leases

DEAD_AFTER = timedelta(minutes=5)
"""Longer than anything that happens between two signs of life: a fetch, the storing of a page."""


class Canceled(Exception):
    """Somebody asked the crawl to stop."""


class Lease(leases.Lease):
    """The right to work on a crawl, as long as its last sign of life is the one given here."""

    def __init__(self, crawl_id: int, beat_at: datetime) -> None:
        super().__init__(Crawl.objects.filter(pk=crawl_id, status=JobStatus.RUNNING), beat_at)
        self.crawl_id = crawl_id

    @classmethod
    def claim(cls, crawl_id: int) -> "Lease | None":
        """The lease of a crawl that waits, or whose worker has been silent for too long."""
        is_dead = Q(leases.is_silent(DEAD_AFTER), status=JobStatus.RUNNING)
        free = Crawl.objects.filter(Q(status=JobStatus.WAITING) | is_dead, pk=crawl_id)
        now = leases.claim(free, status=JobStatus.RUNNING)
        if now is None:
            return None
        Crawl.objects.filter(pk=crawl_id, started_at=None).update(started_at=now)
        return cls(crawl_id, now)

    def beat(self) -> None:
        """Give a sign of life. Raises ``Lost`` or :class:`Canceled`."""
        self.keep()
        if Crawl.objects.filter(pk=self.crawl_id, cancel_requested=True).exists():
            raise Canceled

    def hand_over(self, seconds: float) -> None:
        """Let the next worker go on, after ``seconds``."""
        self.keep(status=JobStatus.WAITING, beat_at=timezone.now() + timedelta(seconds=seconds))

    def end(self, status: JobStatus, *, error: str = "") -> None:
        self.keep(status=status, error=error, ended_at=timezone.now())
