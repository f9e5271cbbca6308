"""Leads and their history."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_view
from rest_framework import status
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from leads import services
from leads.api.base import IDEMPOTENCY_KEY, checked
from leads.arriving.arrivals import Arrived, take_lead
from leads.filters import LeadFilter
from leads.models import Lead, LeadEvent, LeadQuerySet
from leads.permissions import get_lead_for, get_leads_of
from leads.serializers import (
    IfKnown,
    LeadChangeSerializer,
    LeadEventSerializer,
    LeadSerializer,
    NewLeadSerializer,
)
from salesdesk.accounts.api import who
from salesdesk.accounts.enums import Ability
from salesdesk.businesses.models import Business
from salesdesk.lib.idempotency import once
from salesdesk.lib.ids import public_id


class LeadListView(ListAPIView[Lead]):
    """The leads of your businesses, the newest first unless sorted otherwise."""

    serializer_class = LeadSerializer
    filterset_class = LeadFilter
    queryset = Lead.objects.none()

    def get_queryset(self) -> LeadQuerySet:
        leads = Lead.objects.where(self.request.user, Ability.VIEW_LEADS)
        return leads.select_related("business", "owner").newest_first()

    @extend_schema(operation_id="leads_list", summary="List leads")
    def get(self, request: Request) -> Response:
        return self.list(request)

    @extend_schema(
        operation_id="leads_create",
        summary="Add a lead",
        parameters=[IDEMPOTENCY_KEY],
        request=NewLeadSerializer,
        responses={200: LeadSerializer, 201: LeadSerializer},
        examples=[
            OpenApiExample(
                "A web form",
                value={
                    "first_name": "Maria",
                    "last_name": "Lopez",
                    "phone": "(415) 555-0199",
                    "source": "web_form",
                },
                request_only=True,
            )
        ],
    )
    def post(self, request: Request) -> Response:
        """Give a name, a phone number or an e-mail address at least.

        A number and an address belong to one lead of a business: 409 when there is one already,
        or, with `if_known=inquire`, a new inquiry in that lead's history (200). The same `origin`
        is taken once: sent again, the same lead comes back (200).
        """
        return once(request, lambda: self._create(request))

    def _create(self, request: Request) -> Response:
        values = checked(NewLeadSerializer, request.data)
        business = get_leads_of(request.user, values.pop("business"), Ability.MANAGE_LEADS)
        arrived = _take(request, business, values)
        made = status.HTTP_201_CREATED if arrived.is_new else status.HTTP_200_OK
        return Response(LeadSerializer(arrived.lead).data, status=made)


def _take(request: Request, business: Business, values: dict[str, Any]) -> Arrived:
    origin = values.pop("origin") or public_id()
    if_known = values.pop("if_known")
    return take_lead(
        business,
        source=values.pop("source"),
        values=values,
        origin=f"api:{origin}",
        by=who(request),
        refuse_known=if_known == IfKnown.REFUSE,
    )


class LeadView(APIView):
    @extend_schema(operation_id="leads_get", summary="One lead", responses=LeadSerializer)
    def get(self, request: Request, lead_id: str) -> Response:
        """Who it is, its stage, and what was told in conversations."""
        return Response(LeadSerializer(get_lead_for(request.user, lead_id)).data)

    @extend_schema(
        operation_id="leads_update",
        summary="Change a lead",
        request=LeadChangeSerializer,
        responses=LeadSerializer,
    )
    def patch(self, request: Request, lead_id: str) -> Response:
        """What is left out stays as it is. 409 when the number or address is another lead's."""
        lead = get_lead_for(request.user, lead_id, Ability.MANAGE_LEADS)
        values = checked(LeadChangeSerializer, request.data)
        lead = services.update_lead(lead, by=who(request), **values)
        return Response(LeadSerializer(lead).data)


@extend_schema_view(get=extend_schema(operation_id="leads_history", summary="Its history"))
class HistoryView(ListAPIView[LeadEvent]):
    """What happened, the newest first: changes, notes, conversations, appointments."""

    serializer_class = LeadEventSerializer
    filter_backends = ()
    queryset = LeadEvent.objects.none()

    def get_queryset(self) -> QuerySet[LeadEvent]:
        lead = get_lead_for(self.request.user, self.kwargs["lead_id"])
        return lead.events.select_related("by").order_by("-created_at", "-pk")
