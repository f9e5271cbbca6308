"""Why a lead is where it is in the order, and how fast leads are reached."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from leads.api.base import checked
from leads.permissions import get_lead_for, get_leads_of
from leads.priority import scoring
from leads.priority.services import plain, scored_of, weights_of
from leads.priority.wording import in_words
from leads.speed.figures import Speed, figures
from leads.speed.pages import since
from leads.speed.services import rules_of
from leads.speed.telling import put_off, take
from salesdesk.accounts.api import who
from salesdesk.accounts.enums import Ability

MOST_DAYS = 366


class ReasonSerializer(serializers.Serializer[Any]):
    kind = serializers.CharField()
    text = serializers.CharField()
    points = serializers.FloatField()


class PrioritySerializer(serializers.Serializer[Any]):
    points = serializers.FloatField(help_text="Now; they become fewer as time passes.")
    rank = serializers.FloatField(help_text="Compares as the points do, at any time.")
    reasons = ReasonSerializer(many=True)


class SpeedQuestionSerializer(serializers.Serializer[Any]):
    business = serializers.CharField(default="", help_text="Needed if you belong to several.")
    days = serializers.IntegerField(min_value=1, max_value=MOST_DAYS, default=30)


class SpeedSerializer(serializers.Serializer[Speed]):
    arrived = serializers.IntegerField()
    reached = serializers.IntegerField()
    median_s = serializers.FloatField(allow_null=True)
    p90_s = serializers.FloatField(allow_null=True)
    in_time = serializers.IntegerField()
    judged = serializers.IntegerField()
    share = serializers.FloatField(allow_null=True, help_text="In time, of those judged; 0 to 1.")
    attempt_median_s = serializers.FloatField(allow_null=True)


class SpeedFiguresSerializer(serializers.Serializer[Any]):
    target_minutes = serializers.IntegerField()
    targets = serializers.DictField(child=serializers.IntegerField())
    together = SpeedSerializer()
    by_source = serializers.DictField(child=SpeedSerializer())
    by_day = serializers.DictField(child=SpeedSerializer())


class PriorityView(APIView):
    @extend_schema(
        operation_id="leads_priority", summary="A lead's priority", responses=PrioritySerializer
    )
    def get(self, request: Request, lead_id: str) -> Response:
        """Its points and what they are made of, what counts most first."""
        lead, now = get_lead_for(request.user, lead_id), timezone.now()
        [scored] = scored_of([lead])
        found = scoring.explain(scored, plain(weights_of(lead.business)), now)
        reasons = [
            {"kind": each.kind, "text": in_words(each, scored, now), "points": each.points}
            for each in found.reasons
        ]
        told = {"points": found.points, "rank": lead.rank, "reasons": reasons}
        return Response(PrioritySerializer(told).data)


class SpeedView(APIView):
    @extend_schema(
        operation_id="leads_speed",
        summary="Speed to lead",
        parameters=[SpeedQuestionSerializer],
        responses=SpeedFiguresSerializer,
    )
    def get(self, request: Request) -> Response:
        """Of leads that arrived in the last days, today included; days are the business's."""
        values = checked(SpeedQuestionSerializer, request.query_params.dict())
        business = get_leads_of(request.user, values["business"])
        now = timezone.now()
        start = since(now, values["days"], business)
        found = figures([business.pk], start, now, now=now, zone=business.time_zone)
        rules = rules_of(business)
        told = {
            "target_minutes": rules.target_minutes,
            "targets": rules.targets,
            "together": found.together,
            "by_source": {str(source): each for source, each in found.by_source.items()},
            "by_day": {day.isoformat(): each for day, each in found.by_day.items()},
        }
        return Response(SpeedFiguresSerializer(told).data)


class TakeView(APIView):
    @extend_schema(
        operation_id="leads_take", summary="Take a lead", request=None, responses={204: None}
    )
    def post(self, request: Request, lead_id: str) -> Response:
        """It is yours, and you are to call now; nobody else is asked any more."""
        lead = get_lead_for(request.user, lead_id, Ability.WORK_LEADS)
        take(lead, who(request))
        return Response(status=204)


class SnoozeView(APIView):
    @extend_schema(
        operation_id="leads_snooze", summary="Put a lead off", request=None, responses={204: None}
    )
    def post(self, request: Request, lead_id: str) -> Response:
        """It is due again in a while, for any rep; how long that is, the business's rules say."""
        lead = get_lead_for(request.user, lead_id, Ability.WORK_LEADS)
        put_off(lead, who(request))
        return Response(status=204)
