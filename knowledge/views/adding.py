"""Adding documents: files, what is written here, one web page."""

from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from knowledge import audit, services
from knowledge.forms import ForBusiness, TextForm, UploadForm, UrlForm
from knowledge.models import Document
from knowledge.permissions import require_managing
from knowledge.views.base import address_of, business_chosen, go_to, who
from salesdesk.lib.errors import SalesdeskError
from salesdesk.lib.htmx import wants_partial


@dataclass(frozen=True, slots=True)
class Added:
    """What became of one file: a document, or a sentence that says why not."""

    name: str
    document: Document | None = None
    error: str = ""


@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    """Several files; what is wrong with one keeps none of the others out."""
    require_managing(request.user)
    if request.method != "POST":
        return _page(request, "upload", UploadForm(user=who(request), initial=_initial(request)))
    form = UploadForm(request.POST, request.FILES, user=who(request))
    if not form.is_valid():
        return _page(request, "upload", form, status=422)
    return _uploaded(request, form, [_add_file(request, form, f) for f in _files(form)])


def _files(form: UploadForm) -> "list[UploadedFile[Any]]":
    files: list[UploadedFile[Any]] = form.cleaned_data["files"]
    return files


def _add_file(request: HttpRequest, form: UploadForm, file: "UploadedFile[Any]") -> Added:
    name = str(file.name)
    business = form.cleaned_data["business"]
    try:
        document = services.add_file(business, file, by=who(request), **form.about())
    except SalesdeskError as error:
        return Added(name, error=error.message)
    audit.record_added(who(request), document, "uploaded this")
    return Added(name, document)


def _uploaded(request: HttpRequest, form: UploadForm, results: list[Added]) -> HttpResponse:
    status = 422 if any(result.error for result in results) else 200
    if wants_partial(request):
        context = {"results": results}
        return render(request, "knowledge/new.html#uploaded", context, status=status)
    if status == 200:
        documents = [result.document for result in results if result.document]
        one = len(documents) == 1
        address = address_of(documents[0]) if one else reverse("knowledge:list")
        return go_to(request, address, "File added." if one else f"{len(documents)} files added.")
    return _page(request, "upload", form, status=status, results=results)


@require_http_methods(["GET", "HEAD", "POST"])
def write(request: HttpRequest) -> HttpResponse:
    require_managing(request.user)
    if request.method != "POST":
        return _page(request, "write", TextForm(user=who(request), initial=_initial(request)))
    form = TextForm(request.POST, user=who(request))
    if form.is_valid():
        values = form.cleaned_data
        made = _made(request, form, services.add_text, title=values["title"], text=values["text"])
        if made is not None:
            return go_to(request, address_of(made), "Written and kept.")
    return _page(request, "write", form, status=422)


@require_http_methods(["GET", "HEAD", "POST"])
def by_url(request: HttpRequest) -> HttpResponse:
    require_managing(request.user)
    if request.method != "POST":
        return _page(request, "url", UrlForm(user=who(request), initial=_initial(request)))
    form = UrlForm(request.POST, user=who(request))
    if form.is_valid():
        made = _made(request, form, services.add_url, url=form.cleaned_data["url"])
        if made is not None:
            return go_to(request, address_of(made), "The page is being fetched.")
    return _page(request, "url", form, status=422)


def _made(
    request: HttpRequest, form: TextForm | UrlForm, add: Any, **content: str
) -> Document | None:
    """The new document; ``None`` when it is refused, and then the form says why."""
    try:
        business = form.cleaned_data["business"]
        document: Document = add(business, **content, by=who(request), **form.about())
    except SalesdeskError as error:
        form.add_error(None, error.message)
        return None
    audit.record_added(who(request), document)
    return document


def _initial(request: HttpRequest) -> dict[str, str]:
    return business_chosen(request.user, request.GET)


def _page(
    request: HttpRequest,
    way: str,
    form: ForBusiness,
    *,
    status: int = 200,
    results: list[Added] | None = None,
) -> HttpResponse:
    template = "knowledge/new.html#form" if wants_partial(request) else "knowledge/new.html"
    context = {"way": way, "form": form, "results": results or []}
    return render(request, template, context, status=status)
