"""No page tells a moment by UTC's clock: the server's day may not be the business's."""

import re
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

TEMPLATES = Path(settings.BASE_DIR) / "templates"
TOLD = re.compile(
    r"\{\{ (?P<what>[^}|]+)(?P<filters>(?:\|[^}]*?)?)"
    r"\|(?:date|time):(?P<quote>[\"'])(?P<form>[^\"']*)(?P=quote)"
)
IN_A_ZONE = re.compile(r"\{% timezone .*?\{% endtimezone %\}", re.DOTALL)
FOR_MACHINES = "c"
"""The form of ``<time datetime>``, which has its offset."""
WITHOUT_ZONE = {"as_of", "board.day", "campaign.opens", "campaign.closes"}
ZONED_BEFORE = {"moment"}
"""By ``where_it_rang``."""


def told_by_utc() -> Iterator[tuple[str, str]]:
    for path in sorted(TEMPLATES.rglob("*.html")):
        text = IN_A_ZONE.sub("", path.read_text())
        for found in TOLD.finditer(text):
            what, filters = found["what"], found["filters"]
            is_known = {what, what.rpartition(".")[2]} & (WITHOUT_ZONE | ZONED_BEFORE)
            has_zone = "|timezone:" in filters or "|where_it_rang:" in filters
            if not is_known and not has_zone and found["form"] != FOR_MACHINES:
                yield str(path.relative_to(TEMPLATES)), what


def test_each_moment_is_told_by_the_clock_of_a_business() -> None:
    assert not list(told_by_utc())
