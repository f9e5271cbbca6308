"""Changing all leads that a filter lets through: at once when they are few, else by a worker.

What is to be done, and how far it has come, stands in the cache for a day; every action may be
done twice to the same lead without harm, so whoever finds it half done begins it anew.
"""

from dataclasses import asdict, dataclass, field, replace
from typing import Any

from django.core.cache import cache
from django.db import transaction
from django.http import QueryDict

from leads import bulk
from leads.enums import LeadStage
from leads.lists import matching, members_of
from leads.models import Cadence, Lead, LeadQuerySet
from salesdesk.accounts.enums import Ability
from salesdesk.accounts.models import User
from salesdesk.accounts.permissions import has_ability
from salesdesk.businesses.models import Business
from salesdesk.lib.errors import InvalidInput, NotFound
from salesdesk.lib.ids import public_id

AT_ONCE = 300
"""More leads than these are a worker's task."""
BATCH = 200
MOST = 100_000
KEPT_SECONDS = 24 * 3600
NO_RIGHT = "Your role does not allow it any more."


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be done to which leads, by whom; keys only. ``query`` is that of the list."""

    user: int
    business: int
    query: str
    action: str
    owner: int | None = None
    stage: str = ""
    cadence: int | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Job:
    """``seen`` of ``total`` leads have been looked at; ``refused`` are sentences with counts."""

    id: str
    wish: Wish
    total: int
    seen: int = 0
    changed: int = 0
    refused: dict[str, int] = field(default_factory=dict)
    is_over: bool = False

    @property
    def sentence(self) -> str:
        return str(bulk.Done(self.changed, self.refused))


def leads_of(user: User, business: Business, query: str) -> LeadQuerySet:
    """Those that the filter lets through. Raises ``InvalidInput`` for a filter that cannot be."""
    chosen = matching(user, business, QueryDict(query))
    if not chosen.form.is_valid():
        raise InvalidInput("These filters cannot be used; correct them first.")
    found: LeadQuerySet = chosen.qs
    return found


def begin(wish: Wish, total: int) -> Job:
    """Do it now where they are few, else queue it. Raises ``InvalidInput`` where they are none,
    or too many."""
    if not total:
        raise InvalidInput("No lead matches.")
    if total > MOST:
        raise InvalidInput(f"{MOST:,} leads at a time at most; set another filter.")
    job = Job(public_id(), wish, total)
    _keep(job)
    if total <= AT_ONCE:
        return work_on(job.id)
    from leads.tasks import change_matching  # tasks import this module

    transaction.on_commit(lambda: change_matching.delay(job.id))
    return job


def job_of(user: User, job_id: str) -> Job:
    """As far as it has come. Raises ``NotFound`` for one that is over for long, or not theirs."""
    job = _read(job_id)
    if job is None or job.wish.user != user.pk:
        raise NotFound("There is no such change, or not of yours.")
    return job


def work_on(job_id: str) -> Job:
    """Do what is wished, batch by batch; whose right to it has ended changes nothing."""
    job = _read(job_id)
    if job is None:
        raise NotFound("This was wished too long ago.")
    user, business = User.objects.get(pk=job.wish.user), Business.objects.get(pk=job.wish.business)
    if not has_ability(user, business.pk, Ability.MANAGE_LEADS):
        return _keep(replace(job, is_over=True, refused={NO_RIGHT: job.total}))
    keys = list(
        leads_of(user, business, job.wish.query).order_by("pk").values_list("pk", flat=True)[:MOST]
    )
    done = bulk.Done()
    for begins in range(0, len(keys), BATCH):
        _add(done, _change(job.wish, user, business, keys[begins : begins + BATCH]))
        seen = min(begins + BATCH, len(keys))
        job = _keep(replace(job, seen=seen, changed=done.changed, refused=dict(done.refused)))
    return _keep(replace(job, is_over=True))


def _change(wish: Wish, user: User, business: Business, keys: list[int]) -> bulk.Done:
    leads = Lead.objects.filter(pk__in=keys).select_related("business", "owner").order_by("pk")
    match wish.action:
        case "owner":
            owner = members_of(business).filter(pk=wish.owner).first() if wish.owner else None
            return bulk.give_to(leads, owner, by=user)
        case "stage":
            return bulk.move_all(leads, LeadStage(wish.stage), by=user)
        case "cadence":
            cadence = Cadence.objects.filter(business=business, pk=wish.cadence or 0).first()
            return bulk.enroll_all(leads, cadence, by=user)
        case "pause":
            return bulk.pause_all(leads, by=user)
        case _:
            return bulk.leave_in_peace(leads, wish.reason, by=user)


def _add(done: bulk.Done, more: bulk.Done) -> None:
    done.changed += more.changed
    for sentence, count in more.refused.items():
        done.refused[sentence] = done.refused.get(sentence, 0) + count


def _keep(job: Job) -> Job:
    cache.set(f"leads-job:{job.id}", asdict(job), KEPT_SECONDS)
    return job


def _read(job_id: str) -> Job | None:
    kept: dict[str, Any] | None = cache.get(f"leads-job:{job_id[:20]}")
    return Job(**{**kept, "wish": Wish(**kept["wish"])}) if kept else None
