"""The pages about what comes in. Their loaders decide for whom."""

from collections.abc import Callable

from django.contrib.auth.decorators import login_required
from django.http import HttpResponseBase
from django.urls import URLPattern, path

from leads.arriving.views import imports, webforms, webhooks


def page(route: str, view: Callable[..., HttpResponseBase], name: str) -> URLPattern:
    return path(route, login_required(view), name=name)


WEBHOOK = "settings/webhooks/<slug:endpoint_id>"
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
    page("settings/forms/", webforms.form_list, "forms"),
    page("settings/forms/new/", webforms.new_form, "new_form"),
    page("settings/forms/<slug:form_id>/", webforms.one_form, "form"),
    page("settings/forms/<slug:form_id>/delete/", webforms.delete_form, "delete_form"),
    page("settings/webhooks/", webhooks.endpoint_list, "webhooks"),
    page(f"{WEBHOOK}/", webhooks.endpoint, "webhook"),
    page(f"{WEBHOOK}/change/", webhooks.change, "change_webhook"),
    page(f"{WEBHOOK}/rotate/", webhooks.rotate, "rotate_webhook"),
    page(f"{WEBHOOK}/mapping/", webhooks.mapping, "webhook_mapping"),
    page(f"{WEBHOOK}/deliveries/<int:key>/again/", webhooks.again, "webhook_again"),
    page(f"{WEBHOOK}/delete/", webhooks.delete, "delete_webhook"),
]
