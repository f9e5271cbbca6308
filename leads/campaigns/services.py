"""Every change of a campaign: made, changed, started, paused, resumed, stopped.

States move by conditional UPDATE under the lock of the campaign's row, which claiming leads holds
too (:mod:`leads.campaigns.calling`): when one of these returns, nothing more is claimed than the
new state allows.
"""

from typing import Any

from django.core.exceptions import EmptyResultSet, ValidationError
from django.db import connection, transaction
from django.utils import timezone

from leads.campaigns import audience
from leads.campaigns.push import tell
from leads.dialing.services import cancel_dial
from leads.enums import CampaignStatus, MemberStatus
from leads.models import Campaign, CampaignMember, LeadQuerySet
from salesdesk.accounts.enums import Ability
from salesdesk.accounts.models import User
from salesdesk.businesses.models import Business
from salesdesk.lib.errors import Conflict, InvalidInput, InvalidTransition
from salesdesk.notifications.enums import NotificationKind, Urgency
from salesdesk.notifications.services import notify

FIELDS = (
    "name",
    "purpose",
    "greeting",
    "caller",
    "calls_per_second",
    "at_once",
    "days",
    "opens",
    "closes",
    "retries",
    "watched_results",
    "least_results",
    "most_failed",
    "most_abandoned",
    "most_opted_out",
)
"""What :func:`create_campaign` and :func:`change_campaign` take, besides ``lead_filter``."""

DRAFT, RUNNING, PAUSED = CampaignStatus.DRAFT, CampaignStatus.RUNNING, CampaignStatus.PAUSED
STOPPED, DONE = CampaignStatus.STOPPED, CampaignStatus.DONE


# ---------------------------------------------------------------- making


def create_campaign(
    business: Business,
    *,
    by: User,
    lead_filter: audience.LeadQuery | None = None,
    **values: Any,
) -> Campaign:
    """A draft. Raises ``InvalidInput`` for values and filters that cannot be."""
    campaign = Campaign(business=business, created_by=by)
    _set(campaign, by, {**values, "lead_filter": lead_filter or {}})
    campaign.save()
    tell(campaign)
    return campaign


@transaction.atomic
def change_campaign(campaign: Campaign, *, by: User, **values: Any) -> Campaign:
    """Whom it calls is fixed once it has started (``Conflict``); all else counts from now on."""
    campaign = _locked(campaign)
    if campaign.status in (STOPPED, DONE):
        raise Conflict("This campaign is over; copy it to call again.")
    if "lead_filter" in values and campaign.status != DRAFT:
        if audience.plain_filter(values["lead_filter"]) != campaign.lead_filter:
            raise Conflict("Whom a campaign calls is fixed once it has started.")
        del values["lead_filter"]
    _set(campaign, by, values)
    campaign.save(update_fields=[*values, "updated_at"])
    tell(campaign)
    return campaign


def copy_campaign(campaign: Campaign, *, by: User) -> Campaign:
    """A draft like it, to call those anew who are in its filter now."""
    values = {field: getattr(campaign, field) for field in FIELDS}
    values["name"] = f"{campaign.name} (copy)"[:80]
    return create_campaign(campaign.business, by=by, lead_filter=campaign.lead_filter, **values)


@transaction.atomic
def delete_draft(campaign: Campaign) -> None:
    """What has been started stays, with what became of it: ``Conflict``."""
    if not Campaign.objects.filter(pk=campaign.pk, status=DRAFT).delete()[0]:
        raise Conflict("Only a draft can be deleted.")


def _set(campaign: Campaign, by: User, values: dict[str, Any]) -> None:
    for field, value in values.items():
        assert field in (*FIELDS, "lead_filter"), f"{field} is no field to be set"
        setattr(campaign, field, value)
    if "lead_filter" in values:
        given = audience.checked_filter(campaign.business, values["lead_filter"], by)
        campaign.lead_filter = given
    try:
        campaign.full_clean(exclude=("business", "created_by", "started_by"))
    except ValidationError as error:
        field, [message, *_] = next(iter(error.message_dict.items()))
        raise InvalidInput(f"{field.replace('_', ' ').capitalize()}: {message}") from error


# ---------------------------------------------------------------- states


@transaction.atomic
def start(campaign: Campaign, *, by: User) -> Campaign:
    """Take down whom it calls, and begin. Raises ``Conflict`` where there is nobody to call."""
    campaign = _moved(campaign, (DRAFT,), RUNNING, started_by=by)
    leads = audience.leads_of(campaign.business, campaign.lead_filter, by)
    if not _take_down(campaign, leads):
        raise Conflict("No lead of this filter can be called.")
    return campaign


