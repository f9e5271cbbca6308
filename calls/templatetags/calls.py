"""Numbers, times and words of calls, as pages show them."""

import datetime
from typing import Any

from django import template
from django.templatetags.tz import do_timezone
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from calls import history
from calls.models import Call, CallEvent, Utterance
from calls.transcripts import HIT_ENDS, HIT_STARTS
from salesdesk.businesses.enums import EngineChoice
from salesdesk.lib.phone import for_people

register = template.Library()


@register.filter
def clock(seconds: float | None) -> str:
    """``m:ss``, from an hour on ``h:mm:ss``; nothing for nothing."""
    if seconds is None:
        return ""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


@register.filter
def clock_ms(milliseconds: int) -> str:
    return clock(milliseconds / 1000)


@register.filter
def where_it_rang(moment: datetime.datetime, call: Call) -> Any:
    """``moment`` in the time zone of the call's business, for ``|date`` to format."""
    return do_timezone(moment, call.business.time_zone if call.business else "UTC")


@register.filter
def phone(number: str) -> str:
    return for_people(number)


@register.filter
def engine_label(engine: str) -> str:
    return str(EngineChoice(engine).label) if engine and engine in EngineChoice.values else engine


@register.filter
def marked(utterance: Utterance) -> SafeString:
    """Its text, with what was searched for in ``<mark>``."""
    text = escape(getattr(utterance, "headline", utterance.text))
    return mark_safe(  # noqa: S308  # escaped above
        text.replace(HIT_STARTS, "<mark>").replace(HIT_ENDS, "</mark>")
    )


@register.filter
def sources(utterance: Utterance) -> list[dict[str, Any]]:
    """The places that its words were taken from, each once, in the order of the words."""
    places: dict[tuple[Any, ...], dict[str, Any]] = {}
    for citation in utterance.metadata.get("citations", ()):
        places.setdefault((citation["document"], citation["heading"], citation["page"]), citation)
    return list(places.values())


@register.filter
def in_words(event: CallEvent) -> str:
    return history.sentence_of(event)


@register.filter
def history_icon(event: CallEvent) -> str:
    return history.icon_of(event)
