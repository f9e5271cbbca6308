"""The pages about what comes in. Their loaders decide for whom."""

from collections.abc import Callable

from django.contrib.auth.decorators import login_required
from django.http import HttpResponseBase
from django.urls import URLPattern, path

from leads.arriving.views import imports, inbox, mail, webforms, webhooks


def page(route: str, view: Callable[..., HttpResponseBase], name: str) -> URLPattern:
    return path(route, login_required(view), name=name)


MESSAGE = "leads/inbox/<slug:message_id>"
MAILBOX = "settings/mailboxes/<slug:mailbox_id>"
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
    page("leads/inbox/", inbox.inbox, "inbox"),
    page(f"{MESSAGE}/", inbox.message, "message"),
    page(f"{MESSAGE}/original/", inbox.original, "original"),
    page(f"{MESSAGE}/retry/", inbox.retry, "retry_message"),
    page(f"{MESSAGE}/ignore/", inbox.ignore, "ignore_message"),
    page(f"{MESSAGE}/reopen/", inbox.reopen, "reopen_message"),
    page(f"{MESSAGE}/lead/", inbox.make_lead, "make_lead"),
    page("settings/mailboxes/", mail.mailbox_list, "mailboxes"),
    page("settings/mailboxes/new/", mail.new_mailbox, "new_mailbox"),
    page(f"{MAILBOX}/", mail.mailbox, "mailbox"),
    page(f"{MAILBOX}/try/", mail.try_mailbox, "try_mailbox"),
    page(f"{MAILBOX}/delete/", mail.delete_mailbox, "delete_mailbox"),
    page("settings/mail-rules/", mail.rule_list, "rules"),
    page("settings/mail-rules/new/", mail.new_rule, "new_rule"),
    page("settings/mail-rules/<int:key>/", mail.rule, "rule"),
    page("settings/mail-rules/<int:key>/delete/", mail.delete_rule, "delete_rule"),
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
