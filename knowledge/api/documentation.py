"""The reading of documentation sites."""

from django.db.models import QuerySet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from knowledge import audit, pages
from knowledge.api.base import business_meant, checked
from knowledge.models import Site
from knowledge.permissions import get_site_for
from knowledge.serializers import BUSINESS_HELP, StartSyncSerializer, SyncSerializer
from knowledge.web import services
from salesdesk.accounts.api import who
from salesdesk.accounts.enums import Ability
from salesdesk.accounts.permissions import within
from salesdesk.businesses.models import Business

BUSINESS = OpenApiParameter("business", OpenApiTypes.STR, description=BUSINESS_HELP)


class SyncListView(ListAPIView[Site]):
    """The documentation sites of your businesses by name, each with its last reading."""

    serializer_class = SyncSerializer
    filter_backends = ()
    queryset = Site.objects.none()

    def get_queryset(self) -> QuerySet[Site]:
        return pages.visible_sites(self.request.user)

    @extend_schema(operation_id="documentation_list", summary="List documentation sites")
    def get(self, request: Request) -> Response:
        return self.list(request)

    @extend_schema(
        operation_id="documentation_sync",
        summary="Read a documentation site",
        request=StartSyncSerializer,
        responses={202: SyncSerializer},
        examples=[
            OpenApiExample("Known by name", value={"vendor": "twilio"}, request_only=True),
            OpenApiExample(
                "Another site", value={"url": "https://docs.example.com/"}, request_only=True
            ),
        ],
    )
    def post(self, request: Request) -> Response:
        """Starts reading in the background. 409 while the site is being read already."""
        values = checked(StartSyncSerializer, request.data)
        business = business_meant(request.user, values["business"], Ability.MANAGE_KNOWLEDGE)
        site = _site_of(business, values["vendor"], values["url"])
        services.start_sync(site, by=who(request))
        audit.record_changed(who(request), site, "started its reading")
        return Response(SyncSerializer(site).data, status=status.HTTP_202_ACCEPTED)


def _site_of(business: Business, vendor: str, url: str) -> Site:
    """The business's site, made if need be."""
    if vendor:
        return services.add_vendor_site(business, vendor)
    known = business.sites.filter(start_url__in=(url, url.rstrip("/"), f"{url}/")).first()
    return known or services.add_site(business, url)


class SyncStatusView(APIView):
    @extend_schema(
        operation_id="documentation_status",
        summary="How far a reading is",
        parameters=[BUSINESS],
        responses=SyncSerializer,
    )
    def get(self, request: Request, vendor: str) -> Response:
        """`vendor` is a vendor's name, or the id of a site."""
        return Response(SyncSerializer(_site_for(request, vendor, Ability.VIEW_KNOWLEDGE)).data)


class SyncCancelView(APIView):
    @extend_schema(
        operation_id="documentation_cancel",
        summary="Stop a reading",
        parameters=[BUSINESS],
        request=None,
        responses={202: SyncSerializer},
    )
    def post(self, request: Request, vendor: str) -> Response:
        """What has been read stays. 409 when the site is not being read."""
        site = _site_for(request, vendor, Ability.MANAGE_KNOWLEDGE)
        services.cancel_sync(site)
        audit.record_changed(who(request), site, "stopped its reading")
        return Response(SyncSerializer(site).data, status=status.HTTP_202_ACCEPTED)


def _site_for(request: Request, key: str, ability: Ability) -> Site:
    """The site by its id, or by vendor in the business that is meant."""
    business_id = request.query_params.get("business", "")
    known = Site.objects.filter(within(request.user, Ability.VIEW_KNOWLEDGE), public_id=key)
    if not business_id and known.exists():
        return get_site_for(request.user, key, ability)
    site = services.get_site(business_meant(request.user, business_id), key)
    return get_site_for(request.user, site.public_id, ability)
