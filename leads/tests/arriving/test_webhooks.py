"""Leads that other programs send: signed, once, and mended where they could not be read."""

import json
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from leads.arriving import webhooks
from leads.arriving.paths import steps_of, value_at, values_at
from leads.enums import DeliveryStatus, LeadSource
from leads.models import Lead, WebhookDelivery, WebhookEndpoint
from leads.services import create_lead
from leads.tests.conftest import MARIA
from salesdesk.accounts.models import User
from salesdesk.businesses.models import Business
from salesdesk.lib.errors import InvalidInput

pytestmark = pytest.mark.django_db

ClientFor = Callable[[User | None], Client]
BODY = {
    "id": 17,
    "contact": {"name": "Maria Lopez", "phones": [{"number": "(415) 555-0199"}]},
    "answers": {"Roof type?": "tile"},
}
MAPPING = {
    "id": "id",
    "name": "contact.name",
    "phone": "$.contact.phones[0].number",
    "roof": 'answers["Roof type?"]',
}


class Sender:
    """A program that knows the secret."""

    def __init__(self, endpoint: WebhookEndpoint, secret: str) -> None:
        self.endpoint, self.secret = endpoint, secret

    def send(
        self, body: Any = BODY, *, at: int = 0, signature: str | None = None, **headers: str
    ) -> Any:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        signed = webhooks.sign(self.secret, data, at or int(time.time()))
        return Client(enforce_csrf_checks=True).post(
            f"/hooks/leads/{self.endpoint.public_id}/",
            data,
            content_type="application/json",
            headers={
                "Salesdesk-Signature": signed if signature is None else signature,
                **{name.replace("_", "-"): value for name, value in headers.items()},
            },
        )

    def last(self) -> WebhookDelivery:
        return self.endpoint.deliveries.order_by("-pk")[0]


@pytest.fixture
def sender(business: Business) -> Sender:
    endpoint, secret = webhooks.add_endpoint(business, "Portal")
    webhooks.change_mapping(endpoint, MAPPING)
    return Sender(endpoint, secret)


def test_a_signed_delivery_becomes_a_lead(sender: Sender) -> None:
    answer = sender.send()
    lead = Lead.objects.get()
    assert (answer.status_code, answer.json()) == (
        201,
        {"lead": lead.public_id, "status": "taken"},
    )
    assert (lead.name, lead.phone, lead.source) == ("Maria Lopez", MARIA, LeadSource.WEBHOOK)
    assert lead.facts == {"roof": "tile"}
    assert (sender.last().status, sender.last().lead) == (DeliveryStatus.TAKEN, lead)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"signature": ""}, "missing"),
        ({"signature": "t=1,v1=abc"}, "missing"),
        ({"signature": f"t={int(time.time())},v1={'0' * 64}"}, "wrong"),
        ({"at": int(time.time()) - 3600}, "too old"),
        ({"at": int(time.time()) + 3600}, "too old"),
    ],
)
def test_what_is_not_signed_now_is_refused_and_its_body_is_not_kept(
    sender: Sender, changes: dict[str, Any], sentence: str
) -> None:
    answer = sender.send(**changes)
    assert answer.status_code == 401
    assert sentence in answer.json()["error"]["message"]
    assert (sender.last().status, sender.last().body) == (DeliveryStatus.REFUSED, "")
    assert not Lead.objects.exists()


def test_a_body_that_was_changed_on_the_way_is_refused(sender: Sender) -> None:
    now = int(time.time())
    signed = webhooks.sign(sender.secret, b'{"name": "A"}', now)
    assert sender.send(b'{"name": "B"}', signature=signed).status_code == 401


def test_the_same_request_is_taken_once(sender: Sender) -> None:
    now = int(time.time())
    assert [sender.send(at=now).status_code for _ in range(2)] == [201, 409]
    assert Lead.objects.count() == sender.endpoint.deliveries.count() == 1


def test_a_retry_under_another_signature_makes_no_other_lead(sender: Sender) -> None:
    now = int(time.time())
    statuses = [sender.send(at=now - back).status_code for back in (2, 1)]
    assert statuses == [201, 200]
    assert sender.last().status == DeliveryStatus.AGAIN
    assert Lead.objects.count() == 1
    by_header = [
        sender.send({"contact": {"name": "B"}}, at=now - back, Salesdesk_Delivery="x").status_code
        for back in (2, 1)
    ]
    assert by_header == [201, 200]


def test_a_known_lead_inquires_again(sender: Sender, business: Business) -> None:
    create_lead(business, source=LeadSource.API, phone=MARIA)
    answer = sender.send()
    assert (answer.status_code, answer.json()["status"]) == (200, "known")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 422),
        (b"3", 422),
        (b"[" * 100_000, 422),
        ({"other": 1}, 422),
        ({"contact": {"phones": [{"number": "12"}]}}, 422),
        (b'{"contact": {"name": "\\ud800 \\u0000"}}', 201),
        (b" " * (webhooks.LARGEST_BODY + 1), 413),
    ],
)
def test_any_body_is_answered(sender: Sender, body: Any, status: int) -> None:
    assert sender.send(body).status_code == status
    assert Lead.objects.exists() is (status == 201)


