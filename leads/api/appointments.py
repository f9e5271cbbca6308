"""Appointments: free times, booking, moving, settling."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import status
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from leads.api.base import IDEMPOTENCY_KEY, checked
from leads.enums import AppointmentStatus
from leads.filters import AppointmentFilter
from leads.models import Appointment, AppointmentQuerySet, Calendar
from leads.permissions import get_appointment_for, get_lead_for, get_leads_of
from leads.serializers import (
    AppointmentSerializer,
    BookingSerializer,
    CancelSerializer,
    CloseSerializer,
    LengthSerializer,
    MoveSerializer,
    SlotQuestionSerializer,
    SlotsSerializer,
)
from leads.visits import appointments
from leads.visits.diaries import find_free
from leads.visits.wanted import Wanted
from salesdesk.accounts.api import who
from salesdesk.accounts.enums import Ability
from salesdesk.businesses.models import Business
from salesdesk.lib.errors import NotFound
from salesdesk.lib.idempotency import once


class AppointmentListView(ListAPIView[Appointment]):
    """The appointments of your businesses, in the order in which they take place."""

    serializer_class = AppointmentSerializer
    filterset_class = AppointmentFilter
    queryset = Appointment.objects.none()

    def get_queryset(self) -> AppointmentQuerySet:
        known = Appointment.objects.where(self.request.user, Ability.VIEW_LEADS)
        return known.select_related("business", "calendar", "lead").order_by("starts_at", "pk")

    @extend_schema(operation_id="appointments_list", summary="List appointments")
    def get(self, request: Request) -> Response:
        return self.list(request)

    @extend_schema(
        operation_id="appointments_book",
        summary="Book an appointment",
        parameters=[IDEMPOTENCY_KEY],
        request=BookingSerializer,
        responses={201: AppointmentSerializer},
        examples=[
            OpenApiExample(
                "A visit",
                value={
                    "lead": "4f0v2k9m1zq8w3tc",
                    "start": "2026-11-24T15:00:00-08:00",
                    "purpose": "Roof inspection",
                },
                request_only=True,
            )
        ],
    )
    def post(self, request: Request) -> Response:
        """In the free calendar that has the least to do that day.

        409 (`not_free`) when none is free; the message then names times that are. A lead that
        has an appointment at this very time keeps it.
        """
        return once(request, lambda: self._book(request))

    def _book(self, request: Request) -> Response:
        values = checked(BookingSerializer, request.data)
        lead = get_lead_for(request.user, values.pop("lead"), Ability.MANAGE_LEADS)
        values["calendar"] = _calendar(lead.business, values["calendar"])
        appointment = appointments.book(lead, by=who(request), **values)
        return Response(AppointmentSerializer(appointment).data, status=status.HTTP_201_CREATED)


class SlotsView(APIView):
    @extend_schema(
        operation_id="appointments_slots",
        summary="Find free times",
        parameters=[SlotQuestionSerializer],
        responses=SlotsSerializer,
    )
    def get(self, request: Request) -> Response:
        """Up to three times that fit, or the nearest and why what was asked for is not free.

        Days and times are local to the business.
        """
        values = checked(SlotQuestionSerializer, request.query_params.dict())
        business = get_leads_of(request.user, values.pop("business"))
        found = find_free(business, Wanted(**values), timezone.now())
        return Response(SlotsSerializer(found).data)


class AppointmentView(APIView):
    @extend_schema(
        operation_id="appointments_get", summary="One appointment", responses=AppointmentSerializer
    )
    def get(self, request: Request, appointment_id: str) -> Response:
        """When, where, with whom, and whether it holds."""
        return _told(get_appointment_for(request.user, appointment_id))


class MoveView(APIView):
    @extend_schema(
        operation_id="appointments_move",
        summary="Move an appointment",
        parameters=[IDEMPOTENCY_KEY],
        request=MoveSerializer,
        responses=AppointmentSerializer,
    )
    def post(self, request: Request, appointment_id: str) -> Response:
        """The old time is kept when the new one is not free (409, `not_free`)."""
        return once(request, lambda: self._move(request, appointment_id))

    def _move(self, request: Request, appointment_id: str) -> Response:
        appointment = get_appointment_for(request.user, appointment_id, Ability.MANAGE_LEADS)
        values = checked(MoveSerializer, request.data)
        calendar = _calendar(appointment.business, values["calendar"])
        moved = appointments.move(appointment, values["start"], calendar=calendar, by=who(request))
        return _told(moved)


class ResizeView(APIView):
    @extend_schema(
        operation_id="appointments_resize",
        summary="Change how long it takes",
        request=LengthSerializer,
        responses=AppointmentSerializer,
    )
    def post(self, request: Request, appointment_id: str) -> Response:
        """409 (`not_free`) when what follows is taken; the customer is not written to."""
        appointment = get_appointment_for(request.user, appointment_id, Ability.MANAGE_LEADS)
        minutes = checked(LengthSerializer, request.data)["minutes"]
        return _told(appointments.resize(appointment, minutes, by=who(request)))


class CloseView(APIView):
    @extend_schema(
        operation_id="appointments_close",
        summary="Say whether it took place",
        request=CloseSerializer,
        responses=AppointmentSerializer,
    )
    def post(self, request: Request, appointment_id: str) -> Response:
        """Once it has begun. Saying the same twice changes nothing; 409 otherwise."""
        appointment = get_appointment_for(request.user, appointment_id, Ability.MANAGE_LEADS)
        closed = AppointmentStatus(checked(CloseSerializer, request.data)["status"])
        return _told(appointments.close(appointment, closed, by=who(request)))


class CancelView(APIView):
    @extend_schema(
        operation_id="appointments_cancel",
        summary="Cancel an appointment",
        request=CancelSerializer,
        responses=AppointmentSerializer,
    )
    def post(self, request: Request, appointment_id: str) -> Response:
        """Its time is free again. Canceling twice changes nothing; 409 when it is over."""
        appointment = get_appointment_for(request.user, appointment_id, Ability.MANAGE_LEADS)
        values = checked(CancelSerializer, request.data)
        return _told(appointments.cancel(appointment, by=who(request), **values))


class ConfirmView(APIView):
    @extend_schema(
        operation_id="appointments_confirm",
        summary="Confirm an appointment",
        request=None,
        responses=AppointmentSerializer,
    )
    def post(self, request: Request, appointment_id: str) -> Response:
        """The customer said that it holds. Confirming twice changes nothing; 409 when over."""
        appointment = get_appointment_for(request.user, appointment_id, Ability.MANAGE_LEADS)
        return _told(appointments.confirm(appointment, by=who(request)))


def _calendar(business: Business, public_id: str) -> Calendar | None:
    if not public_id:
        return None
    calendar = business.calendars.filter(public_id=public_id).first()
    if calendar is None:
        raise NotFound("There is no such calendar.")
    return calendar


def _told(appointment: Appointment) -> Response:
    data: Any = AppointmentSerializer(appointment).data
    return Response(data)
