"""Search for programs."""

from collections.abc import Callable

import pytest
from rest_framework.test import APIClient

from knowledge import services
from knowledge.models import Document
from knowledge.tests.conftest import finish
from salesdesk.accounts.models import User
from salesdesk.businesses.models import Business

pytestmark = pytest.mark.usefixtures("words_model")

ApiFor = Callable[[User | None], APIClient]
SEARCH = "/api/v1/knowledge/search"
QUERY = {"query": "how long is the inverter warranty"}


@pytest.fixture
def warranty(business: Business) -> Document:
    text = "The inverter warranty lasts twelve years."
    about = {"type": "warranty", "vendor": "Velmora", "tags": ["inverter"]}
    return finish(services.add_text(business, title="Warranty", text=text, by=None, **about))  # type: ignore[arg-type]


def test_results_say_where_they_come_from(warranty: Document, rep: User, api_for: ApiFor) -> None:
    [found] = api_for(rep).post(SEARCH, QUERY, format="json").json()["results"]

    assert (found["document_id"], found["title"]) == (warranty.public_id, "Warranty")
    assert (found["version"], found["vendor"], found["tags"]) == (1, "Velmora", ["inverter"])
    assert found["scores"]["rerank"] > 0


def test_asked_in_the_address_it_answers_the_same(
    warranty: Document, rep: User, api_for: ApiFor
) -> None:
    api = api_for(rep)

    by_address = api.get(SEARCH, {**QUERY, "tags": "inverter", "top_k": "3"})
    by_body = api.post(SEARCH, {**QUERY, "tags": ["inverter"], "top_k": 3}, format="json")

    assert by_address.json() == by_body.json()
    assert by_address.json()["results"]


def test_filters(warranty: Document, rep: User, api_for: ApiFor) -> None:
    api = api_for(rep)

    for wrong in ({"type": "policy"}, {"vendor": "Stonefinch"}, {"tags": ["roof"]}):
        response = api.post(SEARCH, {**QUERY, **wrong}, format="json")
        assert response.json()["results"] == [], wrong


def test_what_the_agent_would_say_comes_when_it_is_asked_for(
    warranty: Document, rep: User, api_for: ApiFor
) -> None:
    api = api_for(rep)

    assert api.post(SEARCH, QUERY, format="json").json()["answer"] is None
    told = api.post(SEARCH, {**QUERY, "answer": True}, format="json").json()["answer"]
    assert len(told["spoken"]) == len(told["citations"])
    assert isinstance(told["is_answerable"], bool)


def test_nothing_is_found_in_other_businesses(
    warranty: Document, business: Business, outsider: User, api_for: ApiFor
) -> None:
    api = api_for(outsider)

    assert api.post(SEARCH, QUERY, format="json").json()["results"] == []
    named = api.post(SEARCH, {**QUERY, "business": business.public_id}, format="json")
    assert named.status_code == 404


@pytest.mark.parametrize(
    ("values", "field"),
    [({}, "query"), ({**QUERY, "top_k": 0}, "top_k"), ({**QUERY, "threshold": 2}, "threshold")],
)
def test_what_cannot_be_asked(
    values: dict[str, object], field: str, rep: User, api_for: ApiFor
) -> None:
    response = api_for(rep).post(SEARCH, values, format="json")

    assert response.status_code == 422
    assert field in response.json()["error"]["fields"]
