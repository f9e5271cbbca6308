"""What the API says about messages with leads, and what it takes."""

from typing import Any, ClassVar

from rest_framework import serializers

from leads.enums import MessageChannel
from leads.messaging.sending import LONGEST_BY_HAND
from leads.models import LeadMessage
from salesdesk.accounts.serializers import PersonSerializer


class LeadMessageSerializer(serializers.ModelSerializer[LeadMessage]):
    id = serializers.CharField(source="public_id")
    by = PersonSerializer(allow_null=True)

    class Meta:
        model = LeadMessage
        fields = (
            "id",
            "direction",
            "channel",
            "address",
            "subject",
            "text",
            "meaning",
            "purpose",
            "status",
            "error",
            "by",
            "created_at",
        )
        extra_kwargs: ClassVar[dict[str, Any]] = {
            "address": {"help_text": "Theirs: E.164, or an e-mail address."},
            "meaning": {"help_text": "Of a text message that came in: what it asks for."},
            "purpose": {"help_text": "Of one that went out: by what the gate allowed it."},
            "by": {"help_text": "Who wrote it by hand."},
        }


class NewMessageSerializer(serializers.Serializer[dict[str, Any]]):
    channel = serializers.ChoiceField(choices=MessageChannel.choices)
    text = serializers.CharField(
        max_length=LONGEST_BY_HAND[MessageChannel.EMAIL],
        help_text=f"Of an SMS {LONGEST_BY_HAND[MessageChannel.SMS]} characters at most.",
    )
    subject = serializers.CharField(
        required=False, default="", allow_blank=True, max_length=200, help_text="Of an e-mail."
    )
