from collections.abc import Callable

import pytest
from django.test import Client

from leads.enums import LeadSource
from leads.models import Lead
from leads.prediction import services, tasks
from leads.prediction.predicting import predict_open
from leads.tests.conftest import NOW
from leads.tests.prediction.made import past
from salesdesk.accounts.models import User
from salesdesk.businesses.models import Business

ClientFor = Callable[[User | None], Client]
PAGE = "/leads/prediction/"


def test_it_says_that_nothing_has_been_learned(
    business: Business, rep: User, client_for: ClientFor
) -> None:
    assert "Nothing has been learned yet" in client_for(rep).get(PAGE).content.decode()


def test_it_says_that_there_is_too_little(
    business: Business, rep: User, client_for: ClientFor
) -> None:
    services.train(business, NOW)
    page = client_for(rep).get(PAGE).content.decode()
    assert "It takes 200 closed ones, of which 30 were won and 30 lost." in page


def test_it_shows_how_good_it_is_and_who_is_likely(
    business: Business, manager: User, client_for: ClientFor
) -> None:
    past(business, NOW, {LeadSource.WEB_FORM: 0.65, LeadSource.IMPORT: 0.05})
    Lead.objects.create(
        business=business, source=LeadSource.WEB_FORM, first_name="<i>Ann</i>", created_at=NOW
    )
    services.train(business, NOW)
    predict_open(business, NOW)
    response = client_for(manager).get(PAGE)
    page = response.content.decode()
    assert "On later leads it does better than the share won before" in page
    assert "&lt;i&gt;Ann&lt;/i&gt;" in page
    assert "Source: web form" in page
    assert response.context["strengths"][0][1] == 100.0
    chart = response.context["charts"]["calibration"]
    assert len(chart["labels"]) == len(chart["series"][0]["data"]) == 8


def test_each_sees_their_own_business(
    other_business: Business, business: Business, rep: User, client_for: ClientFor
) -> None:
    path = f"{PAGE}?business={other_business.public_id}"
    assert client_for(rep).get(path).status_code == 404
    assert client_for(None).get(PAGE).status_code == 302


def test_only_who_manages_campaigns_has_it_learned_at_once(
    business: Business,
    manager: User,
    rep: User,
    outsider: User,
    client_for: ClientFor,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    queued: list[int] = []
    monkeypatch.setattr(tasks.train_business, "delay", queued.append)
    asked = {"business": business.public_id}
    assert client_for(rep).post(f"{PAGE}train/", asked).status_code == 403
    assert client_for(outsider).post(f"{PAGE}train/", asked).status_code == 404
    assert client_for(manager).get(f"{PAGE}train/").status_code == 405
    assert queued == []
    assert client_for(manager).post(f"{PAGE}train/", asked).status_code == 302
    assert queued == [business.pk]
