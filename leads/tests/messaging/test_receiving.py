"""Text messages that come in: taken once, and what they ask for is done."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from pytest_django import Settings

from calls.dialling.placing import place_dial
from conftest import BUSINESS_NUMBER, OTHER_BUSINESS_NUMBER
from leads.cadences import services as cadences
from leads.cadences.carrying import carry_out
from leads.cadences.claiming import claim_due
from leads.consent import consents_of
from leads.dialing.services import request_dial
from leads.enums import (
    ContactKind,
    DialKind,
    DialOrigin,
    DialStatus,
    GateReason,
    LeadSource,
    MessageDirection,
    StopReason,
    SuppressionSource,
)
from leads.messaging.receiving import Text, take_text
from leads.messaging.sending import send_mail, send_text
from leads.models import DialDecision, DialRules, Enrollment, Lead, LeadMessage, Suppression
from leads.services import is_suppressed, suppress
from leads.tests.cadences.conftest import Clock, MakeCadence, clock, make_cadence
from leads.tests.conftest import MARIA
from leads.tests.messaging.conftest import Write, post
from salesdesk.accounts.models import User
from salesdesk.businesses.models import Business
from salesdesk.lib.threads import returning_connections
from salesdesk.notifications.enums import NotificationKind
from salesdesk.notifications.models import Delivery, Notification

__all__ = ["clock", "make_cadence"]

pytestmark = pytest.mark.django_db

STRANGER = "+14155550177"


def answers() -> list[str]:
    """What was written back, the oldest first."""
    out = LeadMessage.objects.filter(direction=MessageDirection.OUT).order_by("pk")
    return list(out.values_list("text", flat=True))


def history(lead: Lead) -> list[tuple[str, str]]:
    events = lead.events.filter(kind="message").order_by("pk")
    return [(event.data["direction"], event.text) for event in events]


# ---------------------------------------------------------------- the webhook


def test_a_wrong_signature_is_refused(business: Business) -> None:
    answer = post("/twilio/text/", token="another", MessageSid="SM1", From=MARIA, Body="STOP")

    assert answer.status_code == 403
    assert not LeadMessage.objects.exists()


def test_a_get_is_refused(client: Any) -> None:
    assert client.get("/twilio/text/").status_code == 405


def test_a_message_is_taken_once(lead: Lead, write: Write) -> None:
    first, again = (write("Hello", MessageSid="SM" + "7" * 32) for _ in range(2))

    assert (first.status_code, again.status_code) == (200, 200)
    assert first.content == again.content
    assert first.content.endswith(b"<Response></Response>")
    [message] = LeadMessage.objects.all()
    assert (message.lead, message.text, message.own) == (lead, "Hello", BUSINESS_NUMBER)
    assert history(lead) == [("in", "Hello")]


@pytest.mark.django_db(transaction=True)
def test_eight_webhooks_at_once_take_it_once(business: Business) -> None:
    text = Text(sid="SM" + "8" * 32, from_=STRANGER, to=BUSINESS_NUMBER, body="A new roof?")
    together = threading.Barrier(8)

    def work() -> int:
        together.wait(20)
        return take_text(business, text).pk

    with ThreadPoolExecutor(8) as pool:
        taken = [pool.submit(returning_connections(work)) for _ in range(8)]
        keys = {each.result(60) for each in taken}

    assert len(keys) == 1
    assert Lead.objects.count() == 1
    assert LeadMessage.objects.filter(direction="in").count() == 1


def test_a_number_that_is_nobodys_is_answered_and_not_kept(
    business: Business, write: Write
) -> None:
    assert write("Hello", To="+13125550123").status_code == 200
    assert not LeadMessage.objects.exists()


def test_it_belongs_to_the_business_that_was_written_to(
    lead: Lead, other_business: Business, write: Write
) -> None:
    write("STOP", To=OTHER_BUSINESS_NUMBER)

    assert is_suppressed(other_business, MARIA)
    assert not is_suppressed(lead.business, MARIA)
    assert history(lead) == []


def test_an_opt_out_to_a_number_that_is_switched_off_counts(agreed: Lead, write: Write) -> None:
    agreed.business.numbers.update(is_active=False)
    write("STOP")

    assert is_suppressed(agreed.business, MARIA)


def test_a_closed_business_hears_opt_outs_and_answers_nothing(agreed: Lead, write: Write) -> None:
    Business.objects.filter(pk=agreed.business.pk).update(is_active=False)
    write("Hello?")
    assert not LeadMessage.objects.exists()
    write("STOP")

    assert is_suppressed(agreed.business, MARIA)
    assert answers() == []


@pytest.fixture
def shared(agreed: Lead, other_business: Business, settings: Settings) -> str:
    """A number that is nobody's, from which first one and then the other wrote to Maria."""
    settings.TWILIO_PHONE_NUMBER = number = "+13125550123"
    for business in (agreed.business, other_business):
        business.numbers.update(is_active=False)
        send_text(business, MARIA, "Hello.")
    return number


