"""Cadences, who is in them, and what was tried."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from leads.api.base import checked
from leads.cadences import services
from leads.cadences.permissions import get_cadence_for
from leads.enums import EnrollmentStatus, StopReason
from leads.models import Cadence, CadenceStep, Enrollment, Touch
from leads.models.cadences import CadenceQuerySet
from leads.permissions import get_lead_for
from salesdesk.accounts.api import who
from salesdesk.accounts.enums import Ability
from salesdesk.lib.errors import Conflict


class CadenceStepSerializer(serializers.ModelSerializer[CadenceStep]):
    class Meta:
        model = CadenceStep
        fields = ("position", "wait_minutes", "channel", "condition", "subject", "text")


class CadenceSerializer(serializers.ModelSerializer[Cadence]):
    id = serializers.CharField(source="public_id")
    business = serializers.CharField(source="business.public_id")
    steps = CadenceStepSerializer(many=True)

    class Meta:
        model = Cadence
        fields = ("id", "business", "name", "is_default", "keeps_hours", "region", "steps")


class TouchSerializer(serializers.ModelSerializer[Touch]):
    id = serializers.CharField(source="public_id")

    class Meta:
        model = Touch
        fields = ("id", "position", "channel", "due_at", "status", "result", "note", "done_at")


class EnrollmentSerializer(serializers.ModelSerializer[Enrollment]):
    id = serializers.CharField(source="public_id")
    lead = serializers.CharField(source="lead.public_id")
    cadence = serializers.CharField(source="cadence.public_id")
    status = serializers.ChoiceField(choices=EnrollmentStatus.choices)
    touches = serializers.SerializerMethodField()

    class Meta:
        model = Enrollment
        fields = (
            "id",
            "lead",
            "cadence",
            "status",
            "stop_reason",
            "started_at",
            "ended_at",
            "touches",
        )

    def get_touches(self, enrollment: Enrollment) -> list[dict[str, Any]]:
        touches = enrollment.touches.order_by("due_at", "pk")
        return [dict(each) for each in TouchSerializer(touches, many=True).data]


class BeginSerializer(serializers.Serializer[Any]):
    cadence = serializers.CharField(
        required=False, help_text="Id of a cadence; without, the one for new leads."
    )


class CadenceListView(ListAPIView[Cadence]):
    """The cadences of your businesses, with their steps."""

    serializer_class = CadenceSerializer
    filter_backends = ()
    queryset = Cadence.objects.none()

    def get_queryset(self) -> CadenceQuerySet:
        known = Cadence.objects.where(self.request.user, Ability.VIEW_LEADS)
        return known.select_related("business").prefetch_related("steps").order_by("name", "pk")

    @extend_schema(operation_id="cadences_list", summary="List cadences")
    def get(self, request: Request) -> Response:
        return self.list(request)


class LeadCadenceView(APIView):
    @extend_schema(
        operation_id="leads_cadence",
        summary="A lead's cadence",
        responses=EnrollmentSerializer(many=True),
    )
    def get(self, request: Request, lead_id: str) -> Response:
        """Where the lead is in a cadence and what was tried, the latest first."""
        lead = get_lead_for(request.user, lead_id)
        known = lead.enrollments.select_related("lead", "cadence").order_by("-started_at", "-pk")
        return Response(EnrollmentSerializer(known[:50], many=True).data)

    @extend_schema(
        operation_id="leads_cadence_begin",
        summary="Begin a cadence",
        request=BeginSerializer,
        responses={201: EnrollmentSerializer},
    )
    def post(self, request: Request, lead_id: str) -> Response:
        """A lead is in one at a time: another one is stopped. 409 when it must not be called."""
        lead = get_lead_for(request.user, lead_id, Ability.MANAGE_LEADS)
        chosen = checked(BeginSerializer, request.data).get("cadence")
        cadence = get_cadence_for(request.user, chosen) if chosen else None
        enrollment = services.enroll(lead, cadence, by=who(request))
        return Response(EnrollmentSerializer(enrollment).data, status=status.HTTP_201_CREATED)


class _ChangeView(APIView):
    def _told(self, request: Request, lead_id: str, action: str) -> Response:
        lead = get_lead_for(request.user, lead_id, Ability.MANAGE_LEADS)
        by = who(request)
        done = {
            "pause": lambda: services.pause(lead, by=by),
            "resume": lambda: services.resume(lead, by=by),
            "stop": lambda: services.stop(lead, StopReason.STAFF, by=by),
        }[action]()
        if not done:
            raise Conflict(f"There is no cadence to {action}.")
        enrollment = lead.enrollments.order_by("-started_at", "-pk")[0]
        return Response(EnrollmentSerializer(enrollment).data)


class PauseView(_ChangeView):
    @extend_schema(
        operation_id="leads_cadence_pause",
        summary="Pause a cadence",
        request=None,
        responses=EnrollmentSerializer,
    )
    def post(self, request: Request, lead_id: str) -> Response:
        """Nothing more is tried until it is resumed. 409 when none is under way."""
        return self._told(request, lead_id, "pause")


class ResumeView(_ChangeView):
    @extend_schema(
        operation_id="leads_cadence_resume",
        summary="Resume a cadence",
        request=None,
        responses=EnrollmentSerializer,
    )
    def post(self, request: Request, lead_id: str) -> Response:
        """What became due meanwhile is due at the next allowed time. 409 when none is paused."""
        return self._told(request, lead_id, "resume")


class StopView(_ChangeView):
    @extend_schema(
        operation_id="leads_cadence_stop",
        summary="Stop a cadence",
        request=None,
        responses=EnrollmentSerializer,
    )
    def post(self, request: Request, lead_id: str) -> Response:
        """For good; calls that are queued by it are canceled. 409 when none is under way."""
        return self._told(request, lead_id, "stop")
