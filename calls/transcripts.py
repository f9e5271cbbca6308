"""What a page shows of a transcript: a window of its newest lines, or what has changed since.

A page that shows the transcript up to version N asks for the changes after N. What its
``created_version`` says is new goes behind its predecessor, and the rest replaces what is there:
so a reload, a reconnect and a second reader end with the same lines in the same order.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.contrib.postgres.search import SearchHeadline, SearchQuery
from django.db.models import OuterRef, Subquery

from calls.models import Call, Utterance, UtteranceQuerySet

WINDOW = 200
"""How many lines a page shows at once."""

HIT_STARTS, HIT_ENDS = "\ue000", "\ue001"
"""Private-use characters around a hit in ``Utterance.headline``."""


@dataclass(frozen=True, slots=True)
class TranscriptView:
    """What somebody looks at: all of it, or one speaker's lines, or those with some words."""

    speaker: str = ""
    search: str = ""

    @property
    def is_filtered(self) -> bool:
        return bool(self.speaker or self.search)

    def lines_of(self, call: Call) -> UtteranceQuerySet:
        """Its lines; those found by ``search`` carry ``headline``, their text with the hits."""
        lines = Utterance.objects.filter(call=call).defer("search")
        if self.speaker:
            lines = lines.filter(speaker=self.speaker)
        if self.search:
            lines = lines.containing(self.search).annotate(headline=_headline(self.search))
        return lines


def _headline(search: str) -> SearchHeadline:
    query = SearchQuery(search, search_type="websearch", config="english")
    return SearchHeadline(
        "text",
        query,
        config="english",
        start_sel=HIT_STARTS,
        stop_sel=HIT_ENDS,
        highlight_all=True,
    )


@dataclass(frozen=True, slots=True)
class TranscriptWindow:
    """Lines in order. ``version`` is the newest change in them; ``has_earlier``: not the start."""

    lines: Sequence[Utterance]
    version: int
    has_earlier: bool

    @property
    def first_sequence(self) -> int:
        return self.lines[0].sequence


def newest_window(
    call: Call, view: TranscriptView, *, before: int | None = None, size: int = WINDOW
) -> TranscriptWindow:
    """The last ``size`` lines, or the last before the sequence ``before``."""
    lines = view.lines_of(call)
    if before is not None:
        lines = lines.filter(sequence__lt=before)
    newest = list(lines.order_by("-sequence")[: size + 1])
    shown = newest[:size][::-1]
    version = max((line.version for line in shown), default=0)
    return TranscriptWindow(shown, version, has_earlier=len(newest) > size)


class Change(NamedTuple):
    """A line that is new or has changed, and the public id of the one before it, if there is."""

    line: Utterance
    follows: str | None


def changes_after(call: Call, version: int, *, most: int = WINDOW) -> list[Change] | None:
    """What a page that shows ``version`` does not, in order; ``None`` when it is too much."""
    before = Utterance.objects.filter(call=call, sequence__lt=OuterRef("sequence"))
    follows = Subquery(before.order_by("-sequence").values("public_id")[:1])
    changed = Utterance.objects.filter(call=call).changed_after(version).defer("search")
    lines: Iterable[Any] = changed.in_order().annotate(follows=follows)[: most + 1]
    changes = [Change(line, line.follows) for line in lines]
    return changes if len(changes) <= most else None
