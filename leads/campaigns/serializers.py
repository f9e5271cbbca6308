"""Campaigns as programs see and give them."""

from typing import Any

from drf_spectacular.utils import extend_schema_field, extend_schema_serializer
from rest_framework import serializers

from leads.campaigns.audience import Preview
from leads.campaigns.pages import Progress
from leads.enums import CampaignStatus, DialResult, MemberStatus
from leads.models import Campaign, CampaignMember
from leads.models.campaigns import FASTEST, MOST_AT_ONCE, SLOWEST
from salesdesk.businesses.models import WEEKDAYS

FILTER_HELP = 'The query of the list of leads: `{"stage": ["new"], "source": ["web_form"]}`.'
RETRY_HELP = (
    "By result (`no_answer`, `busy`, `voicemail`, `failed`): "
    '`{"times": 2, "wait_minutes": 30}`. A result that is left out is final.'
)


class CampaignProgressSerializer(serializers.Serializer[Progress]):
    total = serializers.IntegerField()
    ended = serializers.IntegerField(help_text="Who is not called any more.")
    by_status = serializers.SerializerMethodField()

    @extend_schema_field({"type": "object", "additionalProperties": {"type": "integer"}})
    def get_by_status(self, progress: Progress) -> dict[str, int]:
        return {status.value: count for status, count in progress.by_status}


class CampaignSerializer(serializers.ModelSerializer[Campaign]):
    id = serializers.CharField(source="public_id", read_only=True)
    business = serializers.CharField(source="business.public_id", read_only=True)
    status = serializers.ChoiceField(choices=CampaignStatus.choices, read_only=True)
    caller = serializers.CharField(
        source="caller.number", read_only=True, default=None, allow_null=True
    )
    stop_reason = serializers.CharField(
        read_only=True, help_text="Why its stop rules paused it; empty where they did not."
    )

    class Meta:
        model = Campaign
        fields = (
            "id",
            "business",
            "name",
            "status",
            "lead_filter",
            "purpose",
            "greeting",
            "caller",
            "calls_per_second",
            "at_once",
            "days",
            "opens",
            "closes",
            "retries",
            "watched_results",
            "least_results",
            "most_failed",
            "most_abandoned",
            "most_opted_out",
            "stop_reason",
            "created_at",
            "started_at",
            "ended_at",
        )
        read_only_fields = fields


class CampaignWithProgressSerializer(CampaignSerializer):
    progress = serializers.SerializerMethodField()

    class Meta(CampaignSerializer.Meta):
        fields = (*CampaignSerializer.Meta.fields, "progress")  # type: ignore[assignment]
        read_only_fields = fields  # type: ignore[assignment]

    @extend_schema_field(CampaignProgressSerializer)
    def get_progress(self, campaign: Campaign) -> Any:
        return CampaignProgressSerializer(self.context["progress"]).data


class CampaignMemberSerializer(serializers.ModelSerializer[CampaignMember]):
    lead = serializers.CharField(source="lead.public_id", help_text="Id of the lead.")
    status = serializers.ChoiceField(choices=MemberStatus.choices)
    result = serializers.ChoiceField(choices=DialResult.choices, allow_blank=True)
    call = serializers.CharField(
        source="dial.call_id", default="", help_text="Id of its newest call, if there was one."
    )

    class Meta:
        model = CampaignMember
        fields = ("lead", "status", "due_at", "attempts", "result", "note", "call", "settled_at")
        read_only_fields = fields


# ---------------------------------------------------------------- what is taken


@extend_schema_serializer(component_name="CampaignChange")
class CampaignChangeSerializer(serializers.Serializer[Any]):
    """All are optional; what is left out stays, or is what is usual."""

    name = serializers.CharField(max_length=80, required=False)
    purpose = serializers.CharField(max_length=300, required=False)
    greeting = serializers.CharField(max_length=600, required=False, allow_blank=True)
    caller = serializers.CharField(
        max_length=20,
        required=False,
        allow_blank=True,
        help_text="One of the business's numbers, E.164; empty for its first.",
    )
    lead_filter = serializers.DictField(
        child=serializers.ListField(child=serializers.CharField(max_length=200), max_length=50),
        required=False,
        help_text=FILTER_HELP,
    )
    calls_per_second = serializers.FloatField(min_value=SLOWEST, max_value=FASTEST, required=False)
    at_once = serializers.IntegerField(min_value=1, max_value=MOST_AT_ONCE, required=False)
    days = serializers.ListField(
        child=serializers.ChoiceField(choices=list(WEEKDAYS)), max_length=7, required=False
    )
    opens = serializers.TimeField(required=False, help_text="By the clock of each lead.")
    closes = serializers.TimeField(required=False)
    retries = serializers.DictField(
        child=serializers.DictField(child=serializers.IntegerField()),
        required=False,
        help_text=RETRY_HELP,
    )
    watched_results = serializers.IntegerField(min_value=10, max_value=1000, required=False)
    least_results = serializers.IntegerField(min_value=5, max_value=1000, required=False)
    most_failed = serializers.IntegerField(min_value=0, max_value=100, required=False)
    most_abandoned = serializers.IntegerField(min_value=0, max_value=100, required=False)
    most_opted_out = serializers.IntegerField(min_value=0, max_value=100, required=False)


@extend_schema_serializer(component_name="NewCampaign")
class NewCampaignSerializer(CampaignChangeSerializer):
    business = serializers.CharField(
        max_length=20,
        required=False,
        default="",
        help_text="Id of the business; may be left out by who belongs to one only.",
    )
    name = serializers.CharField(max_length=80)
    purpose = serializers.CharField(max_length=300)


class CampaignSampleSerializer(serializers.Serializer[Any]):
    lead = serializers.CharField(source="lead.public_id")
    at = serializers.DateTimeField(
        allow_null=True, help_text="When it is within the hours next; null for never."
    )
    reasons = serializers.ListField(child=serializers.CharField())


class CampaignPreviewSerializer(serializers.Serializer[Preview]):
    count = serializers.IntegerField(help_text="Leads with a number that fit.")
    looked_at = serializers.IntegerField(help_text="Of these the gate was asked about the first.")
    allowed = CampaignSampleSerializer(many=True)
    refused = CampaignSampleSerializer(many=True)
