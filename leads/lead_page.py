"""What the page of one lead shows: the reads behind its views."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import prefetch_related_objects
from django.utils import timezone

from leads.barred import entries_about, list_with
from leads.conversations import Conversation, conversations_with
from leads.enums import ConsentKind, ContactKind, LeadEventKind, LeadStage
from leads.merging.finding import doubles_of
from leads.models import (
    Appointment,
    Consent,
    Dial,
    Lead,
    LeadEvent,
    LeadMessage,
    Merge,
    Opportunity,
    Suppression,
)
from leads.outcomes.defaults import NO_OUTCOME, USUAL
from leads.services import is_left_in_peace
from leads.views.forms import (
    CLOSE_REASONS,
    AccountForm,
    ConsentForm,
    ContactForm,
    MoveForm,
    NoteForm,
    SuppressForm,
)
from salesdesk.accounts.enums import Ability
from salesdesk.accounts.permissions import Visitor, abilities_in

ENTRIES = 30
"""Of the timeline at a time."""
MOST_APPOINTMENTS = 10
MOST_DIALS = 10
MOST_OPPORTUNITIES = 20


@dataclass(frozen=True, slots=True)
class May:
    """What the user may do with the lead."""

    manage: bool
    call: bool
    call_by_agent: bool
    see_ledger: bool

    @classmethod
    def of(cls, user: Visitor, lead: Lead) -> "May":
        abilities = abilities_in(user, lead.business_id)
        return cls(
            manage=Ability.MANAGE_LEADS in abilities,
            call=Ability.WORK_LEADS in abilities,
            call_by_agent=Ability.PLACE_CALLS in abilities,
            see_ledger=Ability.VIEW_LEDGER in abilities,
        )


def lead_context(user: Visitor, lead: Lead) -> dict[str, Any]:
    """All of the page."""
    return {
        **who_context(user, lead),
        **people_context(lead),
        **consent_context(lead),
        **opportunity_context(lead),
        **timeline_context(user, lead),
        "facts": sorted(lead.facts.items()),
        "appointments": appointments_of(lead),
        "dials": dials_of(lead),
        "doubles": doubles_of(lead),
        "merges": merges_of(lead),
        "outcomes": outcomes_of(lead),
        "note_form": NoteForm(auto_id="note_%s"),
        "suppress_form": SuppressForm(auto_id="suppress_%s"),
    }


# ---------------------------------------------------------------- who


def who_context(user: Visitor, lead: Lead) -> dict[str, Any]:
    """The lead itself, its stage, and whether it must be left in peace.

    ``is_in_peace`` is false where only its address is suppressed: it may then be called. A person
    must not call for the ``do_not_call_list``; the agent may where they agreed to that.
    """
    prefetch_related_objects([lead], "contacts")
    suppressions = sorted(entries_about(lead), key=_is_of_mail_only)
    do_not_call_list = list_with(lead, ContactKind.REP)
    move_form = MoveForm(
        initial={"stage": lead.stage, "expected": lead.stage}, auto_id=f"move_{lead.public_id}_%s"
    )
    return {
        "lead": lead,
        "may": May.of(user, lead),
        "suppressions": suppressions,
        "is_in_peace": is_left_in_peace(lead),
        "do_not_call_list": do_not_call_list,
        "agent_may_call": do_not_call_list is None or list_with(lead, ContactKind.AI) is None,
        "stages": LeadStage.choices,
        "move_form": move_form,
        "close_reasons": CLOSE_REASONS,
        "local_now": local_time_of(lead, timezone.now()),
    }


def _is_of_mail_only(entry: Suppression) -> bool:
    return bool(entry.email)


def local_time_of(lead: Lead, now: datetime) -> datetime | None:
    """What their clock shows, where that is known."""
    return now.astimezone(ZoneInfo(lead.time_zone)) if lead.time_zone else None


def people_context(lead: Lead) -> dict[str, Any]:
    account = lead.account
    return {
        "contacts": list(lead.contacts.all()),
        "account": account,
        "account_contacts": list(account.contacts.all()) if account else [],
        "account_leads": _others_at(lead) if account else [],
        "contact_form": ContactForm(auto_id="contact_%s"),
        "account_form": AccountForm(
            initial={"name": account.name if account else lead.company}, auto_id="account_%s"
        ),
    }


def _others_at(lead: Lead) -> list[Lead]:
    assert lead.account is not None
    return list(lead.account.leads.exclude(pk=lead.pk).order_by("last_name", "pk")[:10])


def consent_context(lead: Lead) -> dict[str, Any]:
    """The latest of each kind, and all that was ever put down."""
    rows: list[Consent] = list(lead.consents.select_related("by"))
    latest: dict[str, Consent] = {}
    for row in rows:
        latest.setdefault(row.kind, row)
    return {
        "consents": [(kind, latest.get(kind.value)) for kind in ConsentKind],
        "consent_history": rows,
        "consent_form": ConsentForm(auto_id="consent_%s"),
    }


def opportunity_context(lead: Lead) -> dict[str, Any]:
    """Those proposed come first."""
    rows: Sequence[Opportunity] = list(lead.opportunities.select_related("by")[:MOST_OPPORTUNITIES])
    return {"opportunities": sorted(rows, key=lambda each: each.status != "proposed")}


def appointments_of(lead: Lead) -> list[Appointment]:
    newest = lead.appointments.select_related("calendar", "business").order_by("-starts_at")
    return list(newest[:MOST_APPOINTMENTS])


def dials_of(lead: Lead) -> list[Dial]:
    """The newest, with what the gate said of each."""
    newest = lead.dials.select_related("decision", "user").order_by("-created_at", "-pk")
    return list(newest[:MOST_DIALS])


def merges_of(lead: Lead) -> list[Merge]:
    """Those that can still be taken back."""
    recent = lead.merges.filter(undone_at=None).select_related("by")
    return [merge for merge in recent if merge.may_be_undone]


def outcomes_of(lead: Lead) -> list[tuple[str, str, str]]:
    """Key, label and behaviour of each button; the usual ones until the business has its own."""
    own = lead.business.dispositions.filter(is_active=True).exclude(key=NO_OUTCOME)
    rows = list(own.values_list("key", "label", "behaviour"))
    usual = [(key, label, str(behaviour)) for key, label, behaviour, _ in USUAL]
    return rows or [each for each in usual if each[0] != NO_OUTCOME]


# ---------------------------------------------------------------- what happened


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the timeline: an event of the history, or a conversation, or both in one.

    ``message`` is the one that the event tells of, as far as it has got by now.
    """

    at: datetime
    event: LeadEvent | None = None
    conversation: Conversation | None = None
    message: LeadMessage | None = None