def test_an_opt_out_to_the_shared_number_is_for_all_who_wrote_from_it(
    agreed: Lead, other_business: Business, shared: str, write: Write
) -> None:
    third = Business.objects.create(name="Silent Roofs")
    for _ in range(2):
        write("STOP", To=shared, MessageSid="SM" + "5" * 32)

    businesses = (agreed.business, other_business, third)
    assert [is_suppressed(each, MARIA) for each in businesses] == [True, True, False]
    assert LeadMessage.objects.filter(direction="in").count() == 2
    write("START", To=shared)
    assert not Suppression.objects.exists()


def test_a_reply_to_the_shared_number_is_for_who_wrote_last(
    agreed: Lead, other_business: Business, shared: str, write: Write
) -> None:
    write("Yes, please.", To=shared)

    assert LeadMessage.objects.get(direction="in").business == other_business


def test_nobody_hears_a_stranger_at_the_shared_number(shared: str, write: Write) -> None:
    write("STOP", To=shared, From=STRANGER)

    assert not LeadMessage.objects.filter(direction="in").exists()
    assert not Suppression.objects.exists()


def test_pictures_are_told_and_nul_is_left_out(lead: Lead, write: Write) -> None:
    write("My\0 roof", NumMedia="2")

    assert history(lead) == [("in", "My roof\n(2 pictures or files)")]


# ---------------------------------------------------------------- out, and in again


@pytest.mark.parametrize("text", ["STOP", "OptOut", "please stop texting me"])
def test_who_opts_out_is_left_in_peace_with_one_confirmation(
    agreed: Lead, write: Write, text: str
) -> None:
    write(text)
    write(text)

    [row] = Suppression.objects.all()
    assert (row.phone, row.source) == (MARIA, SuppressionSource.TEXT)
    assert consents_of(agreed)["sms"] is False
    [answer] = answers()
    assert answer.startswith("Bright Solar: you have opted out")
    [delivery] = Delivery.objects.filter(purpose="customer")
    assert (delivery.to, delivery.status, delivery.sender) == (MARIA, "waiting", BUSINESS_NUMBER)
    assert [way for way, _ in history(agreed)] == ["in", "out", "in"]


def test_who_is_not_known_may_opt_out_and_becomes_no_lead(business: Business, write: Write) -> None:
    write("STOP", From=STRANGER)

    assert is_suppressed(business, STRANGER)
    assert not Lead.objects.exists()
    assert len(answers()) == 1


