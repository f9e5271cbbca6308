"""Invocations and turns at chosen times."""

from datetime import UTC, datetime
from typing import Any

from salesdesk.assistant.models import AgentRun, ToolInvocation
from salesdesk.businesses.models import Business

NOW = datetime(2026, 11, 20, 15, 20, tzinfo=UTC)


def invocation(business: Business, at: datetime = NOW, **fields: Any) -> ToolInvocation:
    values = {"name": "find_slots", "channel": "phone", "status": "ok", "latency_ms": 100}
    return ToolInvocation.objects.create(business=business, created_at=at, **{**values, **fields})


def run(business: Business, at: datetime = NOW, **fields: Any) -> AgentRun:
    values = {
        "channel": "phone",
        "agent": "desk",
        "model": "offline",
        "status": "ok",
        "duration_ms": 900,
    }
    return AgentRun.objects.create(business=business, created_at=at, **{**values, **fields})
