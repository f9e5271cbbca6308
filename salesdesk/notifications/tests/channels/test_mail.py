"""E-mail, over a real SMTP server and over SendGrid's HTTP."""

import socket
from collections.abc import Callable, Iterator

import pytest
from pytest_django import Settings

from salesdesk.accounts.models import User
from salesdesk.businesses.models import Business
from salesdesk.lib.errors import NotConfigured, ProviderError
from salesdesk.notifications import messages
from salesdesk.notifications.channels.mail import Mail
from salesdesk.notifications.enums import Urgency
from salesdesk.notifications.links import notification_of
from salesdesk.notifications.models import Delivery, Notification
from salesdesk.notifications.tests.vendors.sendgrid import KEY, SendGridServer
from salesdesk.notifications.tests.vendors.smtp import MailServer

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.filterwarnings("ignore:django-anymail has dropped official support"),
]
Notify = Callable[..., Notification]
ANN = "ann@example.com"


@pytest.fixture
def smtp(settings: Settings) -> Iterator[MailServer]:
    server = MailServer()
    server.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
    yield server
    server.stop()


@pytest.fixture
def sendgrid(settings: Settings) -> Iterator[SendGridServer]:
    with SendGridServer() as server:
        settings.EMAIL_BACKEND = "anymail.backends.sendgrid.EmailBackend"
        settings.ANYMAIL = {"SENDGRID_API_KEY": KEY, "SENDGRID_API_URL": f"{server.url}/v3/"} | {
            "REQUESTS_TIMEOUT": (2, 2)
        }
        yield server


@pytest.fixture
def told(notify: Notify) -> Delivery:
    notify(body="Roof in Oakland.", url="/leads/1/", urgency=Urgency.HIGH)
    return Delivery.objects.select_related("notice__business", "user", "business").get()


@pytest.fixture
def letter(business: Business) -> Delivery:
    return messages.send_email(business, ANN, "Your visit\nBcc: x@example.com", "See you at nine.")


def refused(delivery: Delivery) -> tuple[str, bool]:
    with pytest.raises(ProviderError) as error:
        Mail().send(delivery)
    return error.value.message, error.value.retryable


def test_a_mail_says_what_and_leads_to_the_answer(
    told: Delivery, smtp: MailServer, rep: User, settings: Settings
) -> None:
    Mail().send(told)

    [mail] = smtp.post.mails
    assert (mail["To"], mail["From"]) == (rep.email, settings.DEFAULT_FROM_EMAIL)
    assert mail["Subject"] == "Urgent: Ann Lee wants a quote"
    assert mail["Auto-Submitted"] == "auto-generated"
    text = mail.get_payload()
    assert isinstance(text, str)
    assert "Roof in Oakland." in text
    address = next(word for word in text.split() if "/notifications/act/" in word)
    token = address.rstrip("/").rpartition("/")[2]
    assert notification_of(token).user == rep


def test_what_wants_no_answer_leads_to_its_page(notify: Notify, smtp: MailServer) -> None:
    notify(actions=(), url="/leads/1/")
    Mail().send(Delivery.objects.select_related("notice__business", "business").get())

    text = str(smtp.post.mails[0].get_payload())
    assert "http://localhost:8000/leads/1/" in text
    assert "/act/" not in text


def test_a_customer_hears_from_the_business(letter: Delivery, smtp: MailServer) -> None:
    Mail().send(letter)

    [mail] = smtp.post.mails
    assert mail["From"] == "Bright Solar <salesdesk@localhost>"
    assert mail["To"] == ANN
    assert mail["Bcc"] is None
    assert str(mail.get_payload()).strip() == "See you at nine."


@pytest.mark.parametrize(
    ("reply", "retryable"),
    [("450 Mailbox busy", True), ("550 No such user", False)],
)
def test_a_server_that_refuses_the_address(
    letter: Delivery, smtp: MailServer, reply: str, retryable: bool
) -> None:
    smtp.post.reply = reply

    assert refused(letter) == ("The mail server refuses this address.", retryable)


def test_a_server_that_is_away_may_come_back(letter: Delivery, settings: Settings) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = free.getsockname()

    assert refused(letter) == ("The mail server could not be reached.", True)


def test_a_server_that_wants_no_sign_in_is_told_apart(
    letter: Delivery, smtp: MailServer, settings: Settings
) -> None:
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "desk", "very-secret"

    message, retryable = refused(letter)

    assert (message, retryable) == ("The mail server lacks what the message needs.", False)


def test_without_an_address_there_is_nothing_to_do(letter: Delivery) -> None:
    letter.to = ""
    with pytest.raises(NotConfigured):
        Mail().send(letter)


# ---------------------------------------------------------------- SendGrid


def test_sendgrid_gets_the_same_mail(letter: Delivery, sendgrid: SendGridServer) -> None:
    reference = Mail().send(letter)

    [mail] = sendgrid.mails
    assert mail["personalizations"][0]["to"] == [{"email": ANN}]
    assert mail["from"] == {"email": "salesdesk@localhost", "name": "Bright Solar"}
    assert mail["subject"] == "Your visit Bcc: x@example.com"
    assert mail["content"] == [{"type": "text/plain", "value": "See you at nine."}]
    assert reference


@pytest.mark.parametrize(
    ("status", "sentence", "retryable"),
    [
        (429, "The mail service is out of order at the moment.", True),
        (503, "The mail service is out of order at the moment.", True),
        (403, "The mail service refused the API key or the sender.", False),
        (400, "The mail service refused the message (status 400).", False),
    ],
)
def test_what_sendgrid_refuses(
    letter: Delivery, sendgrid: SendGridServer, status: int, sentence: str, retryable: bool
) -> None:
    sendgrid.spoiled = (status, {"errors": [{"message": f"very-secret {ANN}"}]})

    assert refused(letter) == (sentence, retryable)


def test_a_wrong_key_is_not_tried_again(
    letter: Delivery, sendgrid: SendGridServer, settings: Settings
) -> None:
    settings.ANYMAIL = {**settings.ANYMAIL, "SENDGRID_API_KEY": "wrong"}

    assert refused(letter) == ("The mail service refused the API key or the sender.", False)


def test_a_sendgrid_that_is_silent_may_come_back(
    letter: Delivery, sendgrid: SendGridServer, settings: Settings
) -> None:
    sendgrid.is_silent = True
    settings.ANYMAIL = {**settings.ANYMAIL, "REQUESTS_TIMEOUT": (0.2, 0.2)}

    assert refused(letter)[1]


def test_headers_come_along_each_on_one_line(business: Business, smtp: MailServer) -> None:
    link = "<https://desk.example.com/unsubscribe/abc/>"
    headers = {"List-Unsubscribe": link, "Reply-To": "a@example.com\r\nBcc: x@example.com"}
    Mail().send(messages.send_email(business, ANN, "Hello", "Hello Ann.", headers=headers))

    [message] = smtp.post.mails
    assert message["List-Unsubscribe"] == link
    assert message["Bcc"] is None