def test_a_queued_dial_and_a_due_touch_are_refused_after_a_stop(
    agreed: Lead,
    open_gate: DialRules,
    clock: Clock,
    make_cadence: MakeCadence,
    carrier: Any,
) -> None:
    """At once, before anything that follows the commit has been done."""
    cadences.enroll(agreed, make_cadence((10, "sms")))
    dial = request_dial(agreed, kind=DialKind.AI, origin=DialOrigin.MANUAL)
    clock.pass_(hours=1)
    [touch] = claim_due(10)

    post("/twilio/text/", MessageSid="SM9", From=MARIA, To=BUSINESS_NUMBER, Body="STOP")
    place_dial(dial.public_id)
    carry_out(touch.pk, touch.claims)

    touch.refresh_from_db()
    dial.refresh_from_db()
    assert (dial.status, touch.result) == (DialStatus.BLOCKED, "blocked")
    lines = DialDecision.objects.filter(allowed=False, phone=MARIA)
    assert set(lines.values_list("kind", flat=True)) == {ContactKind.AI, ContactKind.SMS}
    assert all(GateReason.DO_NOT_CALL_NUMBER in line.reasons for line in lines)
    assert carrier.dialled == []
    assert [text for text in answers() if "opted out" not in text] == []


def test_what_waits_to_be_sent_is_held_back(agreed: Lead, write: Write) -> None:

    text = send_text(agreed.business, MARIA, "Hello.", lead=agreed)
    mail = send_mail(agreed.business, agreed.email, "Hello", "Hello.", lead=agreed)
    write("STOP")

    assert {Delivery.objects.get(public_id=each.reference).status for each in (text, mail)} == {
        "canceled"
    }
    text.refresh_from_db()
    assert (text.status, text.error) == ("canceled", "They opted out before it was sent.")
    assert Delivery.objects.get(status="waiting").text.startswith(
        "Bright Solar: you have opted out"
    )


def test_start_takes_a_stop_back(agreed: Lead, write: Write) -> None:
    write("STOP")
    write("START")

    assert not Suppression.objects.exists()
    assert consents_of(agreed)["sms"] is True
    assert answers()[-1].startswith("Bright Solar: you get our messages again.")
    proof = agreed.consents.order_by("-pk")[0]
    assert (proof.wording, proof.proof.startswith("Text message SM")) == ("START", True)


def test_start_does_not_lift_what_was_said_on_the_phone(
    agreed: Lead, rep: User, write: Write
) -> None:
    suppress(agreed.business, phone=MARIA, source=SuppressionSource.CALLER)
    write("STOP")
    write("START")

    assert Suppression.objects.get().source == SuppressionSource.CALLER
    assert consents_of(agreed)["sms"] is True
    assert answers() == []
    [told] = Notification.objects.filter(user=rep)
    assert "They must be left in peace" in told.notice.body


def test_a_stop_withdraws_consent_to_texts_of_who_was_left_in_peace_before(
    agreed: Lead, write: Write
) -> None:
    suppress(agreed.business, phone=MARIA, source=SuppressionSource.STAFF)
    write("STOP")

    assert consents_of(agreed)["sms"] is False
    assert answers() == []


def test_start_does_not_lift_what_was_asked_for_after_the_stop(agreed: Lead, write: Write) -> None:
    write("STOP")
    suppress(agreed.business, phone=MARIA, source=SuppressionSource.CALLER)
    write("START")

    assert Suppression.objects.get().source == SuppressionSource.CALLER


def test_help_says_who_we_are(agreed: Lead, write: Write) -> None:
    write("HELP")

    [answer] = answers()
    assert answer.startswith("Bright Solar: Call us at +1 415-555-0100.")
    assert "Reply STOP to opt out." in answer


def test_who_must_be_left_in_peace_gets_no_help(agreed: Lead, write: Write) -> None:
    suppress(agreed.business, phone=MARIA, source=SuppressionSource.STAFF)
    write("HELP")

    assert answers() == []


@pytest.mark.parametrize("text", ["STOP", "HELP"])
def test_what_the_carrier_answered_is_not_answered_again(
    agreed: Lead, write: Write, settings: Settings, text: str
) -> None:
    write(text, OptOutType=text)
    assert answers() == []
    settings.TWILIO_ANSWERS_KEYWORDS = True
    write("START")
    assert answers() == []


def test_what_the_carrier_took_for_an_opt_out_is_one(agreed: Lead, write: Write) -> None:
    """In another language, as set up there."""
    write("ARRET", OptOutType="STOP")

    assert is_suppressed(agreed.business, MARIA)


# ---------------------------------------------------------------- replies


