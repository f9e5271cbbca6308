"""Which leads a campaign means, and what the gate says to calling them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import QueryDict

from leads.cadences.openings import zones_of_lead
from leads.campaigns.window import next_call
from leads.enums import ContactKind, LeadStage
from leads.gate.callers import caller_of
from leads.gate.decide import decide
from leads.gate.reading import Contacting, read_facts
from leads.lists import Asked, LeadListFilter
from leads.models import Campaign, Lead, LeadQuerySet
from salesdesk.accounts.models import User
from salesdesk.businesses.models import Business
from salesdesk.lib.errors import InvalidInput

NO_PART = ("business", "sort", "after", "before")
"""Of a query of the list of leads: what says nothing of which leads."""
LONGEST_VALUE, MOST_VALUES = 200, 50
PREFIX = "leads"
"""Of the filter's fields in the form of a campaign."""

LeadQuery = Mapping[str, Sequence[str]]


# ---------------------------------------------------------------- the filter


def plain_filter(query: LeadQuery) -> dict[str, list[str]]:
    """What is kept of a query: names with values, without those that say nothing of which leads."""
    known = set(LeadListFilter.base_filters) - set(NO_PART)
    kept = {name: [value for value in values if value] for name, values in query.items()}
    return {name: values for name, values in sorted(kept.items()) if values and name in known}


def filter_for(
    business: Business, query: LeadQuery, user: User, *, prefix: str | None = None
) -> LeadListFilter:
    """The list's own filter over the leads of the business that can be called."""
    data = QueryDict(mutable=True)
    for name, values in query.items():
        data.setlist(f"{prefix}-{name}" if prefix else name, list(values))
    asked = Asked(user, business)
    return LeadListFilter(data, queryset=callable_leads(business), request=asked, prefix=prefix)


def checked_filter(business: Business, query: LeadQuery, user: User) -> dict[str, list[str]]:
    """The filter as it is stored. Raises ``InvalidInput`` for what the list would not take."""
    unknown = [name for name in query if name not in LeadListFilter.base_filters]
    if any(value for name in unknown for value in query[name]):
        raise InvalidInput(f"Leads cannot be filtered by “{unknown[0][:40]}”.")
    kept = plain_filter(query)
    if any(len(v) > MOST_VALUES or max(map(len, v)) > LONGEST_VALUE for v in kept.values()):
        raise InvalidInput("A filter has values that are too long, or too many.")
    form = filter_for(business, kept, user).form
    if not form.is_valid():
        raise InvalidInput(" ".join(f"{name}: {e[0]}" for name, e in form.errors.items()))
    return kept


def leads_of(business: Business, query: LeadQuery, user: User) -> LeadQuerySet:
    """The leads that are meant, those first that deserve a call most.

    Raises ``InvalidInput`` for a filter that has become wrong, as when a field is no more.
    """
    chosen = filter_for(business, checked_filter(business, query, user), user)
    leads: LeadQuerySet = chosen.qs
    return leads.order_by("-rank", "pk")


def callable_leads(business: Business) -> LeadQuerySet:
    """Those with a number who have not bought."""
    return Lead.objects.of(business).exclude(phone="").exclude(stage=LeadStage.WON)


# ---------------------------------------------------------------- the preview


@dataclass(frozen=True, slots=True)
class Sample:
    """A lead, and what the gate would say at ``at``, the next time it is within the window."""

    lead: Lead
    at: datetime | None
    reasons: tuple[str, ...]

    @property
    def is_allowed(self) -> bool:
        return self.at is not None and not self.reasons


@dataclass(frozen=True, slots=True)
class Preview:
    """How many leads are meant, and of the first of them who would be called and who not.

    ``looked_at`` were asked about at the gate, ``allowed_share`` of them may be called.
    """

    count: int
    looked_at: int
    allowed: list[Sample]
    refused: list[Sample]

    @property
    def allowed_share(self) -> float | None:
        return len(self.allowed) / self.looked_at if self.looked_at else None


LOOKED_AT, SHOWN = 40, 5


def preview(campaign: Campaign, user: User, now: datetime) -> Preview:
    """For a campaign that need not be stored. Nothing is put down in the ledger.

    Raises ``InvalidInput`` for a wrong filter.
    """
    leads = leads_of(campaign.business, campaign.lead_filter, user)
    first = leads.select_related("business", "account")[:LOOKED_AT]
    samples = [sample(campaign, lead, now) for lead in first]
    return Preview(
        count=leads.count(),
        looked_at=len(samples),
        allowed=[each for each in samples if each.is_allowed],
        refused=[each for each in samples if not each.is_allowed],
    )


def sample(campaign: Campaign, lead: Lead, now: datetime) -> Sample:
    """What would become of the lead's first call."""
    at = next_call(now, campaign.hours, zones_of_lead(lead))
    if at is None:
        return Sample(lead, None, ("It is never within the hours of the campaign.",))
    whom = Contacting(
        business=campaign.business,
        kind=ContactKind.AI,
        number=lead.phone,
        lead=lead,
        caller=caller_of(campaign.business, campaign.caller.number if campaign.caller else ""),
    )
    reasons = decide(read_facts(whom, at)).reasons
    return Sample(lead, at, tuple(str(reason.label) for reason in reasons))


def in_words(campaign: Campaign, user: User) -> list[tuple[str, str]]:
    """The stored filter as pairs of field and values, for people."""
    form: Any = filter_for(campaign.business, campaign.lead_filter, user).form
    told = []
    for name, values in campaign.lead_filter.items():
        field = form.fields.get(name)
        labels = {str(key): label for key, label in getattr(field, "choices", ())}
        label = field.label if field is not None else name.replace("_", " ").capitalize()
        told.append((str(label), ", ".join(str(labels.get(value, value)) for value in values)))
    return told
