"""Doing to many leads what somebody wished for all of them.

What becomes of a lead and how far the change has come are committed together. So whoever goes on
after a worker's death does nothing twice and leaves nobody out, and what is over is over.
"""

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from leads import bulk
from leads.enums import BulkAction, BulkStatus
from leads.lists import members_of
from leads.matching.audience import leads_of
from leads.models import BulkChange, Lead
from salesdesk.accounts.enums import Ability
from salesdesk.accounts.models import User
from salesdesk.accounts.permissions import has_ability
from salesdesk.lib.errors import Conflict, NotAllowed, SalesdeskError
from salesdesk.lib.leases import Lease, Lost, claim, is_free, is_left_behind

BATCH = 200
"""So often it is asked anew whether it may go on, and who still matches."""
DEAD_AFTER = timedelta(minutes=2)
"""Longer than any lead takes."""
MOST_CLAIMS = 5
UNFINISHED = (BulkStatus.WAITING, BulkStatus.RUNNING)

NO_RIGHT = "Your role does not allow it any more."
OWNER_GONE = "Who was to get them does not belong to the business any more."
CADENCE_GONE = "The cadence has been deleted."
MATCHES_NO_MORE = "The filters do not let it through any more."
BROKE_OFF = "It stopped unexpectedly."


def left_behind() -> QuerySet[BulkChange]:
    """Those whose worker has been silent for too long, or that no worker has taken up."""
    return BulkChange.objects.filter(is_left_behind(DEAD_AFTER), status__in=UNFINISHED)


def work_on(key: int) -> None:
    """Do what is left of it. What is over, and another worker's, is left alone.

    Whatever breaks it off is on the change, and raised; only where the database has trouble,
    another worker goes on later.
    """
    beat = _claim(key)
    if beat is None:
        return
    work = Work(BulkChange.objects.select_related("business", "by").get(pk=key), beat)
    try:
        work.run()
    except Lost:
        return
    except SalesdeskError as error:
        work.stop(error.message)
    except (OperationalError, InterfaceError):
        raise  # nothing could be written now; see left_behind
    except Exception:
        work.stop(BROKE_OFF)
        raise


def _claim(key: int) -> datetime | None:
    rows = BulkChange.objects.filter(is_free(DEAD_AFTER), pk=key, status__in=UNFINISHED)
    return claim(rows, status=BulkStatus.RUNNING, claims=F("claims") + 1)


class Work:
    """One worker's work on a change, as long as its last sign of life is the one given here."""

    def __init__(self, change: BulkChange, beat_at: datetime) -> None:
        self.change = change
        running = BulkChange.objects.filter(pk=change.pk, status=BulkStatus.RUNNING)
        self._lease = Lease(running, beat_at)
        self.done = bulk.Done(change.changed, dict(change.refused))

    def run(self) -> None:
        """Raises :class:`Lost`, or a ``SalesdeskError`` where it may not be any more."""
        if self.change.claims > MOST_CLAIMS:
            raise Conflict("It broke off again and again at the same lead.")
        while self.change.left:
            self._batch()
        self._end(BulkStatus.DONE)

    def stop(self, why: str) -> None:
        with suppress(Lost):
            self._end(BulkStatus.STOPPED, error=why[:300])

    def _end(self, status: BulkStatus, **values: Any) -> None:
        self._lease.keep(status=status, ended_at=timezone.now(), **values)

    def _batch(self) -> None:
        by = self._asker()
        wish = self._wish()
        begins = self.change.position
        keys = self.change.keys[begins : begins + BATCH]
        leads = self._still_matching(by, keys)
        for key in keys:
            self._one(leads.get(key), wish, by)

    def _asker(self) -> User:
        by = self.change.by
        if by is None or not has_ability(by, self.change.business_id, Ability.MANAGE_LEADS):
            raise NotAllowed(NO_RIGHT)
        return by

    def _wish(self) -> bulk.Wish:
        """With what it needs, as far as that is still there."""
        asked = BulkChange.objects.defer("keys").select_related("business", "owner", "cadence")
        change = asked.get(pk=self.change.pk)
        if change.action == BulkAction.OWNER and change.owner not in members_of(change.business):
            raise Conflict(OWNER_GONE)
        if change.action == BulkAction.CADENCE and change.cadence is None:
            raise Conflict(CADENCE_GONE)
        told = {name: getattr(change, name) for name in ("owner", "stage", "cadence", "reason")}
        return bulk.Wish(BulkAction(change.action), **told)

    def _still_matching(self, by: User, keys: list[int]) -> dict[int, Lead]:
        """What others have done to a lead meanwhile is not undone."""
        found = leads_of(by, self.change.business, self.change.query).filter(pk__in=keys)
        return {lead.pk: lead for lead in found.select_related("business", "owner")}

    def _one(self, lead: Lead | None, wish: bulk.Wish, by: User) -> None:
        with transaction.atomic():
            self.done.count(bulk.change(lead, wish, by=by) if lead else MATCHES_NO_MORE)
            self._lease.keep(
                position=self.change.position + 1,
                changed=self.done.changed,
                refused=self.done.refused,
                claims=0,
            )
        self.change.position += 1
