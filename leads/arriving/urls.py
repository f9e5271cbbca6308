"""The pages about what comes in. Their loaders decide for whom."""

from collections.abc import Callable

from django.contrib.auth.decorators import login_required
from django.http import HttpResponseBase
from django.urls import URLPattern, path

from leads.arriving.views import imports


def page(route: str, view: Callable[..., HttpResponseBase], name: str) -> URLPattern:
    return path(route, login_required(view), name=name)


IMPORT = "leads/import/<slug:import_id>"

app_name = "arriving"
urlpatterns = [
    page("leads/import/", imports.imports, "imports"),
    page(f"{IMPORT}/", imports.one_import, "import"),
    page(f"{IMPORT}/check/", imports.check, "check_import"),
    page(f"{IMPORT}/start/", imports.start, "start_import"),
    page(f"{IMPORT}/cancel/", imports.cancel, "cancel_import"),
    page(f"{IMPORT}/undo/", imports.undo, "undo_import"),
    page(f"{IMPORT}/delete/", imports.forget, "forget_import"),
    page(f"{IMPORT}/problems/", imports.problems, "import_problems"),
]
