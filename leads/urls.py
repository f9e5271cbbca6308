"""The pages of leads. All of them are for who is signed in; their loaders decide the rest."""

from collections.abc import Callable

from django.contrib.auth.decorators import login_required
from django.http import HttpResponseBase
from django.urls import URLPattern, path

from leads.views import accounts, changing, detail, lists, matching, merging, pipeline


def page(route: str, view: Callable[..., HttpResponseBase], name: str) -> URLPattern:
    return path(route, login_required(view), name=name)


LEAD = "leads/<slug:lead_id>"
ACCOUNT = "leads/accounts/<slug:account_id>"

app_name = "leads"
urlpatterns = [
    page("pipeline/", pipeline.pipeline, "pipeline"),
    page("pipeline/<slug:lead_id>/move/", pipeline.move_card, "move_card"),
    page("leads/", lists.leads, "list"),
    page("leads/new/", lists.new, "new"),
    page("leads/export/", lists.export, "export"),
    page("leads/matching/", matching.change_matching, "change_matching"),
    page("leads/matching/<slug:change_id>/", matching.bulk_change, "bulk_change"),
    page("leads/bulk/", lists.change_several, "change_several"),
    page("leads/duplicates/", merging.duplicates, "duplicates"),
    page("leads/merges/<slug:merge_id>/undo/", merging.undo_merge, "undo_merge"),
    page(
        "leads/opportunities/<slug:opportunity_id>/<slug:answer>/",
        changing.settle_opportunity,
        "settle_opportunity",
    ),
    page("leads/accounts/", accounts.accounts, "accounts"),
    page("leads/accounts/new/", accounts.new, "new_account"),
    page(f"{ACCOUNT}/", accounts.account, "account_page"),
    page(f"{ACCOUNT}/edit/", accounts.edit, "edit_account"),
    page(f"{ACCOUNT}/remove/", accounts.remove, "remove_account"),
    page(f"{ACCOUNT}/never-call/", accounts.never_call, "never_call_account"),
    page(f"{ACCOUNT}/contacts/", accounts.add_contact, "add_account_contact"),
    page("leads/contacts/<slug:contact_id>/edit/", accounts.edit_contact, "edit_contact"),
    page("leads/contacts/<slug:contact_id>/remove/", accounts.remove_contact, "drop_contact"),
    page(f"{LEAD}/", detail.lead, "lead"),
    page(f"{LEAD}/timeline/", detail.timeline, "timeline"),
    page(f"{LEAD}/why/", detail.why, "why"),
    page(f"{LEAD}/edit/", changing.edit, "edit"),
    page(f"{LEAD}/move/", changing.move, "move"),
    page(f"{LEAD}/call/", changing.call, "call"),
    page(f"{LEAD}/outcome/", changing.set_outcome, "outcome"),
    page(f"{LEAD}/never-call/", changing.never_call, "never_call"),
    page(f"{LEAD}/note/", changing.write_note, "note"),
    page(f"{LEAD}/consent/", changing.give_consent, "consent"),
    page(f"{LEAD}/account/", changing.set_account, "account"),
    page(f"{LEAD}/contacts/", changing.add_contact, "add_contact"),
    page(f"{LEAD}/contacts/<slug:contact_id>/remove/", changing.remove_contact, "remove_contact"),
    page(f"{LEAD}/merge/<slug:other_id>/", merging.merge, "merge"),
]
