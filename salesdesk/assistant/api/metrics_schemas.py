"""What the API says about how the agent works, and how it is asked for that."""

import re
from datetime import timedelta
from typing import Any

from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from salesdesk.assistant.enums import AgentName, Channel, ToolStatus
from salesdesk.assistant.metrics.periods import ceil_hour, floor_hour
from salesdesk.assistant.metrics.queries import Bucket, Group
from salesdesk.assistant.models import ToolInvocation

LONGEST_WINDOW = timedelta(days=90)
WINDOW = re.compile(r"([0-9]{1,4})([hd])")
MOST_BUCKETS = 800
BUCKET_LENGTHS = {
    Bucket.HOUR: timedelta(hours=1),
    Bucket.DAY: timedelta(days=1),
    Bucket.WEEK: timedelta(days=7),
}


def share(help_text: str) -> serializers.FloatField:
    return serializers.FloatField(allow_null=True, help_text=help_text)


# ---------------------------------------------------------------- what is asked


@extend_schema_field(OpenApiTypes.STR)
class WindowField(serializers.Field[timedelta, str, str, Any]):
    """``24h`` or ``7d``, as a time difference."""

    def to_internal_value(self, data: str) -> timedelta:
        found = WINDOW.fullmatch(str(data))
        number = int(found[1]) if found else 0
        window = timedelta(hours=number * (24 if found and found[2] == "d" else 1))
        if not timedelta() < window <= LONGEST_WINDOW:
            raise serializers.ValidationError("Give hours or days, like 24h or 7d; 90d at most.")
        return window


class MetricsQuery(serializers.Serializer[Any]):
    window = WindowField(
        default=timedelta(hours=24),
        help_text="How far back, in hours or days: `24h` (unless said), `7d`; 90 days at most. "
        "It begins with a full hour.",
    )
    business = serializers.CharField(
        required=False, default="", help_text="Id of a business; otherwise all of yours together."
    )


