"""The page of priorities: looked at, tried out and saved."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from leads.enums import LeadSource, LeadStage
from leads.models import PriorityWeights
from leads.priority.forms import WeightsForm
from leads.priority.services import weights_of
from leads.services import create_lead
from leads.templatetags.priority import signed
from salesdesk.accounts.models import User
from salesdesk.businesses.models import Business

pytestmark = pytest.mark.django_db

ClientFor = Callable[[User | None], Client]
SETTINGS, PREVIEW = "/settings/priority/", "/settings/priority/preview/"


def filled(business: Business, **changes: object) -> dict[str, object]:
    form = WeightsForm(weights_of(business))
    return {**{field.name: field.initial for field in form}, **changes}


@pytest.mark.parametrize(
    ("who", "sees", "changes"),
    [("manager", 200, 302), ("rep", 200, 403), ("auditor", 200, 403), (None, 302, 302)],
)
def test_who_may_see_and_change_weights(
    request: pytest.FixtureRequest,
    client_for: ClientFor,
    business: Business,
    who: str | None,
    sees: int,
    changes: int,
) -> None:
    client = client_for(request.getfixturevalue(who) if who else None)

    assert client.get(SETTINGS).status_code == sees
    answer = client.post(SETTINGS, filled(business, value_points=9))

    assert answer.status_code == changes
    saved = PriorityWeights.objects.filter(business=business, value_points=9).exists()
    assert saved == (who == "manager")


def test_the_preview_shows_another_order_and_stores_nothing(
    client_for: ClientFor, manager: User, business: Business
) -> None:
    create_lead(business, source=LeadSource.WEB_FORM, first_name="Fresh")
    create_lead(business, source=LeadSource.API, first_name="Rich", value=Decimal(64000))
    create_lead(business, source=LeadSource.API, first_name="Gone", stage=LeadStage.LOST)
    client = client_for(manager)

    def order(**changes: object) -> list[str]:
        page = client.post(PREVIEW, filled(business, **changes)).content.decode()
        assert "Gone" not in page
        return sorted(("Fresh", "Rich"), key=page.index)

    assert order() == ["Rich", "Fresh"]
    assert order(value_points=-5) == ["Fresh", "Rich"]
    assert not PriorityWeights.objects.exists()


def test_numbers_that_cannot_be_used_are_said_so(
    client_for: ClientFor, manager: User, business: Business
) -> None:
    wrong = filled(business, half_life_hours=0)

    assert client_for(manager).post(SETTINGS, wrong).status_code == 422
    answer = client_for(manager).post(PREVIEW, wrong)
    assert answer.status_code == 422
    assert "Some of the numbers cannot be used." in answer.content.decode()


def test_words_are_weighted(client_for: ClientFor, manager: User, business: Business) -> None:
    address = f"{reverse('priority:settings')}?business={business.public_id}"

    client_for(manager).post(address, filled(business, **{"sources-import": 7, "sources-api": 0}))

    own = weights_of(business)
    assert own.sources["import"] == 7
    assert "api" not in own.sources
    assert own.intents["booking"] == 25


@pytest.mark.parametrize(
    ("points", "words"), [(23.2, "+23"), (-4.0, "−4"), (0.2, "0"), (-0.4, "0"), (-1000.0, "−1000")]
)
def test_points_have_their_sign(points: float, words: str) -> None:
    assert signed(points) == words


def test_whole_numbers_are_shown_as_such(business: Business) -> None:
    form = WeightsForm(PriorityWeights(business=business, age_points=2.5))
    assert (form["half_life_hours"].value(), form["age_points"].value()) == (24, 2.5)
    assert 'value="24"' in str(form["half_life_hours"])
