"""What the API says about businesses."""

from typing import Any, ClassVar

from rest_framework import serializers

from salesdesk.businesses.models import Business, PhoneNumber


class PhoneNumberSerializer(serializers.ModelSerializer[PhoneNumber]):
    class Meta:
        model = PhoneNumber
        fields = ("number", "label", "is_active")


class BusinessSerializer(serializers.ModelSerializer[Business]):
    """What a business is and how its agent talks."""

    id = serializers.CharField(source="public_id")
    numbers = PhoneNumberSerializer(many=True)
    engine = serializers.CharField(
        source="engine_name", help_text="Its own choice, or else the installation's."
    )

    class Meta:
        model = Business
        fields = (
            "id",
            "name",
            "trade",
            "is_active",
            "time_zone",
            "language",
            "hours",
            "postal_address",
            "numbers",
            "greeting",
            "outbound_greeting",
            "prompt",
            "facts",
            "vocabulary",
            "engine",
            "voice",
            "temperature",
            "response_delay_ms",
            "no_input_seconds",
            "longest_call_seconds",
            "created_at",
            "updated_at",
        )
        extra_kwargs: ClassVar[dict[str, Any]] = {
            "hours": {"help_text": 'Like `{"mon": ["08:00", "18:00"]}`; other days are closed.'},
            "postal_address": {"help_text": "In lines. Without it no advertising e-mail is sent."},
            "facts": {"help_text": "Pairs of question and answer that the agent may speak from."},
        }