def test_a_mapping_that_was_mended_takes_what_had_failed(
    sender: Sender, admin_user: User, client_for: ClientFor
) -> None:
    webhooks.change_mapping(sender.endpoint, {"name": "nowhere"})
    assert sender.send().status_code == 422
    failed = sender.last()
    assert failed.status == DeliveryStatus.FAILED and "Maria Lopez" in failed.body
    page = f"/settings/webhooks/{sender.endpoint.public_id}/"
    still = client_for(admin_user).post(f"{page}deliveries/{failed.pk}/again/", follow=True)
    assert still.redirect_chain == [(page, 302)]
    assert "Give a name" in still.content.decode()
    webhooks.change_mapping(sender.endpoint, MAPPING)
    again = f"/settings/webhooks/{sender.endpoint.public_id}/deliveries/{failed.pk}/again/"
    assert client_for(admin_user).post(again).status_code == 302
    failed.refresh_from_db()
    assert (failed.status, failed.error) == (DeliveryStatus.TAKEN, "")
    assert client_for(admin_user).post(again).status_code == 409
    assert Lead.objects.count() == 1


def test_the_old_secret_counts_for_another_day(sender: Sender) -> None:
    old = sender.secret
    new = webhooks.rotate_secret(sender.endpoint)
    assert new != old
    assert sender.send({"contact": {"name": "A"}}).status_code == 201
    sender.secret = new
    assert sender.send({"contact": {"name": "B"}}).status_code == 201
    WebhookEndpoint.objects.update(rotated_at=timezone.now() - timedelta(hours=25))
    sender.secret = old
    assert sender.send({"contact": {"name": "C"}}).status_code == 401


def test_who_is_put_away_or_unknown_says_so(sender: Sender) -> None:
    WebhookEndpoint.objects.update(is_active=False)
    assert sender.send().status_code == 410
    WebhookEndpoint.objects.all().delete()
    assert sender.send().status_code == 404


def test_so_many_deliveries_are_kept(sender: Sender, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhooks, "KEPT", 3)
    for _ in range(6):
        sender.send(signature="")
    assert sender.endpoint.deliveries.count() == 3


# ---------------------------------------------------------------- setting up

CAST = {"admin_user": 200, "manager": 403, "rep": 403, "auditor": 403, "outsider": 404, "": 302}


@pytest.mark.parametrize(("who", "status"), CAST.items())
def test_who_sets_up_webhooks(
    who: str,
    status: int,
    sender: Sender,
    client_for: ClientFor,
    request: pytest.FixtureRequest,
) -> None:
    client = client_for(request.getfixturevalue(who) if who else None)
    one = f"/settings/webhooks/{sender.endpoint.public_id}/"
    where = f"/settings/webhooks/?business={sender.endpoint.business.public_id}"
    for address in (where, one):
        assert client.get(address).status_code == status
    for action in ("rotate", "mapping"):
        assert client.post(f"{one}{action}/", {}).status_code in (status, 302)
    sender.endpoint.refresh_from_db()
    assert bool(sender.endpoint.old_secret) is (status == 200)


def test_the_secret_is_shown_once(
    business: Business, admin_user: User, client_for: ClientFor
) -> None:
    client = client_for(admin_user)
    made = client.post("/settings/webhooks/", {"name": "Portal"})
    secret = made.context["secret"]
    assert secret in made.content.decode()
    endpoint = WebhookEndpoint.objects.get()
    assert secret not in endpoint.secret
    again = client.get(f"/settings/webhooks/{endpoint.public_id}/").content.decode()
    assert secret not in again


def test_a_mapping_is_tried_on_an_example(
    sender: Sender, admin_user: User, client_for: ClientFor
) -> None:
    address = f"/settings/webhooks/{sender.endpoint.public_id}/mapping/"
    form = {"path_name": "lead.who", "others": "roof = lead.roof", "try": "yes"}
    example = {"lead": {"who": "Maria Lopez", "roof": "tile"}}
    client = client_for(admin_user)
    told = client.post(address, {**form, "example": json.dumps(example)}).context["told"]
    assert dict(told) == {"First name": "Maria", "Last name": "Lopez", "roof": "tile"}
    nothing = client.post(address, {**form, "example": "{}"})
    assert nothing.context["problem"] == "Nothing in it says who it is."
    wrong = client.post(address, {**form, "path_name": "a[", "example": "{}"})
    assert wrong.status_code == 422
    sender.endpoint.refresh_from_db()
    assert sender.endpoint.mapping == MAPPING


# ---------------------------------------------------------------- paths


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("id", 17),
        ("$.contact.name", "Maria Lopez"),
        ("contact.phones[0].number", "(415) 555-0199"),
        ("contact.phones.0.number", "(415) 555-0199"),
        ("answers['Roof type?']", "tile"),
        ("answers.Roof type?", "tile"),
        ("contact.phones[3].number", None),
        ("id.x", None),
    ],
)
def test_a_path_leads_to_its_value(path: str, value: Any) -> None:
    assert value_at(BODY, path) == value


@pytest.mark.parametrize("path", ["", "$", "a[", "a[b]", "a..b", "[", "x" * 300])
def test_what_is_no_path_is_refused(path: str) -> None:
    with pytest.raises(InvalidInput):
        steps_of(path)


def test_values_are_plain_ones_only() -> None:
    assert values_at(BODY, {"name": "contact", "phone": "none", "id": "id"}) == {"id": 17}