@transaction.atomic
def pause(campaign: Campaign, *, reason: str = "") -> Campaign:
    """Nobody is called any more until it is resumed; calls under way go on.

    What is queued is taken back and due again. ``reason`` is that of the stop rules.
    """
    campaign = _moved(campaign, (RUNNING,), PAUSED, stop_reason=reason[:300])
    _take_back(campaign)
    return campaign


def resume(campaign: Campaign) -> Campaign:
    """The stop rules begin to count anew."""
    return _moved(campaign, (PAUSED,), RUNNING, stop_reason="")


@transaction.atomic
def stop(campaign: Campaign) -> Campaign:
    """For good; calls under way go on, and whoever was not called yet is left out."""
    campaign = _moved(campaign, (RUNNING, PAUSED), STOPPED)
    _take_back(campaign)
    now = timezone.now()
    waiting = campaign.members.filter(status=MemberStatus.WAITING)
    waiting.update(status=MemberStatus.LEFT_OUT, note="The campaign was stopped.", settled_at=now)
    return campaign


@transaction.atomic
def finish(campaign: Campaign) -> bool:
    """Done, if nobody is to be called any more; says whether it is now."""
    campaign = _locked(campaign)
    still = (MemberStatus.WAITING, MemberStatus.DIALLING)
    if campaign.status != RUNNING or campaign.members.filter(status__in=still).exists():
        return False
    campaign = _moved(campaign, (RUNNING,), DONE)
    _notify(campaign, f"The campaign “{campaign.name}” is done", Urgency.NORMAL)
    return True


def reopen(campaign: Campaign) -> Campaign:
    """It was done too early: somebody is to be called after all. The stop rules count on."""
    return _moved(campaign, (DONE,), RUNNING, ended_at=None, resumed_at=campaign.resumed_at)


def trip(campaign: Campaign, reason: str) -> bool:
    """Pause by a stop rule, and tell who looks after campaigns; says whether it was running."""
    try:
        campaign = pause(campaign, reason=reason)
    except InvalidTransition:
        return False
    _notify(campaign, f"The campaign “{campaign.name}” was paused", Urgency.HIGH, reason)
    return True


def _moved(
    campaign: Campaign, where: tuple[CampaignStatus, ...], to: CampaignStatus, **changes: Any
) -> Campaign:
    """Raises ``InvalidTransition`` where it is in none of the states ``where``."""
    now = timezone.now()
    if to == RUNNING:
        changes.setdefault("resumed_at", now)
        if DRAFT in where:
            changes["started_at"] = now
    if to in (STOPPED, DONE):
        changes["ended_at"] = now
    meant = Campaign.objects.filter(pk=campaign.pk, status__in=where)
    if not meant.update(status=to, updated_at=now, **changes):
        raise InvalidTransition(f"This campaign cannot be {_DONE_TO[to]} now.")
    campaign = Campaign.objects.select_related("business", "caller").get(pk=campaign.pk)
    tell(campaign)
    return campaign


_DONE_TO = {RUNNING: "started", PAUSED: "paused", STOPPED: "stopped", DONE: "finished"}

_TAKE_DOWN = """
INSERT INTO {members}
    (campaign_id, lead_id, status, due_at, place, attempts, result, note)
SELECT %s, picked.id, %s, %s, row_number() OVER (ORDER BY picked.rank DESC, picked.id), 0, '', ''
FROM ({leads}) AS picked
ON CONFLICT DO NOTHING
"""


def _take_down(campaign: Campaign, leads: LeadQuerySet) -> int:
    """Make them members, in one statement however many they are; how many they were."""
    try:
        picked, parameters = leads.order_by().values("id", "rank").query.sql_with_params()
    except EmptyResultSet:  # a filter that nothing can pass
        return 0
    statement = _TAKE_DOWN.format(members=CampaignMember._meta.db_table, leads=picked)
    given = [campaign.pk, MemberStatus.WAITING.value, timezone.now(), *parameters]
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        return int(cursor.rowcount)


def _take_back(campaign: Campaign) -> None:
    """Take back the dials that nobody has begun to place; their leads wait again."""
    dialling = campaign.members.filter(status=MemberStatus.DIALLING).select_related("dial")
    for member in dialling:
        if member.dial is not None and cancel_dial(member.dial):
            dialling.filter(pk=member.pk).update(status=MemberStatus.WAITING, dial=None)


def _locked(campaign: Campaign) -> Campaign:
    known = Campaign.objects.select_related("business", "caller")
    return known.select_for_update(of=("self",), no_key=True).get(pk=campaign.pk)


def _notify(campaign: Campaign, title: str, urgency: Urgency, body: str = "") -> None:
    notify(
        campaign.business,
        kind=NotificationKind.CAMPAIGN,
        title=title,
        body=body,
        url=f"/campaigns/{campaign.public_id}/",
        to=Ability.MANAGE_CAMPAIGNS,
        urgency=urgency,
        subject_type="campaign",
        subject_id=campaign.public_id,
    )
