from datetime import date

import pytest
from django.core.exceptions import ValidationError

from leads.regions import HolidaysOf, validate_region
from salesdesk.lib.errors import NotConfigured

THANKSGIVING = date(2026, 11, 26)
DAY_AFTER = date(2026, 11, 27)


def test_a_region_keeps_its_holidays_year_after_year() -> None:
    assert THANKSGIVING in HolidaysOf("US")
    assert date(2027, 11, 25) in HolidaysOf("US")
    assert DAY_AFTER not in HolidaysOf("US")
    assert DAY_AFTER in HolidaysOf("US-CA")


def test_a_holiday_on_a_sunday_is_kept_on_monday_too() -> None:
    assert date(2027, 7, 5) in HolidaysOf("US"), "the 4th of July 2027 is a Sunday"


def test_without_a_region_there_are_no_holidays() -> None:
    assert THANKSGIVING not in HolidaysOf("")


@pytest.mark.parametrize("region", ["Mars", "US-XX", "us", "-"])
def test_an_unknown_region_is_told(region: str) -> None:
    with pytest.raises(ValidationError):
        validate_region(region)
    if region != "us":
        with pytest.raises(NotConfigured, match="region"):
            assert THANKSGIVING in HolidaysOf(region)


def test_known_regions_pass() -> None:
    for region in ("US", "US-CA", "DE-BY", "GB"):
        validate_region(region)
