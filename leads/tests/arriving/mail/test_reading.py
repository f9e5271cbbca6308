"""Messages become leads: by rules, by the assistant, by a person."""

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings as project
from django.test import Client
from pytest_django import Settings

from leads.arriving.mail import reading, rules, watching
from leads.arriving.mail.message import Mail, parse, text_of_html
from leads.arriving.mail.rules import Read
from leads.enums import LeadSource, MailStatus
from leads.models import InboxMessage, Lead, Mailbox, MailRule
from leads.services import create_lead, is_suppressed
from leads.tests.arriving.mail.conftest import mail
from leads.tests.conftest import MARIA
from leads.tests.vendors.imap import ImapServer
from salesdesk.accounts.models import User
from salesdesk.businesses.models import Business
from salesdesk.lib.errors import Conflict, InvalidInput, ProviderError

pytestmark = pytest.mark.django_db

PORTAL = """You have a new inquiry!

Name: Maria Lopez
Telephone: (415) 555-0199
E-mail: maria@example.org
Roof
tile
Comments:
Please call after five.
"""


@pytest.fixture
def take_in(server: ImapServer, mailbox: Mailbox) -> Callable[[bytes], InboxMessage]:
    """A message as it was fetched and read."""

    def take(raw: bytes) -> InboxMessage:
        server.drop(raw)
        watching.watch(mailbox)
        message = InboxMessage.objects.order_by("-pk")[0]
        reading.read(message)
        message.refresh_from_db()
        return message

    return take


TakeIn = Callable[[bytes], InboxMessage]


@pytest.fixture
def rule(business: Business) -> MailRule:
    return MailRule.objects.create(
        business=business,
        name="Portal",
        sender="@portal.com",
        patterns={
            "name": {"label": "Name"},
            "phone": {"label": "Telephone"},
            "email": {"label": "E-mail"},
            "message": {"label": "Comments"},
            "roof": {"regex": r"^Roof\n(\w+)"},
        },
    )


def test_a_rule_for_the_sender_reads_the_message(take_in: TakeIn, rule: MailRule) -> None:
    message = take_in(mail(PORTAL, sender="Portal <noreply@portal.com>"))
    assert (message.status, message.reader) == (MailStatus.TAKEN, "Portal")
    lead = Lead.objects.get()
    assert (lead.name, lead.phone, lead.email) == ("Maria Lopez", MARIA, "maria@example.org")
    assert (lead.source, lead.facts) == (LeadSource.EMAIL, {"roof": "tile"})
    assert message.lead == lead
    assert lead.events.get(kind="inquiry").text == "Please call after five."


def test_without_a_rule_the_assistant_reads(take_in: TakeIn) -> None:
    message = take_in(mail())
    assert (message.status, message.reader) == (MailStatus.TAKEN, "assistant (rules)")
    lead = Lead.objects.get()
    assert (lead.name, lead.phone, lead.email) == ("Maria Lopez", MARIA, "maria@example.org")


def test_a_rule_that_finds_nobody_leaves_it_to_the_assistant(
    take_in: TakeIn, rule: MailRule
) -> None:
    message = take_in(mail(sender="Maria Lopez <maria@portal.com>"))
    assert message.reader == "assistant (rules)"


@pytest.mark.parametrize(
    "raw",
    [
        mail("The minutes of our talk are attached.", subject="Hi"),
        mail("It snowed.", sender="Portal <noreply@portal.com>", subject="News"),
        b"\xff\xfe no message at all",
        b"",
    ],
)
def test_what_is_no_lead_waits_for_a_person(take_in: TakeIn, raw: bytes) -> None:
    message = take_in(raw)
    assert message.status == MailStatus.FAILED and message.reason
    assert not Lead.objects.exists()


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"List_Unsubscribe": "<https://x.org>", "Precedence": "bulk"},
    ],
)
def test_answers_of_machines_and_newsletters_are_left_aside(
    take_in: TakeIn, headers: dict[str, str]
) -> None:
    message = take_in(mail(**headers))
    assert message.status == MailStatus.IGNORED and message.reason


