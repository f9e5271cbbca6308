"""What is written to leads: asked of the gate, with what the law wants in it, and kept."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from conftest import BUSINESS_NUMBER, POSTAL_ADDRESS
from leads.enums import (
    GateReason,
    MessageChannel,
    MessageDirection,
    MessagePurpose,
    SuppressionSource,
    WrittenStatus,
)
from leads.messaging.sending import (
    MessageRefused,
    awaits_answer,
    send_mail,
    send_text,
    write,
)
from leads.models import DialDecision, InboxMessage, Lead, LeadMessage, SpeedClock
from leads.services import suppress
from leads.speed.services import start_clock
from leads.tests.conftest import MARIA
from leads.tests.messaging.conftest import Write
from salesdesk.accounts.models import User
from salesdesk.businesses.services import add_number
from salesdesk.lib.errors import InvalidInput
from salesdesk.notifications.models import Delivery

pytestmark = pytest.mark.django_db

ClientFor = Callable[[User | None], Client]
ADDRESS = "maria@example.com"
PROJECT = Path(__file__).resolve().parents[3]
SMS, EMAIL = MessageChannel.SMS, MessageChannel.EMAIL


def texts() -> list[str]:
    return list(Delivery.objects.order_by("pk").values_list("text", flat=True))


def reply(lead: Lead, *, days: int = 0) -> None:
    LeadMessage.objects.create(
        business=lead.business,
        lead=lead,
        direction=MessageDirection.IN,
        channel=SMS,
        address=MARIA,
        own=BUSINESS_NUMBER,
        meaning="reply",
        text="Hello?",
        created_at=timezone.now() - timedelta(days=days),
    )


# ---------------------------------------------------------------- what the law wants in it


def test_the_first_sms_says_from_whom_and_how_to_opt_out(agreed: Lead) -> None:
    for _ in range(2):
        send_text(agreed.business, MARIA, "Free roof check this week!", lead=agreed)

    assert texts() == [
        "Free roof check this week! – Bright Solar. Reply STOP to opt out.",
        "Free roof check this week!",
    ]


def test_one_that_never_left_was_not_the_first(agreed: Lead) -> None:
    send_text(agreed.business, MARIA, "Hello from Bright Solar.")
    LeadMessage.objects.update(status=WrittenStatus.FAILED)
    send_text(agreed.business, MARIA, "Hello from Bright Solar.")

    assert texts() == ["Hello from Bright Solar. Reply STOP to opt out."] * 2


def test_a_reminder_is_no_advertising(agreed: Lead) -> None:
    purpose = MessagePurpose.SERVICE
    send_text(agreed.business, MARIA, "Tomorrow at nine.", purpose=purpose)
    send_mail(agreed.business, ADDRESS, "Tomorrow", "Tomorrow at nine.", purpose=purpose)
    send_text(agreed.business, MARIA, "Free roof check!")

    sms, mail, advertising = texts()
    assert (sms, mail) == ("Tomorrow at nine.", "Tomorrow at nine.")
    assert advertising.endswith("Reply STOP to opt out.")
    assert "List-Unsubscribe" not in Delivery.objects.get(channel="email").headers


def test_an_advertising_mail_can_be_unsubscribed_from(agreed: Lead) -> None:
    send_mail(agreed.business, ADDRESS, "Hello", "A free roof check.", lead=agreed)

    sent = Delivery.objects.get()
    link = sent.headers["List-Unsubscribe"].strip("<>")
    assert link.startswith("https://desk.example.com/unsubscribe/")
    assert sent.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    footer = f"Bright Solar\n{POSTAL_ADDRESS}\nUnsubscribe: {link}"
    assert sent.text == f"A free roof check.\n\n--\n{footer}"
    assert ADDRESS not in link


def test_answers_go_to_the_watched_mailbox(agreed: Lead) -> None:
    boxes = agreed.business.mailboxes
    boxes.create(name="Old", host="imap.example.com", username="desk", password="x")
    boxes.create(name="Desk", host="imap.example.com", username="desk@bright.example", password="x")
    send_mail(agreed.business, ADDRESS, "Hello", "Hello.", lead=agreed)

    assert Delivery.objects.get().headers["Reply-To"] == "desk@bright.example"


def test_who_wrote_to_a_number_is_answered_from_it(agreed: Lead, write: Write) -> None:
    second = "+14155550102"
    add_number(agreed.business, second)
    write("Hello?", To=second)
    send_text(agreed.business, MARIA, "Hello Maria.", lead=agreed)
    agreed.business.numbers.filter(number=second).update(is_active=False)
    send_text(agreed.business, MARIA, "Hello again.", lead=agreed)

    sent = Delivery.objects.filter(purpose="customer").order_by("pk")
    assert list(sent.values_list("sender", flat=True)) == [second, ""]


def test_the_same_key_is_sent_and_told_once(agreed: Lead) -> None:
    first, again = (
        send_text(agreed.business, MARIA, "Hello.", lead=agreed, key="touch:1") for _ in range(2)
    )

    assert first.pk == again.pk
    assert Delivery.objects.count() == 1
    assert agreed.events.filter(kind="message").count() == 1


def test_all_that_is_written_to_leads_goes_out_by_one_door() -> None:
    """So nothing goes out without the words that the law wants, and unseen in the history."""
    apps = ("leads", "calls", "knowledge", "salesdesk/assistant")
    sources = [path for app in apps for path in (PROJECT / app).rglob("*.py")]
    senders = {
        str(path.relative_to(PROJECT))
        for path in sources
        if "tests" not in path.parts and re.search(r"\bsend_(sms|email)\(", path.read_text())
    }
    assert senders == {"leads/messaging/sending.py"}


# ---------------------------------------------------------------- by hand


@pytest.mark.usefixtures("daytime")
def test_what_a_user_writes_goes_out_and_stands_in_the_history(agreed: Lead, rep: User) -> None:
    start_clock(agreed, "web_form")
    sent = write(agreed, SMS, "Shall we come on Monday?", by=rep)

    assert (sent.by, sent.purpose, sent.status) == (rep, "marketing", "waiting")
    [event] = agreed.events.filter(kind="message")
    assert (event.by, event.data["direction"], event.data["message"]) == (
        rep,
        "out",
        sent.public_id,
    )
    line = DialDecision.objects.get()
    assert (line.allowed, line.user, line.kind) == (True, rep, "sms")
    assert SpeedClock.objects.get().first_attempt_at is not None


@pytest.mark.usefixtures("daytime")
def test_what_the_gate_refuses_is_not_sent(lead: Lead, rep: User) -> None:
    with pytest.raises(MessageRefused) as refused:
        write(lead, SMS, "Hello.", by=rep)

    assert refused.value.message == str(GateReason.SMS_CONSENT_MISSING.label)
    assert not refused.value.decision.allowed
    assert DialDecision.objects.get().reasons == [GateReason.SMS_CONSENT_MISSING]
    assert not Delivery.objects.exists()
    assert not LeadMessage.objects.exists()


@pytest.mark.parametrize(("days", "purpose"), [(6, "service"), (8, None)])
@pytest.mark.usefixtures("daytime")
def test_who_wrote_within_a_week_may_be_answered(
    lead: Lead, rep: User, days: int, purpose: str | None
) -> None:
    reply(lead, days=days)
    if purpose is None:
        with pytest.raises(MessageRefused):
            write(lead, SMS, "Hello.", by=rep)
    else:
        assert write(lead, SMS, "Hello.", by=rep).purpose == purpose


@pytest.mark.parametrize(
    ("sender", "purpose"),
    [(ADDRESS, "service"), ("leads@portal.example", "marketing"), ("", "marketing")],
)
def test_an_answer_to_who_wrote_a_mail_themselves_is_no_advertising(
    agreed: Lead, rep: User, sender: str, purpose: str
) -> None:
    InboxMessage.objects.create(
        business=agreed.business,
        lead=agreed,
        sender=sender,
        uid_validity=1,
        uid=1,
        digest="x",
        raw=b"x",
    )
    sent = write(agreed, EMAIL, "Yes, we do.", subject="Re: Roofs", by=rep)

    assert sent.purpose == purpose
    text = Delivery.objects.get().text
    assert ("Unsubscribe" in text) is (purpose != "service")


def test_a_text_from_another_number_is_no_question_from_this_one(lead: Lead, rep: User) -> None:
    reply(lead)
    LeadMessage.objects.update(address="+14155550124")

    assert not awaits_answer(lead, SMS)
    LeadMessage.objects.update(address=MARIA)
    assert awaits_answer(lead, SMS)


def test_who_is_left_in_peace_is_not_even_answered(lead: Lead, rep: User) -> None:
    reply(lead)
    suppress(lead.business, phone=MARIA, source=SuppressionSource.TEXT)
    with pytest.raises(MessageRefused, match="This number must not be called"):
        write(lead, SMS, "Hello.", by=rep)


@pytest.mark.parametrize(
    ("channel", "text", "subject"),
    [(SMS, " ", ""), (SMS, "x" * 1001, ""), (EMAIL, "Hello.", " "), (EMAIL, "Hello.", "x" * 201)],
)
def test_words_that_cannot_be_sent(
    agreed: Lead, rep: User, channel: MessageChannel, text: str, subject: str
) -> None:
    with pytest.raises(InvalidInput):
        write(agreed, channel, text, subject=subject, by=rep)
    assert not DialDecision.objects.exists()


# ---------------------------------------------------------------- on the lead's page


def send(client: Client, lead: Lead, *, htmx: bool = True, **values: str) -> Any:
    headers = {"HX-Request": "true"} if htmx else {}
    data = {"channel": "email", "subject": "Hello", "text": "Hello Maria.", **values}
    return client.post(f"/leads/{lead.public_id}/messages/", data, headers=headers)


def test_a_rep_writes_from_the_page(agreed: Lead, rep: User, client_for: ClientFor) -> None:
    browser = client_for(rep)
    page = browser.get(f"/leads/{agreed.public_id}/").content.decode()
    assert "Write to them" in page

    answer = send(browser, agreed)

    assert answer.status_code == 200
    assert "lead-changed" in answer.headers["HX-Trigger"]
    assert "Hello Maria." not in answer.content.decode()
    timeline = browser.get(
        f"/leads/{agreed.public_id}/timeline/", headers={"HX-Request": "true"}
    ).content.decode()
    assert "We wrote · E-mail · Hello" in timeline
    assert "On its way" in timeline


def test_without_script_one_comes_back_to_the_page(
    agreed: Lead, rep: User, client_for: ClientFor
) -> None:
    answer = send(client_for(rep), agreed, htmx=False)

    assert (answer.status_code, answer.headers["Location"]) == (302, f"/leads/{agreed.public_id}/")


@pytest.mark.usefixtures("daytime")
def test_a_refusal_is_said_in_words_and_the_text_is_kept(
    lead: Lead, rep: User, client_for: ClientFor
) -> None:
    answer = send(client_for(rep), lead, channel="sms", text="Free roof check!")

    page = answer.content.decode()
    assert answer.status_code == 409
    assert "There is no consent to text messages." in page
    assert "Free roof check!" in page


def test_an_empty_text_and_a_channel_without_address_are_said_at_the_form(
    lead: Lead, rep: User, client_for: ClientFor
) -> None:
    browser = client_for(rep)
    assert send(browser, lead, channel="sms", text=" ").status_code == 422
    assert send(browser, lead, channel="email").status_code == 422
    assert not LeadMessage.objects.exists()


def test_only_who_works_leads_here_may_write(
    agreed: Lead,
    auditor: User,
    outsider: User,
    manager: User,
    client_for: ClientFor,
) -> None:
    path = f"/leads/{agreed.public_id}/"
    assert "Write to them" not in client_for(auditor).get(path).content.decode()
    answers = [send(client_for(user), agreed) for user in (auditor, outsider, None, manager)]

    assert [answer.status_code for answer in answers] == [403, 404, 302, 200]
    assert [message.by for message in LeadMessage.objects.all()] == [manager]


# ---------------------------------------------------------------- by the API


def path_of(lead: Lead) -> str:
    return f"/api/v1/leads/{lead.public_id}/messages"


def test_the_api_writes_once_and_lists(
    agreed: Lead, rep: User, api_for: Callable[[User | None], Any], write: Write
) -> None:
    write("Hello?")
    api = api_for(rep)
    body = {"channel": "email", "subject": "Re: hello", "text": "Hello Maria."}
    first, again = (
        api.post(path_of(agreed), body, format="json", headers={"Idempotency-Key": "one"})
        for _ in range(2)
    )

    assert (first.status_code, again.json()) == (201, first.json())
    told = api.get(path_of(agreed)).json()["results"]
    assert [(each["direction"], each["channel"], each["text"]) for each in told] == [
        ("out", "email", "Hello Maria."),
        ("in", "sms", "Hello?"),
    ]
    assert told[0]["by"] == {"email": rep.email, "name": rep.name}
    assert (told[0]["status"], told[1]["meaning"]) == ("waiting", "reply")


@pytest.mark.usefixtures("daytime")
def test_the_api_says_why_not(lead: Lead, rep: User, api_for: Callable[[User | None], Any]) -> None:
    api = api_for(rep)
    refused = api.post(path_of(lead), {"channel": "sms", "text": "Hello."}, format="json")
    wrong = api.post(path_of(lead), {"channel": "fax", "text": "Hello."}, format="json")

    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "message_refused")
    assert refused.json()["error"]["message"] == "There is no consent to text messages."
    assert wrong.status_code == 422


def test_the_api_is_for_who_may(
    agreed: Lead,
    auditor: User,
    outsider: User,
    api_for: Callable[[User | None], Any],
) -> None:
    body = {"channel": "email", "subject": "Hello", "text": "Hello."}
    users = (auditor, outsider, None)
    assert [api_for(each).get(path_of(agreed)).status_code for each in users] == [200, 404, 401]
    posted = [api_for(each).post(path_of(agreed), body, format="json") for each in users]
    assert [answer.status_code for answer in posted] == [403, 404, 401]
    assert not LeadMessage.objects.exists()


def test_lists_cost_the_same_however_many_there_are(
    agreed: Lead,
    rep: User,
    api_for: Callable[[User | None], Any],
    django_assert_max_num_queries: Any,
) -> None:
    api = api_for(rep)
    counts = []
    for _ in range(2):
        reply(agreed)
        with django_assert_max_num_queries(20) as asked:
            api.get(path_of(agreed))
        counts.append(len(asked))
    assert counts[0] == counts[1]
