"""Documentation sites, and the readings of them."""

from typing import Any

from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from knowledge import audit, pages, upkeep
from knowledge.enums import Vendor
from knowledge.forms import ScheduleForm, SiteForm
from knowledge.models import Site
from knowledge.permissions import get_site_for, require_managing
from knowledge.views.base import business_chosen, go_to, who
from knowledge.web import services
from salesdesk.accounts.enums import Ability
from salesdesk.lib.errors import SalesdeskError
from salesdesk.lib.htmx import wants_partial


@require_GET
def site_list(request: HttpRequest) -> HttpResponse:
    return render(request, "knowledge/sites.html", pages.sites_context(who(request)))


@require_http_methods(["GET", "HEAD", "POST"])
def new_site(request: HttpRequest) -> HttpResponse:
    """Adds the site and reads it at once."""
    require_managing(request.user)
    if request.method != "POST":
        initial = business_chosen(request.user, request.GET)
        return _page(request, SiteForm(user=who(request), initial=initial))
    form = SiteForm(request.POST, user=who(request))
    site = _added(request, form) if form.is_valid() else None
    if site is None:
        return _page(request, form, status=422)
    return go_to(request, _address_of(site), "The site is being read.")


def _added(request: HttpRequest, form: SiteForm) -> Site | None:
    """The site, being read; ``None`` when it is refused, and then the form says why."""
    try:
        site = _add(form.cleaned_data)
        services.start_sync(site, by=who(request))
    except SalesdeskError as error:
        form.add_error(None, error.message)
        return None
    audit.record_added(who(request), site)
    return site


def _add(values: dict[str, Any]) -> Site:
    limits = {name: values[name] for name in ScheduleForm.base_fields}
    if values["vendor"] == Vendor.CUSTOM:
        return services.add_site(
            values["business"], values["start_url"], name=values["name"], **limits
        )
    site = services.add_vendor_site(values["business"], values["vendor"])
    return services.change_site(site, name=values["name"], **limits)


@require_GET
def site(request: HttpRequest, site_id: str) -> HttpResponse:
    shown = get_site_for(request.user, site_id)
    return render(request, "knowledge/site.html", pages.site_context(who(request), shown))


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, site_id: str) -> HttpResponse:
    edited = get_site_for(request.user, site_id, Ability.MANAGE_KNOWLEDGE)
    if request.method != "POST":
        initial = {name: getattr(edited, name) for name in ScheduleForm.base_fields}
        return _page(request, ScheduleForm(initial=initial), site=edited)
    form = ScheduleForm(request.POST)
    if not form.is_valid():
        return _page(request, form, site=edited, status=422)
    services.change_site(edited, **form.cleaned_data)
    audit.record_changed(who(request), edited, "changed how it is read")
    return go_to(request, _address_of(edited), "Site saved; it counts from the next reading.")


@require_POST
def start(request: HttpRequest, site_id: str) -> HttpResponse:
    read = get_site_for(request.user, site_id, Ability.MANAGE_KNOWLEDGE)
    services.start_sync(read, by=who(request))
    return go_to(request, _address_of(read), "The site is being read.")


@require_POST
def cancel(request: HttpRequest, site_id: str) -> HttpResponse:
    read = get_site_for(request.user, site_id, Ability.MANAGE_KNOWLEDGE)
    services.cancel_sync(read)
    audit.record_changed(who(request), read, "stopped its reading")
    return go_to(request, _address_of(read), "The reading is being stopped.")


@require_POST
def delete(request: HttpRequest, site_id: str) -> HttpResponse:
    dropped = get_site_for(request.user, site_id, Ability.MANAGE_KNOWLEDGE)
    with transaction.atomic():
        audit.record_deleted(who(request), dropped)
        upkeep.delete_site(dropped)
    return go_to(request, reverse("knowledge:sites"), "Site deleted.")


def _address_of(shown: Site) -> str:
    return reverse("knowledge:site", args=[shown.public_id])


def _page(
    request: HttpRequest, form: forms.Form, *, site: Site | None = None, status: int = 200
) -> HttpResponse:
    piece = "#form" if wants_partial(request) else ""
    context = {"form": form, "site": site}
    return render(request, f"knowledge/site_form.html{piece}", context, status=status)
