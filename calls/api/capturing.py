"""What the customer of a call told of what the business wants to know."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from calls.permissions import get_call_for
from calls.serializers import CapturedSerializer
from salesdesk.assistant.memory.known import known_of


class CapturedView(APIView):
    @extend_schema(
        operation_id="calls_captured", summary="What was captured", responses=CapturedSerializer
    )
    def get(self, request: Request, call_id: str) -> Response:
        """Every field of the business in the order of asking, with what the customer told of it."""
        call = get_call_for(request.user, call_id)
        return Response(CapturedSerializer(known_of(call.business_id, call.public_id)).data)
