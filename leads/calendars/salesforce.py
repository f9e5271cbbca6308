"""Events of a Salesforce user as a calendar; its name there is the user's id."""

from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from simple_salesforce.format import format_soql

from leads.calendars.base import Place, Visit
from leads.outside.account import Account
from leads.outside.errors import Gone, malformed
from leads.outside.salesforce import NAME, Row, SalesforceClient
from leads.visits.scheduling import Span

A_DAY = timedelta(days=1)


class SalesforceCalendar:
    """An :class:`~leads.calendars.base.OutsideCalendar` of a Salesforce user."""

    name = NAME

    def __init__(self, account: Account, place: Place, **options: Any) -> None:
        self._client = SalesforceClient(account.credentials, **options)
        self._user, self._tz = place.external_id, place.tz

    def check(self) -> None:
        if not self._client.query(format_soql("SELECT Id FROM User WHERE Id = {}", self._user)):
            raise Gone("Salesforce has no user with this calendar's external id.")

    def busy(self, since: datetime, until: datetime) -> list[Span]:
        rows = self._client.query(events_between(self._user, since, until))
        return sorted({span_of(row, self._tz) for row in rows})

    def put(self, visit: Visit) -> str:
        """The same title at the same time is the one that was put before."""
        known = self._client.query(twins_of(self._user, visit))
        if known:
            return str(known[0]["Id"])
        return self._client.create("Event", {**row_of(visit), "OwnerId": self._user})

    def change(self, external_id: str, visit: Visit) -> str:
        try:
            self._client.update("Event", external_id, row_of(visit))
        except Gone:
            return self.put(visit)
        return external_id

    def remove(self, external_id: str) -> None:
        try:
            self._client.delete("Event", external_id)
        except Gone:
            return


def events_between(user: str, since: datetime, until: datetime) -> str:
    """SOQL; a day more on both sides, since whole days there have no time zone."""
    return format_soql(
        "SELECT StartDateTime, EndDateTime, IsAllDayEvent FROM Event WHERE OwnerId = {} "
        "AND StartDateTime < {} AND EndDateTime > {} AND ShowAs != 'Free'",
        user,
        until + A_DAY,
        since - A_DAY,
    )


def twins_of(user: str, visit: Visit) -> str:
    return format_soql(
        "SELECT Id FROM Event WHERE OwnerId = {} AND Subject = {} AND StartDateTime = {}",
        user,
        row_of(visit)["Subject"],
        visit.starts,
    )


def row_of(visit: Visit) -> dict[str, Any]:
    return {
        "Subject": visit.title[:255],
        "Location": visit.address[:255],
        "Description": visit.note,
        "StartDateTime": _written(visit.starts),
        "EndDateTime": _written(visit.ends),
        "IsAllDayEvent": False,
        "ShowAs": "Busy",
    }


def span_of(row: Row, tz: ZoneInfo) -> Span:
    """Whole days, which Salesforce tells as midnights in UTC, are days by the clock of ``tz``."""
    try:
        starts = datetime.fromisoformat(row["StartDateTime"])
        ends = datetime.fromisoformat(row["EndDateTime"])
    except (LookupError, TypeError, ValueError) as error:
        raise malformed(NAME) from error
    if row.get("IsAllDayEvent"):
        first, last = starts.astimezone(UTC).date(), ends.astimezone(UTC).date()
        starts = datetime.combine(first, time.min, tz)
        ends = datetime.combine(last + A_DAY, time.min, tz)
    return starts.astimezone(UTC), ends.astimezone(UTC)


def _written(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
