"""What somebody does to a lead on its page. Each answers with the piece of the page it changed."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from leads import contacts
from leads.consent import record_consent
from leads.dialing.services import request_dial
from leads.enums import ConsentKind, DialKind, DialOrigin, LeadStage, SuppressionSource
from leads.lead_page import (
    consent_context,
    lead_context,
    opportunity_context,
    people_context,
    who_context,
)
from leads.models import Contact, Lead, Opportunity
from leads.outcomes.defaults import dispositions_of
from leads.outcomes.services import record_outcome
from leads.outcomes.times import at_leads_clock
from leads.permissions import get_lead_for
from leads.pipeline import services as pipeline
from leads.services import add_note, suppress, update_lead
from leads.views.base import address_of, go_to, refused, who
from leads.views.forms import (
    AccountForm,
    AmountForm,
    ConsentForm,
    ContactForm,
    EditLeadForm,
    MoveForm,
    NoteForm,
    OutcomeForm,
    SuppressForm,
)
from salesdesk.accounts.enums import Ability
from salesdesk.accounts.permissions import require
from salesdesk.lib.errors import InvalidInput, NotFound, SalesdeskError
from salesdesk.lib.htmx import toast, trigger, wants_partial

HAPPENED = "lead-changed"
"""The browser's event whereupon the timeline reads itself anew."""


def _loaded(request: HttpRequest, lead_id: str) -> Lead:
    return get_lead_for(request.user, lead_id, Ability.MANAGE_LEADS)


def _answer(
    request: HttpRequest,
    lead: Lead,
    piece: str,
    context: dict[str, Any],
    *,
    said: str = "",
    status: int = 200,
) -> HttpResponse:
    """The changed piece for HTMX, the whole page for a browser without it."""
    changed = status == 200
    if not wants_partial(request):
        if changed:
            return go_to(request, address_of(lead), said or "Saved.")
        whole = {**lead_context(who(request), lead), **context}
        return render(request, "leads/lead.html", whole, status=status)
    response = render(request, f"leads/lead.html#{piece}", context, status=status)
    if changed:
        trigger(response, **{HAPPENED: {"id": lead.public_id}})
    return toast(response, said) if said and changed else response


def _try(form: forms.Form, change: Callable[[], object]) -> bool:
    """Whether the form is right and the services took it; if not, the form says why."""
    if not form.is_valid():
        return False
    try:
        change()
    except SalesdeskError as error:
        refused(form, error)
        return False
    return True


# ---------------------------------------------------------------- who


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, lead_id: str) -> HttpResponse:
    lead = _loaded(request, lead_id)
    if request.method != "POST":
        return _edit_form(request, lead, EditLeadForm.of(lead))
    form = EditLeadForm(request.POST, business=lead.business)
    if not _try(form, lambda: update_lead(lead, by=who(request), **form.values())):
        return _edit_form(request, lead, form, status=422)
    lead = _loaded(request, lead_id)
    context = {**who_context(who(request), lead)}
    return _answer(request, lead, "who", context, said="Saved.")


def _edit_form(
    request: HttpRequest, lead: Lead, form: EditLeadForm, status: int = 200
) -> HttpResponse:
    context = {"lead": lead, "form": form}
    piece = "#form" if wants_partial(request) else ""
    return render(request, f"leads/edit.html{piece}", context, status=status)


@require_POST
def move(request: HttpRequest, lead_id: str) -> HttpResponse:
    lead = _loaded(request, lead_id)
    form = MoveForm(request.POST, auto_id=f"move_{lead.public_id}_%s")
    moved = _try(form, lambda: _moved(request, lead, form))
    lead = _loaded(request, lead_id)
    context = who_context(who(request), lead)
    if moved:
        said = f"Moved to “{LeadStage(lead.stage).label.lower()}”."
        return _answer(request, lead, "who", context, said=said)
    return _answer(request, lead, "who", {**context, "move_form": form}, status=422)


def _moved(request: HttpRequest, lead: Lead, form: MoveForm) -> Lead:
    values = form.cleaned_data
    return pipeline.move(
        lead,
        LeadStage(values["stage"]),
        expected=values["expected"],
        reason=values["reason"],
        by=who(request),
    )


@require_POST
def never_call(request: HttpRequest, lead_id: str) -> HttpResponse:
    """Neither the number nor the address is ever used again."""
    lead = _loaded(request, lead_id)
    form = SuppressForm(request.POST)
    if not form.is_valid():
        raise InvalidInput("A reason has 300 characters at most.")
    suppress(
        lead.business,
        phone=lead.phone,
        email=lead.email,
        reason=form.cleaned_data["reason"],
        source=SuppressionSource.STAFF,
        by=who(request),
    )
    said = "They are left in peace from now on."
    return _answer(request, lead, "who", who_context(who(request), lead), said=said)


@require_POST
def call(request: HttpRequest, lead_id: str) -> HttpResponse:
    """Have the lead called, by the agent (``kind`` is ``ai``) or by the user."""
    by_agent = request.POST.get("kind") == DialKind.AI
    needed = Ability.PLACE_CALLS if by_agent else Ability.WORK_LEADS
    lead = get_lead_for(request.user, lead_id, needed)
    kind = DialKind.AI if by_agent else DialKind.REP
    request_dial(lead, kind=kind, user=who(request), origin=DialOrigin.MANUAL)
    said = "The agent calls them." if by_agent else "Your phone rings in a moment."
    if not wants_partial(request):
        return go_to(request, address_of(lead), said)
    response = HttpResponse(status=204)
    trigger(response, **{HAPPENED: {"id": lead.public_id}})
    return toast(response, said)