def timeline_context(user: Visitor, lead: Lead, before: datetime | None = None) -> dict[str, Any]:
    """The newest entries before a moment; ``earlier`` is where the next ones begin, if any do."""
    events = lead.events.select_related("by").order_by("-created_at", "-pk")
    if before is not None:
        events = events.filter(created_at__lt=before)
    shown = list(events[: ENTRIES + 1])
    ids = {event.conversation for event in shown if event.conversation}
    known = conversations_with(user, lead, ids)
    entries = _merged(shown, known, before, _messages_of(lead, shown))
    more = len(entries) > ENTRIES
    return {
        "lead": lead,
        "entries": entries[:ENTRIES],
        "earlier": entries[ENTRIES - 1].at.isoformat() if more else "",
    }


def _messages_of(lead: Lead, events: Sequence[LeadEvent]) -> dict[str, LeadMessage]:
    """By their public ids."""
    told = [event for event in events if event.kind == LeadEventKind.MESSAGE]
    ids = [str(event.data.get("message", "")) for event in told]
    rows = LeadMessage.objects.filter(business=lead.business_id, public_id__in=ids)
    return {row.public_id: row for row in rows} if ids else {}


def _merged(
    events: Sequence[LeadEvent],
    known: Sequence[Conversation],
    before: datetime | None,
    messages: Mapping[str, LeadMessage],
) -> list[Entry]:
    by_id = {each.id: each for each in known}
    lines = [
        Entry(
            event.created_at,
            event,
            by_id.get(event.conversation),
            messages.get(str(event.data.get("message", ""))),
        )
        for event in events
        if event.kind != LeadEventKind.CONVERSATION or event.conversation not in by_id
    ]
    lines += [Entry(each.at, None, each) for each in known if before is None or each.at < before]
    return sorted(lines, key=lambda entry: entry.at, reverse=True)
