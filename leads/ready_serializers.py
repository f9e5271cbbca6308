"""What the API says and takes about Ready mode and outcomes."""

from typing import Any

from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from leads.models import Disposition, LeadEvent, ReadySession, Reservation
from leads.outcomes.services import LONGEST_NOTE, LONGEST_REASON
from leads.ready.brief import Brief, Section
from leads.serializers import LeadNameSerializer
from salesdesk.accounts.enums import CallBy
from salesdesk.accounts.serializers import BusinessNameSerializer

LONGEST_IDLE = 7 * 24 * 3600


@extend_schema_serializer(component_name="ReadyQueue")
class QueueQuestionSerializer(serializers.Serializer[Any]):
    business = serializers.CharField(
        max_length=20,
        required=False,
        default="",
        allow_blank=True,
        help_text="Id of a business; the one where a session is under way, else your first.",
    )


@extend_schema_serializer(component_name="ReadySeen")
class SeenSerializer(QueueQuestionSerializer):
    idle_seconds = serializers.IntegerField(
        min_value=0,
        max_value=LONGEST_IDLE,
        required=False,
        default=0,
        help_text="Since the rep last touched the page or the phone.",
    )


@extend_schema_serializer(component_name="ReadyCall")
class CallRequestSerializer(serializers.Serializer[Any]):
    by = serializers.ChoiceField(
        choices=CallBy.choices,
        required=False,
        default="",
        allow_blank=True,
        help_text="As set for the rep, unless given.",
    )


class TelSerializer(serializers.Serializer[Any]):
    tel = serializers.CharField(help_text="A `tel:` link; empty where the gate refuses.")


@extend_schema_serializer(component_name="OutcomeToSet")
class OutcomeRequestSerializer(serializers.Serializer[Any]):
    disposition = serializers.SlugField(max_length=40, help_text="Key of an outcome.")
    note = serializers.CharField(
        max_length=LONGEST_NOTE, required=False, default="", allow_blank=True
    )
    reason = serializers.CharField(
        max_length=LONGEST_REASON, required=False, default="", allow_blank=True
    )
    callback_at = serializers.DateTimeField(
        required=False, default=None, allow_null=True, help_text="With its offset from UTC."
    )
    callback_mine = serializers.BooleanField(
        required=False, default=True, help_text="You call back, and for a while nobody else."
    )


class ReadySessionSerializer(serializers.ModelSerializer[ReadySession]):
    id = serializers.CharField(source="public_id")

    class Meta:
        model = ReadySession
        fields = ("id", "state", "started_at", "waiting_since", "why")


class ReservationSerializer(serializers.ModelSerializer[Reservation]):
    id = serializers.CharField(source="public_id")
    lead = LeadNameSerializer()

    class Meta:
        model = Reservation
        fields = (
            "id",
            "lead",
            "state",
            "wanted_for",
            "problem",
            "result",
            "expires_at",
            "called_at",
            "answered_at",
            "ended_at",
        )


@extend_schema_serializer(component_name="BriefEvent")
class BriefEventSerializer(serializers.ModelSerializer[LeadEvent]):
    class Meta:
        model = LeadEvent
        fields = ("kind", "text", "created_at")


@extend_schema_serializer(component_name="BriefLine")
class LineSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(source="0", allow_blank=True)
    text = serializers.CharField(source="1")

    def to_representation(self, instance: tuple[str, str]) -> dict[str, str]:
        return {"name": instance[0], "text": instance[1]}


@extend_schema_serializer(component_name="BriefSection")
class SectionSerializer(serializers.Serializer[Section]):
    title = serializers.CharField()
    lines = LineSerializer(many=True)


@extend_schema_serializer(component_name="Brief")
class BriefSerializer(serializers.Serializer[Brief]):
    lead = LeadNameSerializer()
    why = serializers.ListField(child=serializers.CharField())
    local_time = serializers.SerializerMethodField(
        help_text="What their clock shows, like 2026-11-21T09:30."
    )
    facts = LineSerializer(many=True)
    sections = SectionSerializer(many=True)
    events = BriefEventSerializer(many=True)

    def get_local_time(self, brief: Brief) -> str:
        return brief.local_time.isoformat(timespec="minutes")


class ReadySerializer(serializers.Serializer[Any]):
    """Where a rep is. ``reservation`` and ``brief`` are null while no lead is kept for them."""

    business = BusinessNameSerializer()
    session = ReadySessionSerializer(allow_null=True)
    reservation = ReservationSerializer(allow_null=True)
    brief = BriefSerializer(allow_null=True)
    waiting = serializers.IntegerField(help_text="Leads that are due and free.")


class DispositionSerializer(serializers.ModelSerializer[Disposition]):
    class Meta:
        model = Disposition
        fields = ("key", "label", "behaviour", "note_required", "retry_minutes")