@require_POST
def set_outcome(request: HttpRequest, lead_id: str) -> HttpResponse:
    """How it came out, and what follows from it."""
    lead = get_lead_for(request.user, lead_id, Ability.WORK_LEADS)
    form = OutcomeForm(request.POST)
    if not form.is_valid():
        raise InvalidInput("Say how it came out, and when to call back as a date and time.")
    values = form.cleaned_data
    chosen = [each for each in dispositions_of(lead.business) if each.key == values["outcome"]]
    if not chosen:
        raise NotFound("There is no such outcome.")
    at = values["callback_at"]
    record_outcome(
        lead,
        chosen[0],
        user=who(request),
        note=values["note"],
        reason=values["reason"],
        callback_at=at_leads_clock(lead, at) if at else None,
    )
    lead = get_lead_for(request.user, lead_id)
    context = who_context(who(request), lead)
    return _answer(request, lead, "who", context, said=f"Noted: {chosen[0].label}.")


# ---------------------------------------------------------------- notes and consent


@require_POST
def write_note(request: HttpRequest, lead_id: str) -> HttpResponse:
    lead = _loaded(request, lead_id)
    form = NoteForm(request.POST, auto_id="note_%s")
    if _try(form, lambda: add_note(lead, form.cleaned_data["text"], by=who(request))):
        fresh = {"lead": lead, "note_form": NoteForm(auto_id="note_%s")}
        return _answer(request, lead, "note", fresh, said="Note added.")
    return _answer(request, lead, "note", {"lead": lead, "note_form": form}, status=422)


@require_POST
def give_consent(request: HttpRequest, lead_id: str) -> HttpResponse:
    lead = _loaded(request, lead_id)
    form = ConsentForm(request.POST, auto_id="consent_%s")
    put_down = _try(form, lambda: _recorded(request, lead, form))
    context = {**consent_context(lead), **who_context(who(request), lead)}
    if put_down:
        return _answer(request, lead, "consents", context, said="Put down.")
    return _answer(request, lead, "consents", {**context, "consent_form": form}, status=422)


def _recorded(request: HttpRequest, lead: Lead, form: ConsentForm) -> None:
    values = form.cleaned_data
    record_consent(
        lead,
        ConsentKind(values["kind"]),
        is_given=values["is_given"],
        wording=values["wording"],
        proof=values["proof"],
        by=who(request),
    )


# ---------------------------------------------------------------- people around


@require_POST
def set_account(request: HttpRequest, lead_id: str) -> HttpResponse:
    lead = _loaded(request, lead_id)
    form = AccountForm(request.POST, auto_id="account_%s")
    name = request.POST.get("name", "")
    done = _try(form, lambda: contacts.put_into_account(lead, name, by=who(request)))
    return _people(request, lead_id, "account_form", form, done, "Saved.")


@require_POST
def add_contact(request: HttpRequest, lead_id: str) -> HttpResponse:
    lead = _loaded(request, lead_id)
    form = ContactForm(request.POST, auto_id="contact_%s")
    done = _try(form, lambda: contacts.add_contact(lead, by=who(request), **form.values()))
    return _people(request, lead_id, "contact_form", form, done, "Added.")


@require_POST
def remove_contact(request: HttpRequest, lead_id: str, contact_id: str) -> HttpResponse:
    lead = _loaded(request, lead_id)
    contact = Contact.objects.filter(lead=lead, public_id=contact_id).first()
    if contact is None:
        raise NotFound("There is nobody like that at this lead.")
    contacts.remove_contact(contact, by=who(request))
    return _people(request, lead_id, "contact_form", ContactForm(), True, "Taken away.")


def _people(
    request: HttpRequest, lead_id: str, name: str, form: forms.Form, done: bool, said: str
) -> HttpResponse:
    lead = _loaded(request, lead_id)
    context = {**people_context(lead), **who_context(who(request), lead)}
    if done:
        return _answer(request, lead, "people", context, said=said)
    return _answer(request, lead, "people", {**context, name: form}, status=422)


# ---------------------------------------------------------------- opportunities


@require_POST
def settle_opportunity(request: HttpRequest, opportunity_id: str, answer: str) -> HttpResponse:
    """Accept it (``amount`` may be given), or dismiss it."""
    opportunity = _opportunity(request, opportunity_id)
    if answer == "accept":
        form = AmountForm(request.POST)
        if not form.is_valid():
            raise InvalidInput("This amount cannot be.")
        pipeline.accept(opportunity, amount=form.cleaned_data["amount"], by=who(request))
    else:
        pipeline.dismiss(opportunity, by=who(request))
    lead = _loaded(request, opportunity.lead.public_id)
    said = "Accepted." if answer == "accept" else "Dismissed."
    if request.POST.get("next") == "pipeline":
        return redirect("leads:pipeline")
    context = {**opportunity_context(lead), **who_context(who(request), lead)}
    return _answer(request, lead, "opportunities", context, said=said)


def _opportunity(request: HttpRequest, opportunity_id: str) -> Opportunity:
    visible = Opportunity.objects.where(request.user, Ability.VIEW_LEADS)
    found = visible.select_related("lead__business").filter(public_id=opportunity_id).first()
    if found is None:
        raise NotFound("There is no such opportunity, or not for you.")
    require(request.user, found.business_id, view=Ability.VIEW_LEADS, ability=Ability.MANAGE_LEADS)
    return found
