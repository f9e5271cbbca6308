"""Due touches, handed out once however many workers ask."""

from datetime import datetime

from django.utils import timezone

from leads.cadences.services import LEASE
from leads.models import Touch

_CLAIM = """
WITH due AS MATERIALIZED (
    SELECT id FROM leads_touch
    WHERE status IN ('planned', 'claimed') AND next_at <= %(now)s
    ORDER BY next_at, id LIMIT %(limit)s FOR UPDATE SKIP LOCKED
)
UPDATE leads_touch AS touch
SET status = 'claimed', claims = touch.claims + 1, next_at = %(until)s
FROM due WHERE touch.id = due.id
RETURNING touch.*"""
"""Reads the partial index ``touch_due``. Materialized: a plan that asked twice would lock twice."""


def claim_due(limit: int, *, now: datetime | None = None) -> list[Touch]:
    """Up to ``limit`` due touches, which are nobody else's until their lease is over.

    Those whose worker died come again then, with another number of ``claims``.
    """
    at = now or timezone.now()
    values = {"now": at, "limit": limit, "until": at + LEASE}
    touches = list(Touch.objects.raw(_CLAIM, values))
    return sorted(touches, key=lambda touch: (touch.due_at, touch.pk))
