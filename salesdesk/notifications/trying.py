"""Whether a business's channels are set up, and trying them out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from salesdesk.accounts.models import User
from salesdesk.businesses.models import Business
from salesdesk.businesses.queries import caller_id_of
from salesdesk.lib.errors import TooMany
from salesdesk.lib.phone import for_people
from salesdesk.notifications.delivering import attempt
from salesdesk.notifications.enums import Channel, DeliveryStatus, Purpose
from salesdesk.notifications.models import Delivery, SlackAccount
from salesdesk.notifications.preferences import reach_of
from salesdesk.notifications.wording import TEST_TEXT

MOST_TESTS_A_MINUTE = 5
MAIL_BACKENDS = {
    "django.core.mail.backends.smtp.EmailBackend": "by SMTP",
    "anymail.backends.sendgrid.EmailBackend": "by SendGrid",
    "django.core.mail.backends.console.EmailBackend": "printed to the log, not sent (EMAIL_URL)",
    "django.core.mail.backends.filebased.EmailBackend": "written to files, not sent (EMAIL_URL)",
}


@dataclass(frozen=True)
class Tried:
    delivery: Delivery

    @property
    def is_good(self) -> bool:
        return self.delivery.status in (DeliveryStatus.SENT, DeliveryStatus.DELIVERED)

    @property
    def sentence(self) -> str:
        if self.is_good:
            return f"The test went out to {self.delivery.to or 'Slack'}."
        return self.delivery.error


def channel_facts(business: Business) -> Mapping[str, str]:
    """For each channel a line that says how it is set up."""
    sender = caller_id_of(business) or settings.TWILIO_PHONE_NUMBER
    has_twilio = bool(settings.TWILIO_ACCOUNT_SID and settings.TWILIO_AUTH_TOKEN)
    module = settings.EMAIL_BACKEND.rsplit(".", 2)[-2]
    mail = MAIL_BACKENDS.get(settings.EMAIL_BACKEND, f"by {module}")
    sms = f"From {for_people(sender)}" if sender else "The business has no number to send from"
    return {
        Channel.EMAIL: f"From {settings.DEFAULT_FROM_EMAIL}, {mail}",
        Channel.SMS: sms if has_twilio else "Twilio is not set up (TWILIO_ACCOUNT_SID)",
    }


def send_test(business: Business, channel: Channel, user: User) -> Tried:
    """Send a test to the user over the channel, now, whatever the hour.

    Raises :class:`TooMany` for more than a few a minute.
    """
    now = timezone.now()
    _refuse_floods(business)
    delivery = Delivery.objects.create(
        business=business,
        purpose=Purpose.TEST,
        channel=channel,
        user=user,
        to=_address(business, channel, user),
        subject="A test",
        text=TEST_TEXT,
        created_at=now,
        next_try=now,
    )
    attempt.deliver(delivery.pk, now)
    delivery.refresh_from_db()
    return Tried(delivery)


def _address(business: Business, channel: Channel, user: User) -> str:
    if channel == Channel.EMAIL:
        return user.email
    if channel == Channel.SMS:
        return reach_of(user).phone
    account = SlackAccount.objects.filter(business=business).first()
    return account.channel if account else ""


def _refuse_floods(business: Business) -> None:
    since = timezone.now() - timedelta(minutes=1)
    tests = Delivery.objects.filter(business=business, purpose=Purpose.TEST, created_at__gt=since)
    if tests.count() >= MOST_TESTS_A_MINUTE:
        raise TooMany("That were many tests; wait a minute.", retry_after=60)
