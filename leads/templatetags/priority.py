"""Points in words."""

from django import template

register = template.Library()

MINUS = "\N{MINUS SIGN}"


@register.filter
def signed(points: float) -> str:
    """``23.2`` → ``+23``, ``-4.0`` → ``−4``, ``0.2`` → ``0``"""
    rounded = round(points)
    if not rounded:
        return "0"
    return f"+{rounded}" if rounded > 0 else f"{MINUS}{-rounded}"
