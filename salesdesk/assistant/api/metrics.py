"""How the agent works, in figures, and the log of its tools."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from salesdesk.assistant.api.base import checked
from salesdesk.assistant.api.metrics_schemas import (
    HistoricalQuery,
    HistoricalSerializer,
    MetricsQuery,
    MetricsSerializer,
    ToolInvocationSerializer,
    ToolLogQuery,
    ToolLogSerializer,
)
from salesdesk.assistant.metrics import queries
from salesdesk.assistant.metrics.definitions import CONFIDENCE_BUCKETS
from salesdesk.assistant.metrics.periods import Span, floor_hour
from salesdesk.assistant.metrics.queries import Bucket, Group, RunFigures, Scope, ToolFigures
from salesdesk.assistant.metrics.tool_log import LogPage, Wanted
from salesdesk.assistant.models import ToolInvocation
from salesdesk.assistant.permissions import watched_business_ids

Json = dict[str, Any]


class MetricsView(APIView):
    @extend_schema(
        operation_id="metrics_current",
        summary="How the agent works now",
        parameters=[MetricsQuery],
        responses=MetricsSerializer,
    )
    def get(self, request: Request) -> Response:
        """Tools by status, latency, confidence, clarification requests, the score, and what the
        models cost, for the time until now. For who may view the assistant's log."""
        asked = checked(MetricsQuery, request.query_params)
        scope = Scope(watched_business_ids(request.user, asked["business"]))
        now = timezone.now()
        return Response(_current(scope, Span(floor_hour(now - asked["window"]), now)))


class HistoricalMetricsView(APIView):
    @extend_schema(
        operation_id="metrics_historical",
        summary="How the agent worked over time",
        parameters=[HistoricalQuery],
        responses=HistoricalSerializer,
    )
    def get(self, request: Request) -> Response:
        """The same for each hour, day or week in which a tool was used, by tool or channel if you
        like; 800 buckets at most."""
        asked = checked(HistoricalQuery, request.query_params)
        scope = Scope(watched_business_ids(request.user, asked["business"]))
        span = Span(asked["since"], asked["until"])
        bucket, group = Bucket(asked["bucket"]), Group(asked["group_by"])
        found = queries.over_time(scope, span, bucket, group=group)
        results = [
            {"at": at, "group": name, **_tools(figures)}
            for at, by_group in found.items()
            for name, figures in sorted(by_group.items())
        ]
        times = {"since": span.since, "until": span.until, "bucket": bucket.value}
        return Response({**times, "results": results})


class ToolLogView(APIView):
    @extend_schema(
        operation_id="tool_invocations_list",
        summary="List what tools were used",
        parameters=[ToolLogQuery],
        responses=ToolLogSerializer,
    )
    def get(self, request: Request) -> Response:
        """The newest first. With `agent`, `channel` or `text`, the newest 50 000 of what the other
        filters leave are looked through: narrow the dates to look further back."""
        asked = checked(ToolLogQuery, request.query_params)
        watched = watched_business_ids(request.user, asked.pop("business"))
        visible = ToolInvocation.objects.filter(business__in=watched)
        before, size = asked.pop("before"), asked.pop("page_size")
        page = LogPage(visible, Wanted(**asked), before=before, size=size)
        entries = ToolInvocationSerializer(page.entries, many=True).data
        return Response({"results": entries, "next": page.next})


# ---------------------------------------------------------------- figures as JSON


def _current(scope: Scope, span: Span) -> Json:
    by_tool = queries.by_tool(scope, span)
    answer = _tools(queries.tools_together(by_tool.values()))
    answer["tool_invocations"]["by_tool"] = {name: _counts(each) for name, each in by_tool.items()}
    answer["latency_stats"]["by_tool"] = {name: _latency(each) for name, each in by_tool.items()}
    by_model = queries.by_model(scope, span)
    runs = _runs(queries.runs_together(by_model.values()))
    runs["by_model"] = {name: _runs(each) for name, each in by_model.items()}
    return {"since": span.since, "until": span.until, **answer, "agent_runs": runs}


def _tools(figures: ToolFigures) -> Json:
    score = figures.score
    return {
        "tool_invocations": _counts(figures),
        "latency_stats": _latency(figures),
        "confidence_scores": _confidence(figures),
        "clarification_requests": {
            "count": figures.clarifications,
            "share": rounded(figures.clarification_share),
        },
        "score": {
            "value": rounded(score.value),
            "success": rounded(score.success),
            "confidence": rounded(score.confidence),
            "latency": rounded(score.latency),
        },
    }


def _counts(figures: ToolFigures) -> Json:
    return {
        "total": figures.count,
        "by_status": dict(sorted(figures.by_status.items())),
        "success_rate": rounded(figures.success_rate),
        "error_rate": rounded(figures.error_rate),
    }


def _latency(figures: ToolFigures) -> Json:
    return {
        "mean_ms": rounded(figures.mean_ms, 1),
        "p50_ms": rounded(figures.p50_ms, 1),
        "p95_ms": rounded(figures.p95_ms, 1),
        "p99_ms": rounded(figures.p99_ms, 1),
    }


def _confidence(figures: ToolFigures) -> Json:
    edges = [number / CONFIDENCE_BUCKETS for number in range(CONFIDENCE_BUCKETS + 1)]
    return {
        "count": figures.confidence_count,
        "mean": rounded(figures.confidence),
        "distribution": [
            {"at_least": low, "below": high, "count": round(count)}
            for low, high, count in zip(edges, edges[1:], figures.confidences, strict=False)
        ],
    }


def _runs(figures: RunFigures) -> Json:
    return {
        "count": figures.count,
        "by_status": dict(sorted(figures.by_status.items())),
        "input_tokens": figures.input_tokens,
        "output_tokens": figures.output_tokens,
        "cost_usd": f"{figures.cost:.6f}",
        "priced": figures.priced,
        "fallback_share": rounded(figures.fallback_share),
        "first_text_p50_ms": rounded(figures.first_text_p50_ms, 1),
        "first_text_p95_ms": rounded(figures.first_text_p95_ms, 1),
    }


def rounded(value: float | None, digits: int = 4) -> float | None:
    return None if value is None else round(value, digits)
