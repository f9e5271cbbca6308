"""What the API says about leads and appointments, and what it takes."""

from enum import StrEnum
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema_field, extend_schema_serializer
from rest_framework import serializers

from leads.enums import AppointmentStatus, LeadSource, LeadStage
from leads.filters import SENSIBLE_DAYS
from leads.models import Appointment, Calendar, Lead, LeadEvent
from leads.visits.appointments import local_start
from leads.visits.scheduling import Slot, Why
from leads.visits.wanted import PARTS_OF_DAY
from leads.wording import spoken
from salesdesk.accounts.serializers import BusinessNameSerializer, PersonSerializer

BUSINESS_HELP = "Id of a business; may be left out by who belongs to one only."
LONGEST_NAME, LONGEST_LINE, LONGEST_NOTE = 80, 300, 2000

# ---------------------------------------------------------------- what is told


class LeadSerializer(serializers.ModelSerializer[Lead]):
    id = serializers.CharField(source="public_id")
    business = BusinessNameSerializer()
    name = serializers.CharField()
    owner = PersonSerializer(allow_null=True)

    class Meta:
        model = Lead
        fields = (
            "id",
            "business",
            "name",
            "first_name",
            "last_name",
            "company",
            "phone",
            "email",
            "address",
            "time_zone",
            "language",
            "source",
            "stage",
            "value",
            "owner",
            "facts",
            "crm_id",
            "created_at",
            "updated_at",
        )
        extra_kwargs: ClassVar[dict[str, Any]] = {
            "phone": {"help_text": "E.164, or empty."},
            "value": {"help_text": "What winning it is worth, in the business's currency."},
            "facts": {"help_text": "What was told in conversations, by the field's key."},
        }


class LeadEventSerializer(serializers.ModelSerializer[LeadEvent]):
    by = PersonSerializer(allow_null=True, help_text="Who did it, if it was a person.")

    class Meta:
        model = LeadEvent
        fields = ("kind", "text", "data", "conversation", "by", "created_at")
        extra_kwargs: ClassVar[dict[str, Any]] = {
            "conversation": {"help_text": "Id of the call or thread in which it happened."},
        }


class LeadNameSerializer(serializers.ModelSerializer[Lead]):
    id = serializers.CharField(source="public_id")
    name = serializers.CharField()

    class Meta:
        model = Lead
        fields = ("id", "name", "phone")


class CalendarNameSerializer(serializers.ModelSerializer[Calendar]):
    id = serializers.CharField(source="public_id")

    class Meta:
        model = Calendar
        fields = ("id", "name")


class AppointmentSerializer(serializers.ModelSerializer[Appointment]):
    id = serializers.CharField(source="public_id")
    business = BusinessNameSerializer()
    lead = LeadNameSerializer(allow_null=True)
    calendar = CalendarNameSerializer()
    starts_at = serializers.SerializerMethodField(help_text="Local to the business.")
    ends_at = serializers.SerializerMethodField(help_text="Local to the business.")
    spoken = serializers.SerializerMethodField(help_text="When it begins, as an agent says it.")

    class Meta:
        model = Appointment
        fields = (
            "id",
            "business",
            "lead",
            "calendar",
            "purpose",
            "starts_at",
            "ends_at",
            "spoken",
            "status",
            "address",
            "note",
            "cancel_reason",
            "conversation",
            "sync_error",
            "created_at",
            "updated_at",
        )

    @extend_schema_field(serializers.DateTimeField())
    def get_starts_at(self, appointment: Appointment) -> str:
        return local_start(appointment).isoformat()

    @extend_schema_field(serializers.DateTimeField())
    def get_ends_at(self, appointment: Appointment) -> str:
        return appointment.ends_at.astimezone(appointment.business.tz).isoformat()

    def get_spoken(self, appointment: Appointment) -> str:
        return spoken(local_start(appointment))


class SlotSerializer(serializers.Serializer[Slot]):
    start = serializers.SerializerMethodField()
    end = serializers.SerializerMethodField()
    calendar = serializers.CharField(help_text="Id of the calendar that is free.")
    spoken = serializers.CharField()

    @extend_schema_field(serializers.DateTimeField())
    def get_start(self, slot: Slot) -> str:
        return slot.start.isoformat()

    @extend_schema_field(serializers.DateTimeField())
    def get_end(self, slot: Slot) -> str:
        return slot.end.isoformat()


class SlotsSerializer(serializers.Serializer[Any]):
    slots = SlotSerializer(many=True, help_text="Three at most, spread over what was asked for.")
    exact = serializers.BooleanField(help_text="They are at the very time that was asked for.")
    why = serializers.ChoiceField(
        choices=[(why.value, why.name) for why in Why],
        allow_blank=True,
        help_text="Empty, or why what was asked for cannot be had.",
    )


