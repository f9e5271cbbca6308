"""What was written to leads, and what they wrote: text messages, and e-mails to them."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from leads.enums import (
    MessageChannel,
    MessageDirection,
    MessageMeaning,
    MessagePurpose,
    WrittenStatus,
)
from leads.models.people import Lead
from salesdesk.businesses.models import Business
from salesdesk.lib.ids import public_id

LONGEST_ERROR = 300


class LeadMessageQuerySet(models.QuerySet["LeadMessage"]):
    def newest_first(self) -> "LeadMessageQuerySet":
        return self.order_by("-created_at", "-pk")

    def with_address(
        self, business: Business, channel: MessageChannel, address: str
    ) -> "LeadMessageQuerySet":
        """To and from this number or address."""
        return self.filter(business=business, channel=channel, address=address)


class LeadMessage(models.Model):
    """One message between the business and somebody.

    ``address`` is theirs (E.164, or an e-mail address in small letters), ``own`` the business's
    number. ``lead`` is empty for a number that nobody is known by, and for a lead that was deleted.
    Of one that came in, ``sid`` is the carrier's id, taken only once, and ``meaning`` what it asks
    for; of one that went out, ``purpose`` is by what the gate allowed it, ``reference`` the public
    id of its delivery and ``by`` who wrote it by hand.
    """

    public_id = models.CharField(max_length=20, unique=True, default=public_id, editable=False)
    business = models.ForeignKey(Business, on_delete=models.CASCADE, related_name="lead_messages")
    lead = models.ForeignKey(
        Lead, on_delete=models.SET_NULL, related_name="messages", null=True, blank=True
    )
    direction = models.CharField(max_length=3, choices=MessageDirection)
    channel = models.CharField(max_length=6, choices=MessageChannel)
    address = models.CharField(max_length=254)
    own = models.CharField(max_length=20, blank=True)
    subject = models.CharField(max_length=200, blank=True)
    text = models.TextField(blank=True)
    meaning = models.CharField(max_length=8, choices=MessageMeaning, blank=True)
    purpose = models.CharField(max_length=10, choices=MessagePurpose, blank=True)
    sid = models.CharField(max_length=64, blank=True)
    reference = models.CharField(max_length=20, blank=True)
    status = models.CharField(max_length=10, choices=WrittenStatus, default=WrittenStatus.WAITING)
    error = models.CharField(max_length=LONGEST_ERROR, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, related_name="+", null=True, blank=True
    )
    created_at = models.DateTimeField(default=timezone.now)

    objects = LeadMessageQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("sid",), condition=~Q(sid=""), name="message_taken_once"
            ),
            models.UniqueConstraint(
                fields=("reference",), condition=~Q(reference=""), name="message_delivery_once"
            ),
        )
        indexes = (
            models.Index(fields=("lead", "-created_at", "-id"), name="message_of_lead"),
            models.Index(fields=("business", "address", "-created_at"), name="message_of_address"),
        )

    def __str__(self) -> str:
        return f"{self.get_direction_display()}: {self.get_channel_display()}"

    @property
    def is_incoming(self) -> bool:
        return self.direction == MessageDirection.IN
