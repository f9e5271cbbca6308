"""Figures in words for people."""

import json
from typing import Any

from django import template

from salesdesk.assistant.enums import AlertMeasure

register = template.Library()

UNKNOWN = "–"


@register.filter
def percent(value: float | None) -> str:
    """``0.872`` → ``87.2 %``"""
    return UNKNOWN if value is None else f"{value * 100:.1f}".removesuffix(".0") + " %"


@register.filter
def milliseconds(value: float | None) -> str:
    """``87.3`` → ``87 ms``, ``1234`` → ``1.23 s``"""
    if value is None:
        return UNKNOWN
    return f"{value / 1000:.2f} s" if value >= 1000 else f"{value:.0f} ms"


@register.filter
def dollars(value: Any) -> str:
    """``0.0123`` → ``$0.0123``, ``12.345`` → ``$12.35``"""
    return f"${value:,.2f}" if value >= 1 or not value else f"${value:.4f}"


@register.filter
def as_json(value: Any) -> str:
    """Indented, in the order in which it is kept."""
    return json.dumps(value, indent=2, ensure_ascii=False)


@register.filter
def measured(value: float, measure: str) -> str:
    """A value that an alert rule watches."""
    return milliseconds(value) if measure == AlertMeasure.LATENCY_P95 else percent(value)
