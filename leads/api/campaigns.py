"""Campaigns: made, previewed, started, paused, resumed, stopped."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from leads.api.base import IDEMPOTENCY_KEY, checked
from leads.campaigns import audience, services
from leads.campaigns.pages import progress_of
from leads.campaigns.permissions import get_campaign_for
from leads.campaigns.serializers import (
    CampaignChangeSerializer,
    CampaignMemberSerializer,
    CampaignPreviewSerializer,
    CampaignSerializer,
    CampaignWithProgressSerializer,
    NewCampaignSerializer,
)
from leads.enums import CampaignStatus, MemberStatus
from leads.models import Campaign, CampaignMember
from leads.permissions import get_leads_of
from salesdesk.accounts.api import who
from salesdesk.accounts.enums import Ability
from salesdesk.businesses.models import Business, PhoneNumber
from salesdesk.lib.errors import InvalidInput
from salesdesk.lib.idempotency import once

MANAGE = Ability.MANAGE_CAMPAIGNS


class CampaignListView(ListAPIView[Campaign]):
    """The campaigns of your businesses, the newest first."""

    serializer_class = CampaignSerializer
    filter_backends = ()
    queryset = Campaign.objects.none()

    def get_queryset(self) -> QuerySet[Campaign]:
        known = Campaign.objects.where(self.request.user, Ability.VIEW_LEADS)
        return known.select_related("business", "caller").order_by("-created_at", "-pk")

    @extend_schema(operation_id="campaigns_list", summary="List campaigns")
    def get(self, request: Request) -> Response:
        return self.list(request)

    @extend_schema(
        operation_id="campaigns_create",
        summary="Make a campaign",
        parameters=[IDEMPOTENCY_KEY],
        request=NewCampaignSerializer,
        responses={201: CampaignSerializer},
    )
    def post(self, request: Request) -> Response:
        """A draft: nobody is called before it is started."""
        return once(request, lambda: self._create(request))

    def _create(self, request: Request) -> Response:
        values = checked(NewCampaignSerializer, request.data)
        business = get_leads_of(request.user, values.pop("business"), MANAGE)
        campaign = services.create_campaign(
            business, by=who(request), **_with_caller(business, values)
        )
        return Response(CampaignSerializer(campaign).data, status=status.HTTP_201_CREATED)


class CampaignView(APIView):
    @extend_schema(
        operation_id="campaigns_get",
        summary="One campaign",
        responses=CampaignWithProgressSerializer,
    )
    def get(self, request: Request, campaign_id: str) -> Response:
        """With how many of its leads are at what."""
        campaign = get_campaign_for(request.user, campaign_id)
        progress = progress_of([campaign])[campaign.pk]
        told: Any = CampaignWithProgressSerializer(campaign, context={"progress": progress})
        return Response(told.data)

    @extend_schema(
        operation_id="campaigns_update",
        summary="Change a campaign",
        request=CampaignChangeSerializer,
        responses=CampaignSerializer,
    )
    def patch(self, request: Request, campaign_id: str) -> Response:
        """What is left out stays. Whom it calls is fixed once it has started (409)."""
        campaign = get_campaign_for(request.user, campaign_id, MANAGE)
        values = _with_caller(campaign.business, checked(CampaignChangeSerializer, request.data))
        return _told(services.change_campaign(campaign, by=who(request), **values))

    @extend_schema(operation_id="campaigns_delete", summary="Delete a draft", responses={204: None})
    def delete(self, request: Request, campaign_id: str) -> Response:
        """What has been started stays, with what became of it (409)."""
        services.delete_draft(get_campaign_for(request.user, campaign_id, MANAGE))
        return Response(status=status.HTTP_204_NO_CONTENT)


class CampaignPreviewView(APIView):
    @extend_schema(
        operation_id="campaigns_preview",
        summary="Whom it would call",
        responses=CampaignPreviewSerializer,
    )
    def get(self, request: Request, campaign_id: str) -> Response:
        """How many leads fit, and what the gate would say of the first, if it were asked now."""
        campaign = get_campaign_for(request.user, campaign_id, MANAGE)
        found = audience.preview(campaign, who(request), timezone.now())
        return Response(CampaignPreviewSerializer(found).data)


class CampaignMembersView(ListAPIView[CampaignMember]):
    """The leads that it calls, in their order."""

    serializer_class = CampaignMemberSerializer
    filter_backends = ()
    queryset = CampaignMember.objects.none()

    def get_queryset(self) -> QuerySet[CampaignMember]:
        campaign = get_campaign_for(self.request.user, self.kwargs["campaign_id"])
        members = campaign.members.select_related("lead", "dial").order_by("place", "pk")
        wanted = self.request.query_params.get("status", "")
        if wanted and wanted not in MemberStatus:
            raise InvalidInput(f"A status is one of {', '.join(MemberStatus)}.")
        return members.filter(status=wanted) if wanted else members

    @extend_schema(
        operation_id="campaigns_members",
        summary="Its leads",
        parameters=[OpenApiParameter("status", enum=list(MemberStatus.values))],
    )
    def get(self, request: Request, campaign_id: str) -> Response:
        return self.list(request)


class StartCampaignView(APIView):
    @extend_schema(
        operation_id="campaigns_start", summary="Start", request=None, responses=CampaignSerializer
    )
    def post(self, request: Request, campaign_id: str) -> Response:
        """Who fits its filter now is taken down and called. 409 when it was started before."""
        campaign = get_campaign_for(request.user, campaign_id, MANAGE)
        return _told(services.start(campaign, by=who(request)))


class PauseCampaignView(APIView):
    @extend_schema(
        operation_id="campaigns_pause", summary="Pause", request=None, responses=CampaignSerializer
    )
    def post(self, request: Request, campaign_id: str) -> Response:
        """Nobody more is called; calls under way go on. Pausing twice changes nothing."""
        campaign = get_campaign_for(request.user, campaign_id, MANAGE)
        if campaign.status != CampaignStatus.PAUSED:
            campaign = services.pause(campaign)
        return _told(campaign)


class ResumeCampaignView(APIView):
    @extend_schema(
        operation_id="campaigns_resume",
        summary="Resume",
        request=None,
        responses=CampaignSerializer,
    )
    def post(self, request: Request, campaign_id: str) -> Response:
        """Its stop rules begin to count anew. 409 unless it is paused."""
        return _told(services.resume(get_campaign_for(request.user, campaign_id, MANAGE)))


class StopCampaignView(APIView):
    @extend_schema(
        operation_id="campaigns_stop", summary="Stop", request=None, responses=CampaignSerializer
    )
    def post(self, request: Request, campaign_id: str) -> Response:
        """For good; who was not called yet is left out."""
        return _told(services.stop(get_campaign_for(request.user, campaign_id, MANAGE)))


def _told(campaign: Campaign) -> Response:
    return Response(CampaignSerializer(campaign).data)


def _with_caller(business: Business, values: dict[str, Any]) -> dict[str, Any]:
    """The number as a record. Raises ``InvalidInput`` for one that is not the business's own."""
    if "caller" not in values:
        return values
    number = values["caller"]
    own = PhoneNumber.objects.active().filter(business=business, number=number).first()
    if number and own is None:
        raise InvalidInput("The calling number is not one of this business.")
    return {**values, "caller": own}
