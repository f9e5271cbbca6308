"""Setting up forms: what they ask, the snippet for a site, and how they look."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from leads.arriving import webforms
from leads.arriving.forms.webforms import WebFormForm
from leads.arriving.permissions import get_business_for, get_form_for
from leads.arriving.views.base import go_to, page
from leads.arriving.views.public_form import address_of as public_address
from leads.models import Arrival, WebForm
from salesdesk.businesses.models import Business
from salesdesk.lib.errors import SalesdeskError


@require_GET
def form_list(request: HttpRequest) -> HttpResponse:
    business = get_business_for(request.user, request.GET.get("business", ""))
    rows = list(WebForm.objects.filter(business=business))
    return page(request, business, "forms.html", {"forms": rows})


@require_http_methods(["GET", "HEAD", "POST"])
def new_form(request: HttpRequest) -> HttpResponse:
    business = get_business_for(request.user, request.GET.get("business", ""))
    form = WebFormForm(request.POST or None)
    if request.method == "POST":
        if form.is_valid():
            try:
                added = webforms.add_form(business, **form.values())
            except SalesdeskError as error:
                form.add_error(None, error.message)
            else:
                return go_to(request, _address(added), "The form is ready for your site.")
        return page(request, business, "form.html", {"form": form}, status=422)
    return page(request, business, "form.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
def one_form(request: HttpRequest, form_id: str) -> HttpResponse:
    shown = get_form_for(request.user, form_id)
    if request.method != "POST":
        return _page(request, shown.business, shown, WebFormForm(instance=shown))
    form = WebFormForm(request.POST, instance=get_form_for(request.user, form_id))
    if form.is_valid():
        try:
            webforms.change_form(shown, **form.values())
        except SalesdeskError as error:
            form.add_error(None, error.message)
        else:
            return go_to(request, _address(shown), "Form saved.")
    return _page(request, shown.business, shown, form, status=422)


@require_POST
def delete_form(request: HttpRequest, form_id: str) -> HttpResponse:
    shown = get_form_for(request.user, form_id)
    where = f"{reverse('arriving:forms')}?business={shown.business.public_id}"
    shown.delete()
    return go_to(request, where, "Form deleted; the leads that it brought stay.")


def _page(
    request: HttpRequest,
    business: Business,
    shown: WebForm,
    form: WebFormForm,
    *,
    status: int = 200,
) -> HttpResponse:
    arrivals = Arrival.objects.filter(
        business=business, origin__startswith=f"form:{shown.public_id}:"
    )
    context = {
        "form": form,
        "web_form": shown,
        "address": public_address(shown),
        "arrival_count": arrivals.count(),
    }
    return page(request, business, "form.html", context, status=status)


def _address(shown: WebForm) -> str:
    return reverse("arriving:form", args=[shown.public_id])
