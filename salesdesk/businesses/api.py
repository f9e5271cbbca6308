"""Businesses for programs, under ``/api/v1/config/business``; they are changed in the admin."""

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from salesdesk.accounts.enums import Ability
from salesdesk.businesses.models import Business
from salesdesk.businesses.permissions import get_business_for
from salesdesk.businesses.serializers import BusinessSerializer


@extend_schema_view(get=extend_schema(operation_id="business_list", summary="Your businesses"))
class BusinessListView(ListAPIView[Business]):
    """The businesses in which you have a role, by name."""

    serializer_class = BusinessSerializer

    def get_queryset(self) -> QuerySet[Business]:
        businesses = Business.objects.where(self.request.user, Ability.VIEW_CALLS)
        return businesses.prefetch_related("numbers").order_by("name", "pk")


class BusinessView(APIView):
    @extend_schema(
        operation_id="business_get", summary="One business", responses=BusinessSerializer
    )
    def get(self, request: Request, business_id: str) -> Response:
        """How it is set up."""
        return Response(BusinessSerializer(get_business_for(request.user, business_id)).data)
