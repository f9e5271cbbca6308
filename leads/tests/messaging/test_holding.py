"""What was on its way to somebody when they opted out."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from leads.cadences import services as cadences
from leads.cadences.carrying import carry_out
from leads.cadences.claiming import claim_due
from leads.consent import record_consent
from leads.contacts import add_contact
from leads.enums import ConsentKind, LeadSource, SuppressionSource
from leads.messaging.holding import OPTED_OUT
from leads.messaging.sending import send_mail, send_text
from leads.models import DialRules, Lead, LeadMessage
from leads.services import create_lead, suppress, update_lead
from leads.tests.cadences.conftest import MONDAY, Clock, MakeCadence, clock, make_cadence
from leads.tests.conftest import MARIA
from leads.tests.messaging.conftest import Write
from salesdesk.lib.errors import ProviderError
from salesdesk.notifications.delivering import attempt
from salesdesk.notifications.models import Delivery

__all__ = ["clock", "make_cadence"]

pytestmark = pytest.mark.django_db

FURTHER = "+14155550124"
Commit = Callable[[], Any]


class Provider:
    """Takes what it is given, unless it is out of reach for now."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.is_down = False

    def send(self, delivery: Delivery) -> str:
        if self.is_down:
            raise ProviderError("Out of reach.", retryable=True)
        self.texts.append(delivery.text)
        return f"SM{delivery.pk}"


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> Provider:
    provider = Provider()
    monkeypatch.setattr(attempt, "channel_named", lambda name: provider)
    return provider


def deliver_all() -> None:
    for key in Delivery.objects.filter(purpose="customer").values_list("pk", flat=True):
        Delivery.objects.filter(pk=key, status="waiting").update(next_try=timezone.now())
        attempt.deliver(key, timezone.now())


def states() -> dict[str, str]:
    """What became of the messages, by their texts without what is added to them."""
    out = LeadMessage.objects.filter(direction="out")
    return {each.text.partition(" –")[0].partition("\n")[0]: each.status for each in out}


@pytest.fixture
def written(agreed: Lead) -> Lead:
    """A text and an e-mail to Maria wait to be sent, and a text to somebody else."""
    send_text(agreed.business, MARIA, "By text.", lead=agreed)
    send_mail(agreed.business, agreed.email, "Hello", "By e-mail.", lead=agreed)
    other = create_lead(agreed.business, source=LeadSource.API, phone="+14155550133")
    send_text(agreed.business, other.phone, "To another.", lead=other)
    return agreed


@pytest.mark.parametrize(
    ("named", "canceled"),
    [
        ({"phone": MARIA}, {"By text.", "By e-mail."}),
        ({"phone": FURTHER}, {"By text.", "By e-mail."}),
        ({"company": "Acme Roofing, Inc."}, {"By text.", "By e-mail."}),
        ({"email": "maria@example.com"}, {"By e-mail."}),
        ({"company": "Nobody Ltd"}, set()),
    ],
)
def test_what_waits_is_held_back_for_whom_the_entry_concerns(
    written: Lead, committed: Commit, named: dict[str, Any], canceled: set[str]
) -> None:
    update_lead(written, company="Acme Roofing")
    add_contact(written, name="Maria", phone=FURTHER, is_lead=True)

    with committed():
        suppress(written.business, source=SuppressionSource.STAFF, **named)

    assert {text for text, status in states().items() if status == "canceled"} == canceled
    assert set(LeadMessage.objects.filter(status="canceled").values_list("error", flat=True)) <= {
        OPTED_OUT
    }


@pytest.mark.parametrize(
    ("kind", "canceled"),
    [
        (ConsentKind.SMS, {"By text."}),
        (ConsentKind.EMAIL, {"By e-mail."}),
        (ConsentKind.AI_VOICE, set()),
    ],
)
def test_what_waits_by_a_way_that_they_no_longer_want_is_held_back(
    written: Lead, committed: Commit, kind: ConsentKind, canceled: set[str]
) -> None:
    with committed():
        record_consent(written, kind, is_given=False)

    assert {text for text, status in states().items() if status == "canceled"} == canceled


def test_the_touch_of_a_message_that_was_held_back_is_settled(
    agreed: Lead,
    open_gate: DialRules,
    clock: Clock,
    make_cadence: MakeCadence,
    committed: Commit,
) -> None:
    agreed.consents.update(at=MONDAY - timedelta(days=1))
    cadences.enroll(agreed, make_cadence((0, "sms"), (60, "email")))
    clock.pass_(minutes=1)
    [touch] = claim_due(10)
    carry_out(touch.pk, touch.claims)

    with committed():
        record_consent(agreed, ConsentKind.SMS, is_given=False)

    touch.refresh_from_db()
    assert (touch.status, touch.note) == ("done", OPTED_OUT)


def test_what_was_being_sent_and_comes_back_is_not_tried_again(
    written: Lead, provider: Provider
) -> None:
    provider.is_down = True
    deliver_all()
    suppress(written.business, phone=MARIA, source=SuppressionSource.CALLER)
    provider.is_down = False
    deliver_all()

    assert [text.partition(" –")[0] for text in provider.texts] == ["To another."]
    held = Delivery.objects.filter(status="canceled")
    assert set(held.values_list("error", flat=True)) == {OPTED_OUT}


def test_what_failed_is_not_sent_again_to_who_opted_out_since(
    written: Lead, provider: Provider
) -> None:
    suppress(written.business, phone=MARIA, source=SuppressionSource.CALLER)
    text = Delivery.objects.get(text__startswith="By text.")
    Delivery.objects.filter(pk=text.pk).update(status="failed")

    assert attempt.try_again(text, timezone.now())
    deliver_all()

    assert [each.partition(" –")[0] for each in provider.texts] == ["To another."]


def test_the_confirmation_of_an_opt_out_goes_out(
    agreed: Lead, write: Write, provider: Provider
) -> None:
    write("STOP")
    deliver_all()

    [text] = provider.texts
    assert "you have opted out" in text
