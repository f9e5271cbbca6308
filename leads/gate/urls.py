"""The pages about the gate. Their loaders decide for whom."""

from collections.abc import Callable

from django.contrib.auth.decorators import login_required
from django.http import HttpResponseBase
from django.urls import URLPattern, path

from leads.gate.views import ledger, peace, rules


def page(route: str, view: Callable[..., HttpResponseBase], name: str) -> URLPattern:
    return path(route, login_required(view), name=name)


app_name = "gate"
urlpatterns = [
    page("leads/ledger/", ledger.ledger, "ledger"),
    page("leads/ledger/export/", ledger.export, "export"),
    page("leads/do-not-call/", peace.do_not_call, "do_not_call"),
    page("leads/do-not-call/add/", peace.add, "add"),
    page("leads/do-not-call/lists/", peace.add_list, "add_list"),
    page("leads/do-not-call/lists/<slug:list_id>/delete/", peace.remove_list, "remove_list"),
    page("settings/dialing/", rules.rules, "rules"),
    page("settings/dialing/address/", rules.address, "address"),
]
