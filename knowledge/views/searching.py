"""The page that shows what becomes of a question, step by step."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from knowledge.forms import SearchForm
from knowledge.permissions import get_knowledge_of, may_manage
from knowledge.search.pipeline import answer
from knowledge.types import Filters
from knowledge.views.base import who
from salesdesk.businesses.models import Business
from salesdesk.lib.errors import SalesdeskError
from salesdesk.lib.htmx import wants_partial

FINDING = ("embed", "retrieve", "fuse")
RANKING = ("rerank", "read")
"""Steps of the pipeline that the page shows as one."""


@require_GET
def search(request: HttpRequest) -> HttpResponse:
    form = SearchForm(request.GET, user=who(request))
    valid = form.is_valid()
    chosen = form.cleaned_data.get("business") if valid else None
    business = chosen or get_knowledge_of(request.user, "")
    context: dict[str, Any] = {"form": form, "business": business, "is_valid": valid}
    if valid and form.cleaned_data["q"]:
        context.update(_answered(business, form.cleaned_data))
    piece = "#results" if wants_partial(request) else ""
    context["may_manage"] = may_manage(who(request), business.pk)
    status = 200 if valid else 422
    return render(request, f"knowledge/search.html{piece}", context, status=status)


def _answered(business: Business, values: dict[str, Any]) -> dict[str, Any]:
    filters = Filters(vendor=values["vendor"], type=values["type"], tags=tuple(values["tags"]))
    try:
        told = answer(business, values["q"], filters=filters)
    except SalesdeskError as error:
        return {"error": error.message}
    took = told.steps.took_ms
    return {
        "answer": told,
        "total_ms": sum(took.values()),
        "found_ms": sum(took.get(step, 0.0) for step in FINDING),
        "ranked_ms": sum(took.get(step, 0.0) for step in RANKING),
        "is_empty": not told.is_answerable and not business.passages.exists(),
    }