class HistoricalQuery(serializers.Serializer[Any]):
    since = serializers.DateTimeField(help_text="Begins with this hour.")
    until = serializers.DateTimeField(help_text="Ends with this hour.")
    bucket = serializers.ChoiceField(
        choices=[each.value for each in Bucket],
        default=Bucket.DAY.value,
        help_text="Days and weeks (from Monday) are those of UTC.",
    )
    group_by = serializers.ChoiceField(
        choices=[Group.TOOL.value, Group.CHANNEL.value], required=False, default=""
    )
    business = serializers.CharField(
        required=False, default="", help_text="Id of a business; otherwise all of yours together."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["until"] > timezone.now() + LONGEST_WINDOW:
            raise serializers.ValidationError({"until": ["This is far in the future."]})
        since, until = floor_hour(attrs["since"]), ceil_hour(attrs["until"])
        if until <= since:
            raise serializers.ValidationError({"until": ["This is not later than “since”."]})
        if (until - since) / BUCKET_LENGTHS[Bucket(attrs["bucket"])] > MOST_BUCKETS:
            wider = f"At most {MOST_BUCKETS} buckets: shorten the range, or take a longer bucket."
            raise serializers.ValidationError({"bucket": [wider]})
        return {**attrs, "since": since, "until": until}


class ToolLogQuery(serializers.Serializer[Any]):
    business = serializers.CharField(required=False, default="", help_text="Id of a business.")
    tool = serializers.CharField(required=False, default="", max_length=60)
    status = serializers.ChoiceField(choices=ToolStatus.choices, required=False, default="")
    agent = serializers.ChoiceField(choices=AgentName.choices, required=False, default="")
    channel = serializers.ChoiceField(choices=Channel.choices, required=False, default="")
    conversation = serializers.CharField(
        required=False, default="", max_length=40, help_text="Id of a call or of a conversation."
    )
    text = serializers.CharField(
        required=False, default="", max_length=200, help_text="In the arguments or the error."
    )
    since = serializers.DateTimeField(required=False, default=None)
    until = serializers.DateTimeField(required=False, default=None)
    before = serializers.CharField(
        required=False, default="", max_length=40, help_text="`next` of the page before."
    )
    page_size = serializers.IntegerField(
        required=False, default=50, min_value=1, max_value=100, help_text="100 at most."
    )


# ---------------------------------------------------------------- what is answered


class ScoreSerializer(serializers.Serializer[Any]):
    value = share(
        "0.4 · success + 0.3 · confidence + 0.3 · latency; without confidence the others."
    )
    success = share("The success rate.")
    confidence = share("The average confidence.")
    latency = share("1 up to 200 ms (95th percentile), 0 from 5 s on, by the logarithm between.")


class LatencySerializer(serializers.Serializer[Any]):
    """Percentiles are at most 4.8 % off."""

    mean_ms = serializers.FloatField(allow_null=True)
    p50_ms = serializers.FloatField(allow_null=True)
    p95_ms = serializers.FloatField(allow_null=True)
    p99_ms = serializers.FloatField(allow_null=True)


class LatencyByToolSerializer(LatencySerializer):
    by_tool = serializers.DictField(child=LatencySerializer())


class ToolCountsSerializer(serializers.Serializer[Any]):
    total = serializers.IntegerField()
    by_status = serializers.DictField(child=serializers.IntegerField())
    success_rate = share("Of what was not too late, the share that did its work.")
    error_rate = share("The share that failed, took too long, or had arguments that do not fit.")


class ToolInvocationsSerializer(ToolCountsSerializer):
    by_tool = serializers.DictField(child=ToolCountsSerializer())


class ConfidenceBucketSerializer(serializers.Serializer[Any]):
    at_least = serializers.FloatField()
    below = serializers.FloatField(help_text="The last bucket includes 1.")
    count = serializers.IntegerField()


class ConfidenceSerializer(serializers.Serializer[Any]):
    count = serializers.IntegerField(help_text="Invocations that say how sure they are.")
    mean = share("Their average.")
    distribution = ConfidenceBucketSerializer(many=True)


class ClarificationsSerializer(serializers.Serializer[Any]):
    count = serializers.IntegerField(help_text="The customer was asked what is meant.")
    share = serializers.FloatField(allow_null=True, help_text="Of all invocations.")


class RunCountsSerializer(serializers.Serializer[Any]):
    count = serializers.IntegerField(help_text="Turns of the agent.")
    by_status = serializers.DictField(child=serializers.IntegerField())
    input_tokens = serializers.IntegerField()
    output_tokens = serializers.IntegerField()
    cost_usd = serializers.DecimalField(max_digits=16, decimal_places=6)
    priced = serializers.IntegerField(help_text="Turns whose price is known.")
    fallback_share = share("Turns in which no model answered in time, and rules did.")
    first_text_p50_ms = serializers.FloatField(allow_null=True)
    first_text_p95_ms = serializers.FloatField(allow_null=True)


class AgentRunsSerializer(RunCountsSerializer):
    by_model = serializers.DictField(child=RunCountsSerializer())


class MetricsSerializer(serializers.Serializer[Any]):
    since = serializers.DateTimeField()
    until = serializers.DateTimeField()
    tool_invocations = ToolInvocationsSerializer()
    latency_stats = LatencyByToolSerializer()
    confidence_scores = ConfidenceSerializer()
    clarification_requests = ClarificationsSerializer()
    score = ScoreSerializer()
    agent_runs = AgentRunsSerializer()


class HistoricalEntrySerializer(serializers.Serializer[Any]):
    at = serializers.DateTimeField(help_text="Where the bucket begins.")
    group = serializers.CharField(help_text="The tool or channel; empty without `group_by`.")
    tool_invocations = ToolCountsSerializer()
    latency_stats = LatencySerializer()
    confidence_scores = ConfidenceSerializer()
    clarification_requests = ClarificationsSerializer()
    score = ScoreSerializer()


class HistoricalSerializer(serializers.Serializer[Any]):
    since = serializers.DateTimeField()
    until = serializers.DateTimeField()
    bucket = serializers.CharField()
    results = HistoricalEntrySerializer(many=True)


class ToolInvocationSerializer(serializers.ModelSerializer[ToolInvocation]):
    business = serializers.CharField(source="business.public_id")
    tool = serializers.CharField(source="name")

    class Meta:
        model = ToolInvocation
        fields = (
            "id",
            "business",
            "conversation",
            "channel",
            "agent",
            "tool",
            "arguments",
            "output",
            "status",
            "confidence",
            "latency_ms",
            "error",
            "reason",
            "is_clarification",
            "created_at",
        )


class ToolLogSerializer(serializers.Serializer[Any]):
    results = ToolInvocationSerializer(many=True)
    next = serializers.CharField(
        help_text="Give it as `before` to get the page that follows; empty on the last one."
    )
