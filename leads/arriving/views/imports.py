"""Files of leads: added, their columns named, checked, imported, taken back."""

from collections.abc import Iterator
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from leads.arriving import columns, importing
from leads.arriving.forms.imports import MappingForm, UploadForm
from leads.arriving.permissions import get_business_for, get_import_for
from leads.arriving.tables import csv_lines
from leads.arriving.views.base import go_to, page, who
from leads.models import LeadImport
from salesdesk.lib.errors import SalesdeskError

PAGE_SIZE = 25
TOUCHED_SHOWN = 50


@require_http_methods(["GET", "HEAD", "POST"])
def imports(request: HttpRequest) -> HttpResponse:
    """The files so far, and a box for another one."""
    business = get_business_for(request.user, request.GET.get("business", ""))
    form = UploadForm(request.POST or None, request.FILES or None)
    status = 200
    if request.method == "POST":
        if form.is_valid():
            try:
                added = importing.add_file(business, form.cleaned_data["file"], by=who(request))
            except SalesdeskError as error:
                form.add_error("file", error.message)
            else:
                return go_to(request, address_of(added), "Say what the columns are.")
        status = 422
    rows = LeadImport.objects.filter(business=business).select_related("by").order_by("-pk")
    shown = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    return page(request, business, "imports.html", {"form": form, "page_obj": shown}, status=status)


@require_GET
def one_import(request: HttpRequest, import_id: str) -> HttpResponse:
    shown = get_import_for(request.user, import_id)
    return page(request, shown.business, "import.html", import_context(shown))


@require_POST
def check(request: HttpRequest, import_id: str) -> HttpResponse:
    shown = get_import_for(request.user, import_id)
    form = MappingForm(request.POST, lead_import=shown)
    if form.is_valid():
        try:
            importing.check(shown, form.mapping(), starts_work=form.cleaned_data["starts_work"])
        except SalesdeskError as error:
            form.add_error(None, error.message)
        else:
            return go_to(request, address_of(shown), "The rows are being checked.")
    context = {**import_context(shown), "form": form}
    return page(request, shown.business, "import.html", context, status=422)


@require_POST
def start(request: HttpRequest, import_id: str) -> HttpResponse:
    shown = get_import_for(request.user, import_id)
    importing.start(shown)
    return go_to(request, address_of(shown), "The import has begun.")


@require_POST
def cancel(request: HttpRequest, import_id: str) -> HttpResponse:
    shown = get_import_for(request.user, import_id)
    importing.cancel(shown)
    return go_to(request, address_of(shown), "It stops after the rows under way.")


@require_POST
def undo(request: HttpRequest, import_id: str) -> HttpResponse:
    shown = get_import_for(request.user, import_id)
    importing.undo(shown)
    return go_to(request, address_of(shown), "The import is being taken back.")


@require_POST
def forget(request: HttpRequest, import_id: str) -> HttpResponse:
    shown = get_import_for(request.user, import_id)
    importing.forget(shown)
    where = f"{reverse('arriving:imports')}?business={shown.business.public_id}"
    return go_to(request, where, "The file is deleted.")


@require_GET
def problems(request: HttpRequest, import_id: str) -> StreamingHttpResponse:
    """The rows that could not be taken, as CSV: mend them there and import the file."""
    shown = get_import_for(request.user, import_id)
    response = StreamingHttpResponse(csv_lines(_problem_rows(shown)), content_type="text/csv")
    name = f"problems-{shown.public_id}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _problem_rows(shown: LeadImport) -> Iterator[list[str]]:
    yield [*shown.headers, "Row", "Problem"]
    for problem in shown.problems.order_by("row").iterator(chunk_size=500):
        cells = [*problem.cells, *[""] * len(shown.headers)][: len(shown.headers)]
        yield [*cells, str(problem.row), problem.message]


def address_of(shown: LeadImport) -> str:
    return reverse("arriving:import", args=[shown.public_id])


def import_context(shown: LeadImport) -> dict[str, Any]:
    """What the page and its socket show."""
    context: dict[str, Any] = {"import": shown, "business": shown.business}
    if shown.status in ("uploaded", "checked"):
        context["form"] = MappingForm(lead_import=shown)
        context["examples"] = _examples(shown)
    if shown.status == "undone":
        kept = importing.touched(shown)
        context |= {"kept": kept[:TOUCHED_SHOWN], "kept_count": kept.count()}
    return context


def _examples(shown: LeadImport) -> list[tuple[str, str, str]]:
    """What the dry run found, as rows of a table: number, what it is, what it says."""
    labels = {**dict(columns.CHOICES), "time_zone": "Time zone"}
    found = shown.checked
    rows = [(number, "New", _in_words(told, labels)) for number, told in found.get("new", ())]
    rows += [
        (number, f"Known: {lead}", _in_words(told, labels))
        for number, told, lead in found.get("known", ())
    ]
    return [*rows, *((number, "Problem", text) for number, text in found.get("problems", ()))]


def _in_words(told: dict[str, Any], labels: dict[str, str]) -> str:
    """In the order of the choices, facts last."""
    places = {key: place for place, key in enumerate(labels)}
    keys = sorted(told, key=lambda key: (places.get(key, len(places)), key))
    return " · ".join(f"{labels.get(key, key)}: {told[key]}" for key in keys)
