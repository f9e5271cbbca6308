"""What the API says about the ledger."""

from typing import Any, ClassVar

from rest_framework import serializers

from leads.enums import GateReason
from leads.models import DialDecision
from salesdesk.accounts.serializers import BusinessNameSerializer


class DialDecisionSerializer(serializers.ModelSerializer[DialDecision]):
    id = serializers.CharField(source="public_id")
    business = BusinessNameSerializer()
    lead = serializers.SerializerMethodField(
        help_text="Its id, or empty where there is none (any more)."
    )
    reasons = serializers.ListField(child=serializers.ChoiceField(choices=GateReason.choices))
    sentences = serializers.ListField(child=serializers.CharField(), help_text="For people.")

    class Meta:
        model = DialDecision
        fields = (
            "id",
            "business",
            "at",
            "kind",
            "phone",
            "email",
            "caller",
            "lead",
            "lead_name",
            "user_name",
            "campaign",
            "allowed",
            "reasons",
            "sentences",
            "overridden",
            "override_reason",
            "facts",
        )
        extra_kwargs: ClassVar[dict[str, Any]] = {
            "phone": {"help_text": "E.164; or what was given where it is no number."},
            "caller": {"help_text": "The number that was to call."},
            "overridden": {"help_text": "Allowed against the reasons, by the user."},
            "facts": {"help_text": "All by which it was decided."},
        }

    def get_lead(self, line: DialDecision) -> str:
        return line.lead.public_id if line.lead else ""
