"""What the API and the live socket say about calls, and what they take."""

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from calls.enums import NoteCategory
from calls.models import Call, CallEvent, CallNote, Utterance
from calls.notes import LONGEST_NOTE, LONGEST_TAG, MOST_TAGS
from calls.services import LONGEST_LINE
from leads.gate.services import LONGEST_REASON
from salesdesk.accounts.serializers import BusinessNameSerializer, PersonSerializer
from salesdesk.lib.errors import InvalidInput
from salesdesk.lib.phone import to_e164

# ---------------------------------------------------------------- what is told


class CallSerializer(serializers.ModelSerializer[Call]):
    id = serializers.CharField(source="public_id")
    business = BusinessNameSerializer(
        allow_null=True, help_text="Empty where nobody's number was dialled."
    )
    placed_by = PersonSerializer(allow_null=True)

    class Meta:
        model = Call
        fields = (
            "id",
            "business",
            "direction",
            "status",
            "from_number",
            "to_number",
            "sid",
            "engine",
            "started_at",
            "answered_at",
            "ended_at",
            "duration_seconds",
            "end_reason",
            "error",
            "agent_paused",
            "placed_by",
            "transcript_version",
            "metadata",
        )
        extra_kwargs: ClassVar[dict[str, Any]] = {
            "from_number": {"help_text": "E.164; or what the carrier told, like “anonymous”."},
            "to_number": {"help_text": "E.164."},
            "sid": {"help_text": "The carrier's id of the call."},
            "duration_seconds": {"help_text": "From answer to end; set when the call is over."},
            "error": {"help_text": "What went wrong, for people."},
            "transcript_version": {"help_text": "Counts the changes of the transcript."},
        }


class UtteranceSerializer(serializers.ModelSerializer[Utterance]):
    """What one speaker said at one go; for the agent, what was heard of it."""

    id = serializers.CharField(source="public_id")
    audio_url = serializers.SerializerMethodField(help_text="The recording, where there is one.")

    class Meta:
        model = Utterance
        fields = (
            "id",
            "sequence",
            "version",
            "speaker",
            "text",
            "start_ms",
            "end_ms",
            "interrupted",
            "confidence",
            "audio_url",
            "metadata",
            "created_at",
        )
        extra_kwargs: ClassVar[dict[str, Any]] = {
            "sequence": {"help_text": "The order of the transcript."},
            "version": {"help_text": "The transcript's version when this last changed."},
            "speaker": {"help_text": "`agent` is the AI, `caller` the customer."},
            "start_ms": {"help_text": "From the start of the call's audio."},
            "end_ms": {"help_text": "From the start of the call's audio."},
            "interrupted": {"help_text": "The other side cut in; `text` is what was heard."},
            "confidence": {"help_text": "Of the speech recognition, 0 to 1."},
            "metadata": {
                "help_text": (
                    "What else is known, for instance `citations`: the passages that an answer was "
                    "taken from, each with `document` and `passage` (ids), `title`, `heading`, "
                    "`page`, `url`, `version` and `sentence` (none where the documents were "
                    "searched in vain); then also `retrieval_ms`, how long "
                    "the search took, `waited_ms`, how much of that the caller waited for, and "
                    "`prefetched`, whether it began while the caller was still speaking."
                )
            },
        }

    def get_audio_url(self, utterance: Utterance) -> str | None:
        return utterance.audio_reference or None


class CallEventSerializer(serializers.ModelSerializer[CallEvent]):
    """A line of the call's history."""

    user = PersonSerializer(allow_null=True, help_text="Who did it, if it was a person.")

    class Meta:
        model = CallEvent
        fields = ("kind", "detail", "user", "created_at")


class CallNoteSerializer(serializers.ModelSerializer[CallNote]):
    id = serializers.CharField(source="public_id")
    author = PersonSerializer(allow_null=True)

    class Meta:
        model = CallNote
        fields = (
            "id",
            "html",
            "text",
            "category",
            "tags",
            "author",
            "created_at",
            "updated_at",
        )
        extra_kwargs: ClassVar[dict[str, Any]] = {
            "html": {"help_text": "Sanitised: formatting and links only."},
            "text": {"help_text": "The same without formatting."},
        }


class CapturedFactSerializer(serializers.Serializer[Any]):
    """A field, and what was told of it."""

    key = serializers.CharField(source="field.key")
    label = serializers.CharField(source="field.label")  # type: ignore[assignment]
    type = serializers.CharField(
        source="field.type",
        help_text="text, number, money, yes_no, date, email, phone, address or choice.",
    )
    is_required = serializers.BooleanField(source="field.is_required")
    status = serializers.CharField(help_text="missing, heard, read_back or confirmed.")
    value = serializers.JSONField(
        source="captured.value",
        default=None,
        allow_null=True,
        help_text="By its type: dollars, E.164, a date as YYYY-MM-DD …; null while it is missing.",
    )
    said = serializers.CharField(
        source="captured.said", default="", help_text="The customer's own words."
    )
    confidence = serializers.FloatField(
        source="captured.confidence", default=None, allow_null=True, help_text="0 to 1."
    )


class CapturedSerializer(serializers.Serializer[Any]):
    is_complete = serializers.BooleanField(help_text="Everything that is required was told.")
    facts = CapturedFactSerializer(many=True)


# ---------------------------------------------------------------- what is taken


class NumberField(serializers.CharField):
    """A phone number in any usual form; its value is E.164."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=40, **options)

    def to_internal_value(self, data: Any) -> str:
        try:
            return to_e164(super().to_internal_value(data))
        except InvalidInput as error:
            raise serializers.ValidationError(error.message) from error


@extend_schema_serializer(component_name="CallInitiation")
class InitiateSerializer(serializers.Serializer[Any]):
    business = serializers.CharField(max_length=20, help_text="Id of the business that calls.")
    to = NumberField(help_text="Whom to call; without a country code, a US number.")
    override_reason = serializers.CharField(
        max_length=LONGEST_REASON,
        required=False,
        default="",
        allow_blank=True,
        help_text="Why to call although the gate refuses; for managers and admins.",
    )

    def get_fields(self) -> dict[str, Any]:
        """“from” is no name that Python lets a class body have."""
        from_number = NumberField(
            required=False, help_text="A number of the business; its first active one unless given."
        )
        return {**super().get_fields(), "from": from_number}


class InterveneSerializer(serializers.Serializer[Any]):
    SPOKEN = ("say", "instruct")

    action = serializers.ChoiceField(choices=("say", "instruct", "pause", "resume"))
    text = serializers.CharField(
        max_length=LONGEST_LINE,
        required=False,
        default="",
        allow_blank=True,
        help_text="What to `say` word for word, or to `instruct` without the customer hearing it.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["action"] in self.SPOKEN and not attrs["text"]:
            raise serializers.ValidationError({"text": ["Write what is to be said."]})
        return attrs


@extend_schema_serializer(component_name="CallNoteText")
class NoteSerializer(serializers.Serializer[Any]):
    html = serializers.CharField(
        max_length=LONGEST_NOTE, help_text="Rich text; what is not formatting is removed."
    )
    category = serializers.ChoiceField(choices=NoteCategory.choices, default=NoteCategory.GENERAL)
    tags = serializers.ListField(
        child=serializers.CharField(max_length=LONGEST_TAG), max_length=MOST_TAGS, default=list
    )
