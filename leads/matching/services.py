"""What is wished for all leads that match is taken down, and whatever became of it told."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from leads.bulk import Done, Wish
from leads.cadences.usual import default_cadence
from leads.enums import BulkAction, BulkStatus
from leads.matching import work
from leads.matching.audience import leads_of
from leads.models import BulkChange
from salesdesk.accounts.enums import Ability
from salesdesk.accounts.models import User
from salesdesk.accounts.permissions import has_ability
from salesdesk.businesses.models import Business
from salesdesk.lib.errors import Conflict, InvalidInput

log = logging.getLogger(__name__)

AT_ONCE = 300
"""More leads than these are a worker's task."""
MOST = 100_000
KEPT = timedelta(days=30)
SHOWN = 5


def begin(business: Business, query: str, wish: Wish, *, seen: int, by: User) -> BulkChange:
    """Do it now to those who match where they are few, else queue it; who comes later is not meant.

    ``seen`` is how many whoever asks was told of. Raises ``Conflict`` where others match by now,
    ``InvalidInput`` where there are none or too many.
    """
    found = leads_of(by, business, query).order_by("pk").values_list("pk", flat=True)
    keys = list(found[: MOST + 1])
    _refuse_unseen(len(keys), seen)
    change = _taken_down(business, query, wish, keys, by)
    if len(keys) <= AT_ONCE:
        _work_at_once(change)
    return BulkChange.objects.told().get(pk=change.pk)


def _refuse_unseen(count: int, seen: int) -> None:
    if not count:
        raise InvalidInput("No lead matches.")
    if count > MOST:
        raise InvalidInput(f"{MOST:,} leads at a time at most; set another filter.")
    if count != seen:
        raise Conflict(f"Meanwhile {count:,} match; look at it and say it again.")


@transaction.atomic
def _taken_down(
    business: Business, query: str, wish: Wish, keys: list[int], by: User
) -> BulkChange:
    """The usual cadence is the one that it is now."""
    is_cadence = wish.action == BulkAction.CADENCE
    change = BulkChange.objects.create(
        business=business,
        by=by,
        query=query,
        action=wish.action,
        owner=wish.owner,
        stage=wish.stage,
        cadence=wish.cadence or (default_cadence(business) if is_cadence else None),
        reason=wish.reason,
        keys=keys,
        total=len(keys),
    )
    if len(keys) > AT_ONCE:
        _queue(change)
    return change


def _queue(change: BulkChange) -> None:
    from leads.matching.tasks import work_on_change  # tasks import this module

    key = change.pk
    transaction.on_commit(lambda: work_on_change.delay(key))


def _work_at_once(change: BulkChange) -> None:
    """What breaks it off is on the change, for who waits for it, and in the log."""
    try:
        work.work_on(change.pk)
    except Exception:  # it stands on the change
        log.exception("bulk change %s broke off", change.public_id)


# ---------------------------------------------------------------- told


@dataclass(frozen=True, slots=True)
class Told:
    """What became of a change, for people."""

    change: BulkChange

    @property
    def done(self) -> Done:
        return Done(self.change.changed, self.change.refused)

    @property
    def sentence(self) -> str:
        if self.change.status != BulkStatus.STOPPED:
            return str(self.done)
        left = self.change.left
        rest = f"{left:,} lead{' was' if left == 1 else 's were'} left as before."
        return f"{self.done} {self.change.error} {rest}"

    @property
    def level(self) -> str:
        return "error" if self.change.status == BulkStatus.STOPPED else self.done.level


def lately(user: User, business: Business) -> list[Told]:
    """The last changes of the business that ``user`` may see: one's own, managers all."""
    changes = BulkChange.objects.told().filter(business=business).order_by("-created_at")
    is_manager = has_ability(user, business.pk, Ability.IMPORT_LEADS)
    seen = changes if is_manager else changes.filter(by=user)
    return [Told(change) for change in seen[:SHOWN]]


def forget_old(now: datetime) -> int:
    """Delete what has been over for longer than it is kept; how many."""
    return BulkChange.objects.filter(ended_at__lt=now - KEPT).delete()[0]
