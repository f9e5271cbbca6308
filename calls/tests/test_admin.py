"""Every model of calls in the admin, for looking only."""

from collections.abc import Callable

import pytest
from django.apps import apps
from django.contrib import admin
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from calls.models import Bridge, Call
from calls.notes import add_note
from conftest import MakeCall
from leads.models import Dial
from salesdesk.accounts.models import User

ClientFor = Callable[[User | None], Client]
MODELS = list(apps.get_app_config("calls").get_models())


@pytest.fixture
def told(make_call: MakeCall, rep: User) -> Call:
    call = make_call(said=[("agent", "Hello."), ("caller", "My roof leaks.")])
    add_note(call, "<p>Bring a ladder</p>", author=rep)
    assert call.business is not None
    dial = Dial.objects.create(
        business=call.business, phone=call.to_number, kind="rep", origin="ready"
    )
    Bridge.objects.create(dial=dial, rep_number="+14155550177", call=call)
    return call


def test_every_model_is_there() -> None:
    assert [model for model in MODELS if not admin.site.is_registered(model)] == []


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.usefixtures("told")
def test_records_are_shown_and_searched_but_not_written(
    model: type[Model], superuser: User, client_for: ClientFor
) -> None:
    client = client_for(superuser)
    name = f"admin:calls_{model._meta.model_name}"
    record = model._default_manager.latest("pk")
    change = reverse(f"{name}_change", args=[record.pk])

    assert client.get(reverse(f"{name}_changelist"), {"q": "x"}).status_code == 200
    assert client.get(change).status_code == 200
    assert client.get(reverse(f"{name}_add")).status_code == 403
    assert client.post(change, {}).status_code == 403


def test_the_page_of_a_call_has_its_transcript(
    told: Call, superuser: User, client_for: ClientFor
) -> None:
    page = client_for(superuser).get(reverse("admin:calls_call_change", args=[told.pk]))

    assert "My roof leaks." in page.content.decode()


def test_members_do_not_come_in(told: Call, admin_user: User, client_for: ClientFor) -> None:
    response = client_for(admin_user).get(reverse("admin:calls_call_changelist"))

    assert response.status_code == 302
