"""Leads that may be one person: found, compared, merged, and taken apart again."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from leads.merging import services
from leads.merging.finding import groups_of
from leads.models import Lead, Merge
from leads.permissions import get_desk_for, get_lead_for
from leads.templatetags.leads import fact_name, money
from leads.views.base import address_of, go_to, who
from salesdesk.accounts.enums import Ability
from salesdesk.accounts.permissions import require
from salesdesk.businesses.models import Business
from salesdesk.lib.errors import NotFound
from salesdesk.lib.phone import for_people

MOST_MERGES = 20


@dataclass(frozen=True, slots=True)
class Compared:
    """One field of two leads; ``chosen`` is ``kept`` or ``absorbed``."""

    name: str
    label: str
    kept: str
    absorbed: str
    chosen: str

    @property
    def differs(self) -> bool:
        return self.kept != self.absorbed


@require_GET
def duplicates(request: HttpRequest) -> HttpResponse:
    business = get_desk_for(request.user, request.GET.get("business", ""), Ability.MANAGE_LEADS)
    done = Merge.objects.filter(business=business).select_related("kept", "by", "undone_by")
    context = {
        "business": business,
        "businesses": Business.objects.where(who(request), Ability.MANAGE_LEADS),
        "groups": groups_of(business),
        "merges": done[:MOST_MERGES],
        "may_manage": True,
    }
    return render(request, "leads/duplicates.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def merge(request: HttpRequest, lead_id: str, other_id: str) -> HttpResponse:
    """GET compares the two field by field; POST makes the second part of the first."""
    kept = get_lead_for(request.user, lead_id, Ability.MANAGE_LEADS)
    absorbed = get_lead_for(request.user, other_id, Ability.MANAGE_LEADS)
    if request.method != "POST":
        context = {"kept": kept, "absorbed": absorbed, **_preview(kept, absorbed)}
        return render(request, "leads/merge.html", context)
    choices = {
        name: services.ABSORBED if request.POST.get(name) == services.ABSORBED else services.KEPT
        for name in services.CHOSEN
    }
    name = str(absorbed)
    services.merge(kept, absorbed, choices=choices, by=who(request))
    return go_to(request, address_of(kept), f"{name} is part of this lead now.")


def _preview(kept: Lead, absorbed: Lead) -> dict[str, Any]:
    chosen = services.choices_for(kept, absorbed)
    fields = [
        Compared(name, fact_name(name), _shown(kept, name), _shown(absorbed, name), chosen[name])
        for name in services.CHOSEN
    ]
    facts = sorted({*kept.facts, *absorbed.facts})
    return {
        "fields": [field for field in fields if field.kept or field.absorbed],
        "facts": [(key, kept.facts.get(key), absorbed.facts.get(key)) for key in facts],
        "moves": _moves(absorbed),
    }


def _shown(lead: Lead, name: str) -> str:
    if name == "phone":
        return for_people(lead.phone) if lead.phone else ""
    if name == "value":
        return money(lead.value)
    display = getattr(lead, f"get_{name}_display", None)
    value = display() if display else getattr(lead, name)
    return "" if value is None else str(value)


def _moves(absorbed: Lead) -> list[tuple[str, int]]:
    """How much comes over, by what it is."""
    told = []
    for each in services.relations_of_leads():
        meta, count = each.related_model._meta, _count(each, absorbed)
        if count:
            told.append((str(meta.verbose_name if count == 1 else meta.verbose_name_plural), count))
    return told


def _count(relation: Any, lead: Lead) -> int:
    rows = relation.related_model._base_manager.filter(**{relation.field.name: lead})
    return int(rows.count())


@require_POST
def undo_merge(request: HttpRequest, merge_id: str) -> HttpResponse:
    merged = Merge.objects.filter(public_id=merge_id).select_related("kept", "business").first()
    if merged is None:
        raise NotFound("There is no such merge, or not for you.")
    views, manages = Ability.VIEW_LEADS, Ability.MANAGE_LEADS
    require(request.user, merged.business_id, view=views, ability=manages)
    lead = services.undo(merged, by=who(request))
    return go_to(request, address_of(lead), f"{lead} is a lead of its own again.")
