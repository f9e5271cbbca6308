"""The desk's own calendar, seen as one outside. Works with nothing outside."""

from datetime import UTC, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from leads.calendars.base import Place, Visit
from leads.enums import AppointmentStatus
from leads.models import Appointment, AppointmentQuerySet, Calendar
from leads.outside.account import Account
from leads.outside.errors import AlreadyThere
from leads.visits.scheduling import Span


class InternalCalendar:
    """An :class:`~leads.calendars.base.OutsideCalendar`; a visit is an appointment of nobody."""

    name = "salesdesk"

    def __init__(self, account: Account, place: Place, **options: Any) -> None:
        assert not options, "the desk has no options"
        calendars = Calendar.objects.filter(business_id=account.business_id)
        self._calendar = calendars.get(pk=place.calendar_id)

    def check(self) -> None:
        self._all().exists()

    def busy(self, since: datetime, until: datetime) -> list[Span]:
        taken = self._all().taking_time().filter(starts_at__lt=until, ends_at__gt=since)
        return list(taken.order_by("starts_at").values_list("starts_at", "ends_at"))

    def put(self, visit: Visit) -> str:
        known = self._all().filter(external_id=visit.key).first()
        self._write(known or Appointment(external_id=visit.key), visit)
        return visit.key

    def change(self, external_id: str, visit: Visit) -> str:
        return self.put(visit)

    def remove(self, external_id: str) -> None:
        there = self._all().filter(external_id=external_id, lead=None)
        there.update(status=AppointmentStatus.CANCELED)

    def _write(self, row: Appointment, visit: Visit) -> None:
        row.business, row.calendar = self._calendar.business, self._calendar
        row.purpose, row.address, row.note = visit.title[:120], visit.address[:300], visit.note
        row.starts_at, row.ends_at = visit.starts.astimezone(UTC), visit.ends.astimezone(UTC)
        row.blocked = DateTimeTZRange(row.starts_at, row.ends_at)
        row.status = AppointmentStatus.BOOKED
        try:
            with transaction.atomic():
                row.save()
        except IntegrityError as error:
            raise AlreadyThere("That time is already taken.") from error

    def _all(self) -> AppointmentQuerySet:
        return Appointment.objects.filter(calendar=self._calendar)
