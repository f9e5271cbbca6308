"""What the page of appointments shows: a grid of events, a list by day, and today in a line.

Everything is told by the clock of the business, whatever zone the browser is in: the grid gets
times without a zone, and the zone's offset of now for its line.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from typing import Any

from django.http import QueryDict

from leads.calendars.asking import Outside, busy_outside
from leads.enums import AppointmentStatus, CalendarProvider
from leads.models import (
    TAKES_TIME,
    Appointment,
    AppointmentQuerySet,
    Calendar,
    VisitMessage,
)
from leads.regions import HolidaysOf
from leads.visits.forms import OPEN, BoardForm
from leads.visits.permissions import businesses_where, get_business_for
from leads.visits.scheduling import USUAL_HOURS, WEEKDAYS
from salesdesk.accounts.enums import Ability
from salesdesk.accounts.models import User
from salesdesk.accounts.permissions import abilities_in
from salesdesk.businesses.models import Business

LIST_DAYS = 7
MOST_DAYS = 45
MOST_EVENTS = 1000
MOST_PROBLEMS = 20
TONES = ("primary", "accent", "secondary", "info", "success", "warning")
"""One each for calendars, in their order; then they begin again."""
VIEWS = {"week": "Week", "day": "Day", "list": "List"}


@dataclass(frozen=True)
class Board:
    """One look at the appointments of a business. ``day`` is the first that is shown."""

    user: User
    business: Business
    form: BoardForm
    day: date
    view: str
    calendars: Sequence[Calendar]
    now: datetime

    @classmethod
    def of(cls, user: User, query: QueryDict, now: datetime) -> "Board":
        """What the query string asks for; where it is wrong, the form says so."""
        business = get_business_for(user, query.get("business", ""))
        form = BoardForm(query, business=business)
        form.is_valid()
        view = query.get("view", "")
        return cls(
            user=user,
            business=business,
            form=form,
            day=form.cleaned_data.get("date") or now.astimezone(business.tz).date(),
            view=view if view in VIEWS else "week",
            calendars=list(business.calendars.select_related("user").order_by("pk")),
            now=now,
        )

    @property
    def today(self) -> date:
        return self.now.astimezone(self.business.tz).date()

    def shown_calendars(self) -> list[Calendar]:
        """Those in use, or the one that is asked for."""
        wanted = self.form.cleaned_data.get("calendar", "")
        if wanted:
            return [each for each in self.calendars if each.public_id == wanted]
        return [each for each in self.calendars if each.is_active]

    def appointments(self, first: date, last: date) -> AppointmentQuerySet:
        """Those that touch the days from ``first`` to ``last``, as filtered."""
        begins, ends = (_midnight(self.business, day) for day in (first, last + timedelta(days=1)))
        found = Appointment.objects.filter(
            business=self.business, starts_at__lt=ends, ends_at__gt=begins
        )
        found = _with_status(found, self.form.cleaned_data.get("status", ""))
        wanted = self.form.cleaned_data.get("calendar", "")
        if wanted:
            found = found.filter(calendar__public_id=wanted)
        return found.select_related("calendar", "lead").order_by("starts_at", "pk")

    def tone_of(self, calendar_id: int) -> str:
        keys = [each.pk for each in self.calendars]
        return TONES[keys.index(calendar_id) % len(TONES)]


def _with_status(found: AppointmentQuerySet, status: str) -> AppointmentQuerySet:
    if status == OPEN:
        return found.filter(status__in=TAKES_TIME)
    if status:
        return found.filter(status=status)
    return found.exclude(status=AppointmentStatus.CANCELED)


def _midnight(business: Business, day: date) -> datetime:
    return datetime.combine(day, time(), business.tz)


# ---------------------------------------------------------------- the page


def page_context(board: Board) -> dict[str, Any]:
    may = abilities_in(board.user, board.business.pk)
    return {
        **list_context(board),
        **today_context(board),
        "form": board.form,
        "views": VIEWS.items(),
        "businesses": list(businesses_where(board.user, Ability.VIEW_LEADS)),
        "may_manage": Ability.MANAGE_LEADS in may,
        "may_set_up": Ability.MANAGE_CALENDARS in may,
        "grid": grid_options(board, may_edit=Ability.MANAGE_LEADS in may),
        "filters_set": sum(
            bool(board.form.cleaned_data.get(name)) for name in ("calendar", "status")
        ),
        "has_outside": any(
            each.provider != CalendarProvider.INTERNAL for each in board.shown_calendars()
        ),
    }


def grid_options(board: Board, *, may_edit: bool) -> dict[str, Any]:
    """What the script of the grid is told."""
    opens, closes = hours_shown(board)
    return {
        "view": board.view,
        "date": board.day.isoformat(),
        "offset": _offset(board.now.astimezone(board.business.tz)),
        "opens": opens,
        "closes": closes,
        "calendars": [
            {"id": each.public_id, "title": each.name, "tone": board.tone_of(each.pk)}
            for each in board.shown_calendars()
        ],
        "mayEdit": may_edit,
    }


def _offset(local: datetime) -> str:
    """``-05:00``."""
    text = f"{local:%z}"
    return f"{text[:3]}:{text[3:5]}"


def hours_shown(board: Board) -> tuple[str, str]:
    """From an hour before the first calendar opens to an hour after the last one closes."""
    spans = [span for each in board.shown_calendars() for span in hours_of(each, board).values()]
    opens = min((span[0] for span in spans), default="09:00")
    closes = max((span[1] for span in spans), default="17:00")
    first, last = max(int(opens[:2]) - 1, 0), min(int(closes[:2]) + 2, 24)
    return f"{first:02}:00:00", f"{last:02}:00:00"


def hours_of(calendar: Calendar, board: Board) -> Mapping[str, Sequence[str]]:
    return calendar.hours or board.business.hours or USUAL_HOURS


def list_context(board: Board) -> dict[str, Any]:
    """Seven days, each with what takes place on it."""
    last = board.day + timedelta(days=LIST_DAYS - 1)
    found = list(board.appointments(board.day, last)[:MOST_EVENTS])
    return {
        "board": board,
        "business": board.business,
        "days": list(_by_day(found, board)),
        "is_empty": not found,
        "earlier": board.day - timedelta(days=LIST_DAYS),
        "later": last + timedelta(days=1),
        "last_day": last,
    }


def _by_day(found: Iterable[Appointment], board: Board) -> Iterator[tuple[date, list[Any]]]:
    tz = board.business.tz

    def day(appointment: Appointment) -> date:
        return max(appointment.starts_at.astimezone(tz).date(), board.day)

    grouped = {key: list(each) for key, each in groupby(found, day)}
    for number in range(LIST_DAYS):
        each = board.day + timedelta(days=number)
        if each in grouped or each == board.today:
            yield each, grouped.get(each, [])


def today_context(board: Board) -> dict[str, Any]:
    """How much there is today, what comes next, and what waits for an answer or went wrong."""
    mine = board.business.appointments.select_related("lead", "calendar")
    today = board.appointments(board.today, board.today)
    ahead = mine.taking_time().filter(starts_at__gt=board.now).order_by("starts_at", "pk")
    return {
        "today_count": today.count(),
        "next_visit": ahead.first(),
        "unanswered": mine.over_and_open(board.now).filter(lead__isnull=False).count(),
        "unsynced": list(
            ahead.exclude(sync_error="")[:MOST_PROBLEMS],
        ),
        "unsent": list(
            VisitMessage.objects.filter(
                appointment__in=ahead.values("pk"), state="failed"
            ).select_related("appointment__lead")[:MOST_PROBLEMS]
        ),
    }


# ---------------------------------------------------------------- the grid


def events(board: Board, first: date, last: date) -> list[dict[str, Any]]:
    """What the grid shows from ``first`` to ``last``: appointments, and times that are closed."""
    found = [
        _event(board, appointment) for appointment in board.appointments(first, last)[:MOST_EVENTS]
    ]
    grey = _closed_for_each(board, first, last) if board.view == "day" else []
    if board.view != "day":
        grey = _closed_for_all(board, first, last)
    return [*found, *grey]


def _event(board: Board, appointment: Appointment) -> dict[str, Any]:
    status, calendar = appointment.status, appointment.calendar
    may_move = status in TAKES_TIME and appointment.starts_at > board.now
    lead = str(appointment.lead) if appointment.lead else ""
    return {
        "id": appointment.public_id,
        "resourceId": calendar.public_id,
        "start": _floating(appointment.starts_at, board),
        "end": _floating(appointment.ends_at, board),
        "title": lead or appointment.purpose,
        "editable": may_move,
        "classNames": ["visit", f"visit-{status}", f"tone-{board.tone_of(calendar.pk)}"],
        "extendedProps": {
            "purpose": appointment.purpose if lead else "",
            "status": appointment.get_status_display(),
            "calendar": calendar.name,
            "problem": appointment.sync_error,
        },
    }


def _floating(moment: datetime, board: Board) -> str:
    return f"{moment.astimezone(board.business.tz):%Y-%m-%dT%H:%M:%S}"


def _closed_for_each(board: Board, first: date, last: date) -> list[dict[str, Any]]:
    return [
        {**_grey(begins, ends), "resourceId": each.public_id}
        for each in board.shown_calendars()
        for day in _days(first, last)
        for begins, ends in closed_on(day, [open_on(board, each, day)])
    ]


def _closed_for_all(board: Board, first: date, last: date) -> list[dict[str, Any]]:
    """Where columns are days: the times at which none of the calendars is open."""
    shown = board.shown_calendars()
    return [
        _grey(begins, ends)
        for day in _days(first, last)
        for begins, ends in closed_on(day, [open_on(board, each, day) for each in shown])
    ]


def open_on(board: Board, calendar: Calendar, day: date) -> tuple[time, time] | None:
    """When the calendar opens and closes that day; ``None`` for a day of rest."""
    span = hours_of(calendar, board).get(WEEKDAYS[day.weekday()])
    if span is None or day in HolidaysOf(calendar.region):
        return None
    return time.fromisoformat(span[0]), time.fromisoformat(span[1])


def closed_on(
    day: date, spans: Iterable[tuple[time, time] | None]
) -> Iterator[tuple[datetime, datetime]]:
    """Before the first of ``spans`` and after the last of them; the whole day without any."""
    opened = [span for span in spans if span is not None]
    midnight = datetime.combine(day, time())
    tomorrow = midnight + timedelta(days=1)
    if not opened:
        yield midnight, tomorrow
        return
    first, last = min(span[0] for span in opened), max(span[1] for span in opened)
    yield midnight, datetime.combine(day, first)
    yield datetime.combine(day, last), tomorrow


def _grey(begins: datetime, ends: datetime) -> dict[str, Any]:
    return {
        "start": begins.isoformat(),
        "end": ends.isoformat(),
        "display": "background",
        "classNames": ["visit-closed"],
    }


def _days(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=number) for number in range((last - first).days + 1))


# ---------------------------------------------------------------- outside


def outside_of(board: Board) -> Outside:
    """What the calendars outside say, or why they do not; asked within seconds."""
    return busy_outside(board.shown_calendars(), board.now)


def busy_events(board: Board, first: date, last: date) -> list[dict[str, Any]]:
    """When the calendars that are shown are busy outside, of what they answer in time.

    What the desk itself has put there lies under its own events.
    """
    begins, ends = _midnight(board.business, first), _midnight(board.business, last)
    ends += timedelta(days=1)
    names = {each.pk: each.public_id for each in board.shown_calendars()}
    spans = outside_of(board).busy.items()
    return [
        _background(names[key], since, until, tz=board.business.tz)
        for key, taken in spans
        for since, until in taken
        if since < ends.astimezone(UTC) and begins.astimezone(UTC) < until
    ]


def _background(calendar: str, since: datetime, until: datetime, *, tz: Any) -> dict[str, Any]:
    return {
        "resourceId": calendar,
        "start": f"{since.astimezone(tz):%Y-%m-%dT%H:%M:%S}",
        "end": f"{until.astimezone(tz):%Y-%m-%dT%H:%M:%S}",
        "display": "background",
        "classNames": ["visit-busy"],
    }
