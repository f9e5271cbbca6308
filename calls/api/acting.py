"""Placing calls, and taking part in those under way."""

from collections.abc import Callable, Mapping
from typing import Any

from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from calls import services
from calls.api.base import checked
from calls.dialling.placing import dial_now
from calls.models import Call
from calls.permissions import get_call_for
from calls.serializers import CallSerializer, InitiateSerializer, InterveneSerializer
from salesdesk.accounts.api import who
from salesdesk.accounts.enums import Ability
from salesdesk.accounts.models import User
from salesdesk.businesses.permissions import get_business_for
from salesdesk.lib.idempotency import HEADER, LONGEST_KEY, once

IDEMPOTENCY_KEY = OpenApiParameter(
    HEADER,
    location=OpenApiParameter.HEADER,
    description="A request with the same key and body gets the same answer for 24 hours and dials "
    f"once; the same key with another body is refused (409). {LONGEST_KEY} characters at most.",
)


class InitiateView(APIView):
    @extend_schema(
        operation_id="calls_initiate",
        summary="Place a call",
        parameters=[IDEMPOTENCY_KEY],
        request=InitiateSerializer,
        responses={201: CallSerializer},
        examples=[
            OpenApiExample(
                "From the first number of the business",
                value={"business": "4f0v2k9m1zq8w3tc", "to": "+14155550123"},
                request_only=True,
            )
        ],
    )
    def post(self, request: Request) -> Response:
        """Dials, and lets the agent talk when somebody answers.

        Before, the gate is asked: hours, do-not-call, consent and how often the number was called.
        What it has against the call is told in sentences (409, `dial_refused`) and stands in the
        ledger; some of it a manager can override with a reason. Other refusals: a number that
        cannot be called (422), no carrier set up (409), the carrier's own refusal (502).
        """
        return once(request, lambda: self._place(request))

    def _place(self, request: Request) -> Response:
        values = checked(InitiateSerializer, request)
        business = get_business_for(request.user, values["business"], Ability.PLACE_CALLS)
        call = dial_now(
            business,
            values["to"],
            user=who(request),
            caller=values.get("from", ""),
            override_reason=values["override_reason"],
        )
        return Response(CallSerializer(call).data, status=status.HTTP_201_CREATED)


class EndView(APIView):
    @extend_schema(
        operation_id="calls_end",
        summary="End a call",
        request=None,
        responses={202: CallSerializer},
    )
    def post(self, request: Request, call_id: str) -> Response:
        """Hangs up. The carrier then tells that the call is over: watch its status."""
        call = get_call_for(request.user, call_id, Ability.CONTROL_CALLS)
        services.end_call(call, by=who(request))
        return _accepted(call)


class InterveneView(APIView):
    @extend_schema(
        operation_id="calls_intervene",
        summary="Tell the agent what to do",
        request=InterveneSerializer,
        responses={202: CallSerializer},
        examples=[
            OpenApiExample(
                "Say a line",
                value={"action": "say", "text": "Let me add that the visit is free."},
                request_only=True,
            ),
            OpenApiExample("Silence the agent", value={"action": "pause"}, request_only=True),
        ],
    )
    def post(self, request: Request, call_id: str) -> Response:
        """On a call with live audio: `say` a line, `instruct` the agent, `pause` or `resume` it.

        409 where the agent is not talking, or is in that state already.
        """
        call = get_call_for(request.user, call_id, Ability.CONTROL_CALLS)
        values = checked(InterveneSerializer, request)
        INTERVENTIONS[values["action"]](call, values["text"], who(request))
        return _accepted(call)


INTERVENTIONS: Mapping[str, Callable[[Call, str, User], Any]] = {
    "say": lambda call, text, user: services.say_line(call, text, by=user),
    "instruct": lambda call, text, user: services.instruct_agent(call, text, by=user),
    "pause": lambda call, text, user: services.pause_agent(call, by=user),
    "resume": lambda call, text, user: services.resume_agent(call, by=user),
}


def _accepted(call: Call) -> Response:
    call.refresh_from_db()
    return Response(CallSerializer(call).data, status=status.HTTP_202_ACCEPTED)
