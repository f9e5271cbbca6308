"""What every calendar does alike: the desk's own, and the vendors' against local servers."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from leads.calendars.base import OutsideCalendar, Place, Visit
from leads.calendars.google import GoogleCalendar
from leads.calendars.internal import InternalCalendar
from leads.calendars.salesforce import SalesforceCalendar
from leads.models import Calendar
from leads.outside.account import Account
from leads.tests.vendors import google as google_vendor
from leads.tests.vendors import salesforce as salesforce_vendor
from salesdesk.lib.secrets import encrypt

pytestmark = pytest.mark.django_db
THREE = datetime(2026, 11, 24, 20, tzinfo=UTC)
HOUR = timedelta(hours=1)
VISIT = Visit("0abcdefghjkmnpqz", "Inspection: O'Neil", THREE, THREE + HOUR, "1 Elm Road", "Dog.")


@pytest.fixture(params=["internal", "google", "salesforce"])
def there(request: pytest.FixtureRequest, calendar: Calendar) -> OutsideCalendar:
    place = Place(calendar.pk, "", calendar.business.tz)
    if request.param == "internal":
        return InternalCalendar(Account(calendar.business_id), place)
    server = request.getfixturevalue(request.param)
    if request.param == "google":
        account = _account(calendar, google_vendor.CREDENTIALS)
        place = replace(place, external_id=google_vendor.CREW)
        return GoogleCalendar(account, place, **server.options)
    account = _account(calendar, salesforce_vendor.CREDENTIALS)
    place = replace(place, external_id=server.add("User", LastName="Crew"))
    return SalesforceCalendar(account, place, **server.options)


def _account(calendar: Calendar, credentials: dict[str, str]) -> Account:
    return Account(calendar.business_id, encrypt(json.dumps(credentials)))


def busy(there: OutsideCalendar) -> list[tuple[datetime, datetime]]:
    return there.busy(THREE - timedelta(days=2), THREE + timedelta(days=100))


def test_it_answers(there: OutsideCalendar) -> None:
    there.check()


def test_an_empty_calendar_is_free(there: OutsideCalendar) -> None:
    assert busy(there) == []


def test_what_is_put_there_takes_its_time(there: OutsideCalendar) -> None:
    there.put(VISIT)

    assert busy(there) == [(THREE, THREE + HOUR)]


def test_what_is_put_twice_is_there_once(there: OutsideCalendar) -> None:
    assert there.put(VISIT) == there.put(VISIT)
    assert len(busy(there)) == 1


def test_what_is_changed_takes_its_new_time(there: OutsideCalendar) -> None:
    key = there.put(VISIT)

    moved = replace(VISIT, starts=THREE + 2 * HOUR, ends=THREE + 3 * HOUR)

    assert there.change(key, moved) == key
    assert busy(there) == [(THREE + 2 * HOUR, THREE + 3 * HOUR)]


def test_what_is_removed_is_free_again(there: OutsideCalendar) -> None:
    key = there.put(VISIT)

    there.remove(key)
    there.remove(key)

    assert busy(there) == []


def test_what_was_removed_can_be_put_again(there: OutsideCalendar) -> None:
    there.remove(there.put(VISIT))

    there.change(there.put(VISIT), VISIT)

    assert busy(there) == [(THREE, THREE + HOUR)]
