"""The holidays of regions, named as the ``holidays`` package names them: ``US``, ``US-CA``."""

from datetime import date
from functools import lru_cache

import holidays
from django.core.exceptions import ValidationError

from salesdesk.lib.errors import NotConfigured


class HolidaysOf:
    """The days on which a region rests: ``day in HolidaysOf("US")``. No region has none.

    Raises :class:`~salesdesk.lib.errors.NotConfigured` for a region that is not known.
    """

    def __init__(self, region: str) -> None:
        self._region = region

    def __contains__(self, day: object) -> bool:
        if not self._region or not isinstance(day, date):
            return False
        return day in _in_year(self._region, day.year)


@lru_cache(maxsize=512)
def _in_year(region: str, year: int) -> frozenset[date]:
    country, _, part = region.partition("-")
    try:
        return frozenset(holidays.country_holidays(country, subdiv=part or None, years=year))
    except NotImplementedError:
        raise NotConfigured(f"A calendar's region, “{region}”, is not known.") from None


def validate_region(region: str) -> None:
    country, _, part = region.partition("-")
    known = holidays.list_supported_countries(include_aliases=False)
    if country not in known or (part and part not in known[country]):
        raise ValidationError(f"“{region}” is no region that is known; use one like US or US-CA.")
