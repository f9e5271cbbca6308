"""The form as a visitor of somebody's site sees it. Nobody is signed in here, and nothing of a
session counts: what is sent is believed by its signed token only.
"""

from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from leads.arriving import webforms
from leads.arriving.forms.webforms import CONSENT, PAGE, TOKEN, TRAP, SubmissionForm
from leads.arriving.webforms import Visit
from leads.models import WebForm
from salesdesk.lib.errors import InvalidInput, NotFound, SalesdeskError, TooMany

EMBED = Path(settings.BASE_DIR) / "static" / "js" / "form-embed.js"
LARGEST_BODY = 64 * 1024


@never_cache
@csrf_exempt  # a frame of another site has no cookie of ours; the token says that we showed it
@xframe_options_exempt  # the policy's frame-ancestors says who may show it
@require_http_methods(["GET", "HEAD", "POST"])
def form(request: HttpRequest, form_id: str) -> HttpResponse:
    shown = _form_with(form_id)
    if request.method != "POST":
        return _page(request, shown, SubmissionForm(web_form=shown))
    if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST_BODY:
        raise InvalidInput("This is more than the form can send.")
    return _sent(request, shown, SubmissionForm(request.POST, web_form=shown))


@xframe_options_exempt
@require_GET
def thanks(request: HttpRequest, form_id: str) -> HttpResponse:
    shown = _form_with(form_id)
    return _framed(render(request, "arriving/public_thanks.html", {"web_form": shown}), shown)


@cache_control(max_age=3600, public=True)
@require_GET
def embed(request: HttpRequest, form_id: str) -> HttpResponse:
    """The script that puts the form into somebody's page."""
    _form_with(form_id)
    return HttpResponse(EMBED.read_text(), content_type="text/javascript; charset=utf-8")


def _sent(request: HttpRequest, shown: WebForm, given: SubmissionForm) -> HttpResponse:
    visit = _visit(request)
    if request.POST.get(TRAP):
        webforms.note_spam(shown)
        return redirect("public_form_thanks", form_id=shown.public_id)
    try:
        webforms.count_sending(shown, visit)
        name = webforms.read_token(shown, request.POST.get(TOKEN, ""))
        if not given.is_valid():
            return _page(request, shown, given, status=422)
        agreed = bool(given.cleaned_data.get(CONSENT))
        webforms.submit(shown, name, given.values(), agreed=agreed, visit=visit)
    except TooMany as error:
        return _page(request, shown, given, status=429, problem=error.message)
    except SalesdeskError as error:
        return _page(request, shown, given, status=422, problem=error.message)
    return redirect("public_form_thanks", form_id=shown.public_id)


def _page(
    request: HttpRequest,
    shown: WebForm,
    given: SubmissionForm,
    *,
    status: int = 200,
    problem: str = "",
) -> HttpResponse:
    """A token that is still good is kept, so that mending a mistake takes no new wait."""
    context = {
        "web_form": shown,
        "form": given,
        "token": _good_token(request, shown) or webforms.issue_token(shown),
        "page": _from(request),
        "problem": problem,
    }
    return _framed(render(request, "arriving/public_form.html", context, status=status), shown)


def _good_token(request: HttpRequest, shown: WebForm) -> str:
    token = request.POST.get(TOKEN, "")
    try:
        webforms.read_token(shown, token)
    except InvalidInput:
        return ""
    return token


def _framed(response: HttpResponse, shown: WebForm) -> HttpResponse:
    policy = {"frame-ancestors": webforms.frame_ancestors(shown)}
    response._csp_replace = policy  # type: ignore[attr-defined]  # as django-csp's decorators do
    return response


def _form_with(form_id: str) -> WebForm:
    known = WebForm.objects.filter(is_active=True, business__is_active=True)
    found = known.select_related("business").filter(public_id=form_id).first()
    if found is None:
        raise NotFound("There is no such form, or it is not in use any more.")
    return found


def _visit(request: HttpRequest) -> Visit:
    address = str(BaseThrottle().get_ident(Request(request)) or "")
    return Visit(address[:60], _from(request), request.headers.get("User-Agent", ""))


def _from(request: HttpRequest) -> str:
    """The page around the form, as the embedding script tells it."""
    return (request.POST.get(PAGE) or request.GET.get(PAGE, ""))[:300]


def address_of(shown: WebForm) -> str:
    return f"{settings.PUBLIC_URL}{reverse('public_form', args=[shown.public_id])}"