def test_what_we_sent_ourselves_is_left_aside(take_in: TakeIn) -> None:
    assert take_in(mail(sender=project.DEFAULT_FROM_EMAIL)).status in (
        MailStatus.IGNORED,
        MailStatus.FAILED,
    )
    assert not Lead.objects.exists()


def test_reading_twice_makes_one_lead(take_in: TakeIn) -> None:
    message = take_in(mail())
    InboxMessage.objects.update(status=MailStatus.STORED)
    reading.read(InboxMessage.objects.get())
    assert Lead.objects.count() == 1
    assert Lead.objects.get().events.filter(kind="inquiry").count() == 1
    message.refresh_from_db()
    assert message.status == MailStatus.TAKEN


def test_a_message_at_which_workers_die_is_given_to_a_person(
    take_in: TakeIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = take_in(mail())
    InboxMessage.objects.update(status=MailStatus.STORED, attempts=reading.ATTEMPTS, lead=None)
    reading.read(InboxMessage.objects.get())
    message.refresh_from_db()
    assert message.status == MailStatus.FAILED


def test_a_reader_that_fails_leaves_the_message_to_a_person(
    take_in: TakeIn, settings: Settings
) -> None:
    settings.LEAD_READER = f"{__name__}.failing"
    message = take_in(mail())
    assert (message.status, message.reason) == (MailStatus.FAILED, "The model is away.")
    settings.LEAD_READER = "salesdesk.assistant.reading.mail.read_lead"
    reading.retry(message)
    assert message.status == MailStatus.TAKEN


def failing(_: Mail) -> Read:
    raise ProviderError("The model is away.")


def test_a_person_makes_a_lead_ignores_and_reopens(take_in: TakeIn, manager: User) -> None:
    message = take_in(mail("The minutes of our talk are attached.", subject="Hi"))
    reading.ignore(message, by=manager)
    with pytest.raises(Conflict):
        reading.take_by_hand(message, {"name": "Maria"}, by=manager)
    reading.reopen(message)
    with pytest.raises(InvalidInput):
        reading.take_by_hand(message, {"phone": "12"}, by=manager)
    reading.take_by_hand(message, {"name": "Maria Lopez", "phone": MARIA}, by=manager)
    assert (message.status, message.settled_by) == (MailStatus.TAKEN, manager)
    with pytest.raises(Conflict):
        reading.retry(message)
    assert Lead.objects.get().phone == MARIA


# ---------------------------------------------------------------- messages and rules


def test_html_becomes_lines_of_text_and_nothing_else() -> None:
    html = (
        "<p>Hello&nbsp;<b>you</b></p><script>alert(1)</script><table><tr><td>Phone:</td><td>1</td>"
    )
    text = text_of_html(html + "</tr></table><img src=http://x.org/track>")
    assert "alert" not in text and "<" not in text
    assert rules.by_label(["Phone"], text) == "1"


def test_quoted_answers_are_left_out() -> None:
    told = parse(mail("Yes please.\n\nOn Friday somebody wrote:\n> Do you want a visit?"))
    assert told.text == "Yes please."


def test_headers_in_other_letters_are_read() -> None:
    told = parse(b"From: =?utf-8?q?J=C3=BCrgen?= <J@X.org>\nSubject: =?bad?x?\n\nHi")
    assert (told.sender_name, told.sender) == ("Jürgen", "j@x.org")


def test_an_expression_that_takes_too_long_is_stopped() -> None:
    told = Mail(text="a" * 5000 + "!")
    with pytest.raises(InvalidInput, match="too long"):
        rules.read_by({"phone": {"regex": r"(a|aa|a?a)+$"}}, told)


def test_an_expression_that_is_none_is_refused() -> None:
    with pytest.raises(InvalidInput, match="no regular expression"):
        rules.check({"phone": {"regex": "("}})


# ---------------------------------------------------------------- pages

CAST = {"admin_user": 200, "manager": 200, "rep": 403, "auditor": 403, "outsider": 404, "": 302}


@pytest.mark.parametrize(("who", "status"), CAST.items())
def test_who_sees_a_message(
    who: str,
    status: int,
    take_in: TakeIn,
    client_for: Callable[[User | None], Client],
    request: pytest.FixtureRequest,
) -> None:
    message = take_in(mail("<script>alert(1)</script> lunch?", subject="Hi"))
    client = client_for(request.getfixturevalue(who) if who else None)
    shown = client.get(f"/leads/inbox/{message.public_id}/")
    assert shown.status_code == status
    assert b"<script>alert" not in shown.content
    listed = client.get(f"/leads/inbox/?business={message.business.public_id}")
    assert listed.status_code == status
    for action in ("retry", "ignore", "lead"):
        answer = client.post(f"/leads/inbox/{message.public_id}/{action}/", {"phone": "12"})
        allowed = 422 if action == "lead" and status == 200 else 302
        assert answer.status_code in ({allowed, 409} if status == 200 else {status})


def test_the_original_is_only_ever_a_file(
    take_in: TakeIn, manager: User, client_for: Callable[[User | None], Client]
) -> None:
    message = take_in(mail())
    answer = client_for(manager).get(f"/leads/inbox/{message.public_id}/original/")
    assert answer.content == bytes(message.raw)
    assert answer["Content-Type"] == "application/octet-stream"
    assert "attachment" in answer["Content-Disposition"]


def test_a_rule_is_tried_on_a_message_before_it_is_saved(
    take_in: TakeIn, manager: User, client_for: Callable[[User | None], Client]
) -> None:
    message = take_in(mail(PORTAL, sender="noreply@portal.com"))
    form: dict[str, Any] = {
        "name": "Portal",
        "sender": "@portal.com",
        "lines": "name: Name\nphone = /Telephone: (.+)/",
        "is_active": "on",
        "message": message.public_id,
    }
    client = client_for(manager)
    tried = client.post("/settings/mail-rules/new/", {**form, "try": "yes"})
    assert tried.status_code == 200 and "(415) 555-0199" in tried.content.decode()
    assert not MailRule.objects.exists()
    wrong = client.post("/settings/mail-rules/new/", {**form, "lines": "phone = /(/"})
    assert wrong.status_code == 422
    assert client.post("/settings/mail-rules/new/", form).status_code == 302
    rule = MailRule.objects.get()
    assert rule.patterns["phone"] == {"regex": "Telephone: (.+)"}
    assert client.get(f"/settings/mail-rules/{rule.pk}/").status_code == 200


def test_a_mailbox_is_set_up_by_an_admin_only(
    server: ImapServer,
    business: Business,
    admin_user: User,
    manager: User,
    client_for: Callable[[User | None], Client],
    settings: Settings,
) -> None:
    form = {
        "name": "Sales",
        "host": "127.0.0.1",
        "port": server.port,
        "security": "none",
        "username": "desk@example.com",
        "password": 'pass "word"',
        "folder": "INBOX",
        "is_active": "on",
    }
    assert client_for(manager).post("/settings/mailboxes/new/", form).status_code == 403
    client = client_for(admin_user)
    assert client.post("/settings/mailboxes/new/", form).status_code == 302
    mailbox = Mailbox.objects.get()
    shown = client.get(f"/settings/mailboxes/{mailbox.public_id}/")
    assert shown.status_code == 200 and b"pass " not in shown.content
    tried = client.post(f"/settings/mailboxes/{mailbox.public_id}/try/", follow=True)
    assert "It works: 0 messages" in tried.content.decode()
    settings.MAILBOX_ON_LOOPBACK = False
    untried = client.post(f"/settings/mailboxes/{mailbox.public_id}/try/", follow=True)
    assert untried.status_code == 200 and "private network" in untried.content.decode()
    refused = client.post(f"/settings/mailboxes/{mailbox.public_id}/", form)
    assert refused.status_code == 422 and "private network" in refused.content.decode()


def test_a_lead_who_asks_to_be_left_in_peace_is_no_new_inquiry(
    take_in: TakeIn, business: Business
) -> None:
    lead = create_lead(business, source=LeadSource.API, phone=MARIA, email="maria@example.org")
    message = take_in(mail("Please stop contacting me.", sender="maria@example.org"))

    assert (message.status, message.reason) == (
        MailStatus.IGNORED,
        "They asked to be left in peace, and are.",
    )
    assert is_suppressed(business, MARIA)
    assert is_suppressed(business, email="maria@example.org")
    assert not lead.events.filter(kind="inquiry").exists()