def test_a_reply_stops_the_cadence_and_the_owner_is_told(
    agreed: Lead, rep: User, manager: User, write: Write, make_cadence: MakeCadence
) -> None:
    agreed.owner = rep
    agreed.save()
    cadences.enroll(agreed, make_cadence((10, "sms")))
    write("Yes, call me at five")

    assert Enrollment.objects.get().stop_reason == StopReason.REPLIED
    [told] = Notification.objects.all()
    assert (told.user, told.notice.kind) == (rep, NotificationKind.LEAD_REPLIED)
    assert (told.notice.title, told.notice.body) == ("Maria Lopez wrote", "Yes, call me at five")
    assert told.notice.url == f"/leads/{agreed.public_id}/"
    assert told.notice.actions == []


def test_without_an_owner_a_rep_can_take_the_lead(agreed: Lead, rep: User, write: Write) -> None:
    write("Hello?")

    [told] = Notification.objects.all()
    assert (told.user, [each["key"] for each in told.notice.actions]) == (rep, ["take"])


def test_who_is_not_known_becomes_a_lead(business: Business, rep: User, write: Write) -> None:
    write("Do you fix roofs?", From=STRANGER)

    lead = Lead.objects.get()
    assert (lead.phone, lead.source) == (STRANGER, LeadSource.TEXT)
    assert [event.text for event in lead.events.filter(kind="inquiry")] == ["Do you fix roofs?"]
    assert LeadMessage.objects.get().lead == lead
    assert Notification.objects.get(user=rep).notice.kind == NotificationKind.NEW_LEAD


def test_another_number_of_the_lead_is_the_lead(lead: Lead, write: Write) -> None:
    lead.contacts.create(business=lead.business, is_lead=True, phone=STRANGER)
    write("It's me", From=STRANGER)

    assert history(lead) == [("in", "It's me")]


def test_texts_instead_of_calls_closes_calls_only(agreed: Lead, write: Write) -> None:
    write("Don't call me, just text me.")

    assert consents_of(agreed) == {"sms": True, "call": False}
    assert not Suppression.objects.exists()


def test_calls_instead_of_texts_closes_texts_only_and_people_are_told(
    agreed: Lead, rep: User, write: Write
) -> None:
    write("No more texts please, call me")

    assert consents_of(agreed) == {"sms": False}
    assert not Suppression.objects.exists()
    [told] = Notification.objects.filter(user=rep)
    assert told.notice.body == "No more texts please, call me"
    assert answers() == []


def test_a_short_code_is_kept_and_nobody_is_made_of_it(business: Business, write: Write) -> None:
    write("STOP", From="88022")

    assert LeadMessage.objects.get().address == "88022"
    assert not Lead.objects.exists()
    assert not Suppression.objects.exists()


# ---------------------------------------------------------------- what the carrier tells later


def test_a_number_that_the_carrier_knows_to_be_unsubscribed_is_suppressed(
    agreed: Lead, committed: Callable[[], Any]
) -> None:

    message = send_text(agreed.business, MARIA, "Hello.", lead=agreed)
    Delivery.objects.update(status="sent")
    path = f"/twilio/messages/{message.reference}/"
    with committed():
        post(path, MessageStatus="undelivered", ErrorCode="21610")

    message.refresh_from_db()
    assert message.status == "failed"
    [row] = Suppression.objects.all()
    assert (row.phone, row.source) == (MARIA, SuppressionSource.TEXT)


@pytest.mark.parametrize(("told", "status"), [("delivered", "delivered"), ("failed", "failed")])
def test_how_far_a_message_got_is_shown(
    agreed: Lead, committed: Callable[[], Any], told: str, status: str
) -> None:

    message = send_text(agreed.business, MARIA, "Hello.", lead=agreed)
    Delivery.objects.update(status="sent")
    with committed():
        post(f"/twilio/messages/{message.reference}/", MessageStatus=told, ErrorCode="30003")

    message.refresh_from_db()
    assert message.status == status
    assert not Suppression.objects.exists()
