"""Lengths of time and shares in words."""

from django import template

register = template.Library()

UNKNOWN = "–"
UNITS = ((60, "min", 60), (3600, "h", 48), (86400, "days", float("inf")))
"""Seconds, name, and up to how many of them it is used."""


@register.filter
def seconds(value: float | None) -> str:
    """``42.3`` → ``42 s``, ``390`` → ``6.5 min``, ``9000`` → ``2.5 h``, ``2e5`` → ``2.3 days``"""
    if value is None:
        return UNKNOWN
    if value < 60:
        return f"{value:.0f} s"
    size, unit = next(each for each in UNITS if value < each[0] * each[2])[:2]
    return f"{value / size:.1f}".removesuffix(".0") + f" {unit}"


@register.filter
def share(value: float | None) -> str:
    """``0.872`` → ``87.2 %``"""
    return UNKNOWN if value is None else f"{value * 100:.1f}".removesuffix(".0") + " %"