# ---------------------------------------------------------------- what is taken


class LeadFieldsSerializer(serializers.Serializer[Any]):
    """All are optional; one that is given empty is emptied."""

    first_name = serializers.CharField(max_length=80, required=False, allow_blank=True)
    last_name = serializers.CharField(max_length=80, required=False, allow_blank=True)
    company = serializers.CharField(max_length=120, required=False, allow_blank=True)
    phone = serializers.CharField(
        max_length=40,
        required=False,
        allow_blank=True,
        help_text="In any usual form; without a country code, a US number.",
    )
    email = serializers.EmailField(required=False, allow_blank=True)
    address = serializers.CharField(max_length=LONGEST_LINE, required=False, allow_blank=True)
    stage = serializers.ChoiceField(choices=LeadStage.choices, required=False)
    value = serializers.DecimalField(
        max_digits=12, decimal_places=2, min_value=0, required=False, allow_null=True
    )


class IfKnown(StrEnum):
    """What becomes of a lead that the business has already."""

    REFUSE = "refuse"
    INQUIRE = "inquire"


@extend_schema_serializer(component_name="LeadCreation")
class NewLeadSerializer(LeadFieldsSerializer):
    business = serializers.CharField(
        max_length=20, required=False, default="", help_text=BUSINESS_HELP
    )
    source = serializers.ChoiceField(  # type: ignore[assignment]
        choices=LeadSource.choices, default=LeadSource.API
    )
    message = serializers.CharField(
        max_length=LONGEST_NOTE,
        required=False,
        allow_blank=True,
        help_text="What they ask for; it stands in their history.",
    )
    origin = serializers.CharField(
        max_length=120,
        required=False,
        default="",
        allow_blank=True,
        help_text="Your own id of this inquiry; the same id is taken once.",
    )
    if_known = serializers.ChoiceField(
        choices=[each.value for each in IfKnown],
        default=IfKnown.REFUSE.value,
        help_text="Whether a lead that is known is refused (409), or inquires again.",
    )


@extend_schema_serializer(component_name="LeadChange")
class LeadChangeSerializer(LeadFieldsSerializer):
    pass


@extend_schema_serializer(component_name="SlotQuestion")
class SlotQuestionSerializer(serializers.Serializer[Any]):
    business = serializers.CharField(
        max_length=20, required=False, default="", help_text=BUSINESS_HELP
    )
    earliest = serializers.DateField(
        required=False, default=None, validators=SENSIBLE_DAYS, help_text="First day."
    )
    latest = serializers.DateField(
        required=False, default=None, validators=SENSIBLE_DAYS, help_text="Last day."
    )
    around = serializers.TimeField(required=False, default=None, help_text="The wished time.")
    part_of_day = serializers.ChoiceField(choices=list(PARTS_OF_DAY), required=False, default="")
    not_before = serializers.TimeField(required=False, default=None)
    not_after = serializers.TimeField(required=False, default=None)


class _Start(serializers.Serializer[Any]):
    start = serializers.DateTimeField(help_text="With its offset, as `slots` tells it.")


class _Place(_Start):
    calendar = serializers.CharField(
        max_length=20,
        required=False,
        default="",
        allow_blank=True,
        help_text="Id of the calendar; left out, one that is free.",
    )


@extend_schema_serializer(component_name="AppointmentBooking")
class BookingSerializer(_Place):
    lead = serializers.CharField(max_length=20, help_text="Id of the lead.")
    purpose = serializers.CharField(max_length=120)
    address = serializers.CharField(
        max_length=LONGEST_LINE, required=False, default="", allow_blank=True
    )
    note = serializers.CharField(
        max_length=LONGEST_NOTE, required=False, default="", allow_blank=True
    )


@extend_schema_serializer(component_name="AppointmentMove")
class MoveSerializer(_Place):
    pass


@extend_schema_serializer(component_name="AppointmentLength")
class LengthSerializer(serializers.Serializer[Any]):
    minutes = serializers.IntegerField(min_value=5, max_value=720)


@extend_schema_serializer(component_name="AppointmentClosing")
class CloseSerializer(serializers.Serializer[Any]):
    status = serializers.ChoiceField(
        choices=[AppointmentStatus.DONE.value, AppointmentStatus.MISSED.value]
    )


@extend_schema_serializer(component_name="AppointmentCancellation")
class CancelSerializer(serializers.Serializer[Any]):
    reason = serializers.CharField(
        max_length=LONGEST_LINE, required=False, default="", allow_blank=True
    )
