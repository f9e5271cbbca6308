"""Links in messages that let their reader answer without signing in.

A link carries who was told and what, signed, and is good for a day. Following it shows the
question only: mail programs follow links by themselves. Answering takes a press of a button.
"""

from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.urls import reverse

from salesdesk.lib.errors import NotFound
from salesdesk.notifications.models import Notice, Notification

GOOD_FOR = timedelta(hours=24)
SALT = "salesdesk.notifications.links"
OVER = "This link is no longer good. Sign in to see what it was about."


def action_link(notice: Notice, user_id: int) -> str:
    signed = signing.TimestampSigner(salt=SALT).sign(f"{notice.public_id}.{user_id:x}")
    return f"{settings.PUBLIC_URL}{reverse('notifications:act', args=[signed])}"


def notification_of(token: str) -> Notification:
    """Whose and which notification a link is for. Raises :class:`NotFound` for one that is forged
    or too old, and when its reader does not belong to the business any more."""
    try:
        told = signing.TimestampSigner(salt=SALT).unsign(token, max_age=GOOD_FOR)
    except signing.BadSignature:
        raise NotFound(OVER) from None
    notice_id, _, user_id = told.partition(".")
    found = Notification.objects.with_notices().filter(
        notice__public_id=notice_id, user=int(user_id, 16), user__is_active=True
    )
    notification = found.first()
    if notification is None or not _still_theirs(notification):
        raise NotFound(OVER)
    return notification


def _still_theirs(notification: Notification) -> bool:
    mine = Notification.objects.of(notification.user)
    return mine.filter(pk=notification.pk).exists()
