"""How a delivery reads, by channel. Pure but for the address of this site."""

from django.conf import settings
from django.utils.text import Truncator

from salesdesk.notifications.enums import Channel, Purpose, Urgency
from salesdesk.notifications.links import action_link
from salesdesk.notifications.models import LONGEST_TITLE, Delivery, Notice

LONGEST_SMS = 300
"""Characters, so that two segments usually do."""

TEST_TEXT = "This is a test: messages of salesdesk arrive here."


def one_line(text: str, length: int = LONGEST_TITLE) -> str:
    """Without line breaks, which a mail's header may not have, and no longer than ``length``."""
    return Truncator(" ".join(text.replace("\0", "").split())).chars(length)


def subject_of(delivery: Delivery) -> str:
    notice = delivery.notice
    if notice is None:
        return delivery.subject
    urgent = "Urgent: " if notice.urgency == Urgency.HIGH else ""
    return one_line(f"{urgent}{notice.title}")


def text_of(delivery: Delivery) -> str:
    """The whole text of a mail or an SMS."""
    if delivery.notice is None:
        return delivery.text
    if delivery.channel == Channel.SMS:
        return sms_text(delivery.notice, address_for(delivery))
    return mail_text(delivery.notice, address_for(delivery))


def sms_text(notice: Notice, address: str) -> str:
    room = LONGEST_SMS - len(address) - 1
    words = f"{notice.business.name}: {notice.title}"
    return f"{one_line(words, max(room, 40))} {address}"


def mail_text(notice: Notice, address: str) -> str:
    choice = " or ".join(each["label"] for each in notice.actions)
    invitation = f"{choice}: {address}" if choice else address
    parts = [notice.title, notice.body, invitation, f"{notice.business.name} · salesdesk"]
    return "\n\n".join(part for part in parts if part)


def address_for(delivery: Delivery) -> str:
    """Where the message leads: to the answers without signing in, if it is for one person."""
    notice = delivery.notice
    assert notice is not None
    if notice.is_open and delivery.user_id is not None and delivery.purpose != Purpose.TEST:
        return action_link(notice, delivery.user_id)
    return page_address(notice)


def page_address(notice: Notice) -> str:
    return f"{settings.PUBLIC_URL}{notice.url or '/notifications/'}"
