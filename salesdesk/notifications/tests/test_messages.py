"""Messages to customers: checked, put on their way once."""

import pytest

from salesdesk.businesses.models import Business
from salesdesk.lib.errors import InvalidInput
from salesdesk.notifications import messages
from salesdesk.notifications.models import Delivery

pytestmark = pytest.mark.django_db
PHONE = "+14155550199"


def test_an_sms_waits_to_be_sent_to_the_number(business: Business) -> None:
    delivery = messages.send_sms(
        business, "(415) 555-0199", " Hello ", subject_type="touch", subject_id="7"
    )

    stored = Delivery.objects.get()
    assert stored == delivery
    assert (stored.channel, stored.purpose, stored.status) == ("sms", "customer", "waiting")
    assert (stored.to, stored.text) == (PHONE, "Hello")
    assert (stored.subject_type, stored.subject_id) == ("touch", "7")


def test_a_mail_has_a_subject_of_one_line(business: Business) -> None:
    messages.send_email(business, "ann@example.com", "Your\r\nvisit", "See you.")

    assert Delivery.objects.get().subject == "Your visit"


def test_with_the_same_key_nothing_is_sent_twice(
    business: Business, other_business: Business
) -> None:
    first = messages.send_sms(business, PHONE, "Hello", key="touch:7")
    again = messages.send_sms(business, PHONE, "Hello again", key="touch:7")
    messages.send_sms(other_business, PHONE, "Hello", key="touch:7")
    messages.send_sms(business, PHONE, "Hello")
    messages.send_sms(business, PHONE, "Hello")

    assert again == first
    assert again.text == "Hello"
    assert Delivery.objects.count() == 4


@pytest.mark.parametrize("to", ["", "12", "ann@example.com"])
def test_what_is_no_number_gets_no_sms(business: Business, to: str) -> None:
    with pytest.raises(InvalidInput):
        messages.send_sms(business, to, "Hello")


@pytest.mark.parametrize("to", ["", "ann", PHONE, "ann@example.com\nBcc: x@example.com"])
def test_what_is_no_address_gets_no_mail(business: Business, to: str) -> None:
    with pytest.raises(InvalidInput):
        messages.send_email(business, to, "Hello", "How are you?")


@pytest.mark.parametrize("text", ["", " \n", "\0", "x" * 1601])
def test_a_text_is_neither_empty_nor_too_long(business: Business, text: str) -> None:
    with pytest.raises(InvalidInput):
        messages.send_sms(business, PHONE, text)

    assert not Delivery.objects.exists()
