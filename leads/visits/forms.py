"""Forms of the pages of appointments and calendars. Days and times are those of the business."""

from collections.abc import Iterator
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError

from leads.enums import AppointmentStatus, CalendarProvider, MessageChannel, VisitNews
from leads.filters import SENSIBLE_DAYS
from leads.models import Calendar, VisitRules
from leads.models.visit_news import validate_reminders
from leads.regions import validate_region
from leads.visits.appointments import LONGEST_MINUTES, SHORTEST_MINUTES
from leads.visits.scheduling import MOST_DAYS_AHEAD, at_local
from leads.visits.writing import LONGEST_SUBJECT, LONGEST_TEXT, Words, checked
from salesdesk.accounts.models import User
from salesdesk.businesses.models import WEEKDAYS, Business
from salesdesk.lib.errors import InvalidInput

DAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
OPEN = "open"
"""A status filter: booked or confirmed."""


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class ClockInput(forms.TimeInput):
    input_type = "time"

    def __init__(self) -> None:
        super().__init__(format="%H:%M")


class BoardForm(forms.Form):
    """What the page shows."""

    business = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)
    view = forms.CharField(required=False, max_length=8, widget=forms.HiddenInput)
    calendar = forms.CharField(required=False, max_length=20, widget=forms.Select)
    status = forms.ChoiceField(
        required=False,
        choices=[
            ("", "All but canceled"),
            (OPEN, "Booked or confirmed"),
            *AppointmentStatus.choices,
        ],
    )
    date = forms.DateField(label="Day", required=False, widget=DayInput(), validators=SENSIBLE_DAYS)

    def __init__(self, *args: Any, business: Business, **options: Any) -> None:
        super().__init__(*args, **options)
        calendars = business.calendars.filter(is_active=True).order_by("name", "pk")
        widget = self.fields["calendar"].widget
        assert isinstance(widget, forms.Select)
        named = calendars.values_list("public_id", "name")
        widget.choices = [("", "Every calendar"), *named]


class StartForm(forms.Form):
    """A beginning by the clock of ``zone``, which may be skipped in spring."""

    day = forms.DateField(widget=DayInput(), validators=SENSIBLE_DAYS)
    clock = forms.TimeField(label="Time", widget=ClockInput())
    calendar = forms.ModelChoiceField(
        Calendar.objects.none(),
        to_field_name="public_id",
        required=False,
        empty_label="Whichever is free",
    )

    def __init__(self, *args: Any, business: Business, **options: Any) -> None:
        super().__init__(*args, **options)
        self.business = business
        chosen = self.fields["calendar"]
        assert isinstance(chosen, forms.ModelChoiceField)
        chosen.queryset = business.calendars.filter(is_active=True).order_by("name", "pk")

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if "day" in given and "clock" in given:
            given["start"] = self._start(given["day"], given["clock"])
        return given

    def _start(self, day: Any, clock: time) -> datetime:
        start = at_local(day, clock.replace(second=0, microsecond=0), self.business.tz)
        if start is None:
            raise ValidationError("Clocks are put forward that night: this time does not exist.")
        return start


class MoveForm(StartForm):
    minutes = forms.IntegerField(
        required=False, min_value=SHORTEST_MINUTES, max_value=LONGEST_MINUTES
    )

    field_order = ("day", "clock", "minutes", "calendar")


class BookForm(StartForm):
    """With a known ``lead``, or with a new one of that name or number."""

    lead = forms.CharField(max_length=20, required=False)
    new_name = forms.CharField(label="Name", max_length=160, required=False)
    new_phone = forms.CharField(label="Phone", max_length=40, required=False)
    purpose = forms.CharField(max_length=120, initial="Appointment")
    minutes = forms.IntegerField(
        required=False, min_value=SHORTEST_MINUTES, max_value=LONGEST_MINUTES
    )
    address = forms.CharField(required=False, max_length=300)
    note = forms.CharField(
        required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        is_new = bool(given.get("new_name") or given.get("new_phone"))
        if not given.get("lead") and not is_new:
            self.add_error("lead", "Choose whom the appointment is with.")
        if given.get("lead") and is_new:
            self.add_error("lead", "Choose a lead or somebody new, not both.")
        return given


class PlaceForm(forms.Form):
    """Where something was dropped: ``2026-11-24T15:00`` by the clock of the business."""

    start = forms.CharField(max_length=25)
    calendar = forms.CharField(required=False, max_length=20)
    minutes = forms.IntegerField(
        required=False, min_value=SHORTEST_MINUTES, max_value=LONGEST_MINUTES
    )

    def __init__(self, *args: Any, zone: ZoneInfo, **options: Any) -> None:
        super().__init__(*args, **options)
        self.zone = zone

    def clean_start(self) -> datetime:
        try:
            naive = datetime.fromisoformat(self.cleaned_data["start"])
        except ValueError:
            raise ValidationError("This is no time.") from None
        if naive.tzinfo is not None:
            raise ValidationError("Give the time by the clock of the business.")
        start = at_local(naive.date(), naive.time(), self.zone)
        if start is None:
            raise ValidationError("Clocks are put forward that night: this time does not exist.")
        return start


class CancelForm(forms.Form):
    reason = forms.CharField(required=False, max_length=300)


# ---------------------------------------------------------------- calendars


class CalendarForm(forms.ModelForm):  # type: ignore[type-arg]
    """A day without times is closed; without any day, the business's own hours are kept."""

    class Meta:
        model = Calendar
        fields = (
            "name",
            "user",
            "region",
            "visit_minutes",
            "buffer_minutes",
            "notice_minutes",
            "days_ahead",
            "provider",
            "external_id",
            "is_active",
        )
        help_texts = {  # noqa: RUF012  # as Django wants it
            "user": "Whose time it is; they are told of changes.",
            "region": "Whose public holidays are kept, like US or US-CA. Empty: none.",
            "external_id": "Google: the calendar's id. Salesforce: the id of the user.",
            "is_active": "A calendar that is not in use offers no times.",
        }

    def __init__(self, *args: Any, business: Business, **options: Any) -> None:
        super().__init__(*args, **options)
        self.instance.business = business
        members = User.objects.filter(memberships__business=business, is_active=True)
        who = self.fields["user"]
        assert isinstance(who, forms.ModelChoiceField)
        who.queryset, who.empty_label = members.order_by("name", "email"), "Nobody in particular"
        for name in ("visit_minutes", "buffer_minutes", "notice_minutes"):
            self.fields[name].label = name.replace("_minutes", ", minutes").capitalize()
        self.fields["provider"].label = "Calendar outside"
        self._add_hours()

    def _add_hours(self) -> None:
        for key, name in zip(WEEKDAYS, DAY_NAMES, strict=True):
            opens, closes = self.instance.hours.get(key) or ("", "")
            for end, clock in (("opens", opens), ("closes", closes)):
                self.fields[f"{key}_{end}"] = forms.TimeField(
                    required=False, label=f"{name} {end}", initial=clock, widget=ClockInput()
                )

    def week(self) -> Iterator[tuple[str, forms.BoundField, forms.BoundField]]:
        for key, name in zip(WEEKDAYS, DAY_NAMES, strict=True):
            yield name, self[f"{key}_opens"], self[f"{key}_closes"]

    def plain_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.Meta.fields]

    def clean_region(self) -> str:
        region: str = self.cleaned_data["region"].strip().upper()
        if region:
            validate_region(region)
        return region

    def clean_visit_minutes(self) -> int:
        minutes: int = self.cleaned_data["visit_minutes"]
        if not SHORTEST_MINUTES <= minutes <= LONGEST_MINUTES:
            raise ValidationError("A visit takes from five minutes to twelve hours.")
        return minutes

    def clean_days_ahead(self) -> int:
        days: int = self.cleaned_data["days_ahead"]
        if not 1 <= days <= MOST_DAYS_AHEAD:
            raise ValidationError(f"From one day to {MOST_DAYS_AHEAD} days ahead.")
        return days

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        given["hours"] = dict(self._hours(given))
        outside = given.get("provider") not in (None, CalendarProvider.INTERNAL)
        if outside and not given.get("external_id"):
            self.add_error("external_id", "Say which calendar outside is meant.")
        return given

    def _hours(self, given: dict[str, Any]) -> Iterator[tuple[str, list[str]]]:
        for key, name in zip(WEEKDAYS, DAY_NAMES, strict=True):
            opens, closes = given.pop(f"{key}_opens", None), given.pop(f"{key}_closes", None)
            if bool(opens) != bool(closes):
                self.add_error(f"{key}_closes", f"{name}: give both times, or neither.")
            elif opens and closes <= opens:
                self.add_error(f"{key}_closes", f"{name}: it closes later than it opens.")
            elif opens:
                yield key, [f"{opens:%H:%M}", f"{closes:%H:%M}"]


class FeedForm(forms.Form):
    label = forms.CharField(
        required=False, max_length=60, help_text="Where it will be read, like “Ray's phone”."
    )


# ---------------------------------------------------------------- messages


class RulesForm(forms.ModelForm):  # type: ignore[type-arg]
    reminders = forms.CharField(
        required=False,
        max_length=100,
        help_text="Hours before the beginning, like “24, 2”. Empty: none.",
    )

    class Meta:
        model = VisitRules
        fields = ("writes", "reminders", "ask_after_minutes", "missed_after_hours")
        labels = {  # noqa: RUF012  # as Django wants it
            "writes": "Write to customers about their appointments",
            "ask_after_minutes": "Ask the rep so many minutes after the end",
            "missed_after_hours": "Without an answer it counts as missed after hours",
        }
        help_texts = {"missed_after_hours": "0: it stays open."}  # noqa: RUF012

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        hours = (f"{minutes / 60:g}" for minutes in self.instance.reminders)
        self.initial["reminders"] = ", ".join(hours)

    def clean_reminders(self) -> list[int]:
        given = self.cleaned_data["reminders"].replace(";", ",").split(",")
        try:
            minutes = [round(float(each) * 60) for each in given if each.strip()]
        except (ValueError, OverflowError):
            raise ValidationError("Give numbers of hours, like “24, 2”.") from None
        validate_reminders(minutes)
        return sorted(minutes, reverse=True)


class WordsForm(forms.Form):
    """One template: what is sent of ``kind`` by ``channel``."""

    is_active = forms.BooleanField(label="Is sent", required=False)
    subject = forms.CharField(max_length=LONGEST_SUBJECT)
    text = forms.CharField(widget=forms.Textarea(attrs={"rows": 10}))

    def __init__(self, *args: Any, kind: VisitNews, channel: MessageChannel, **options: Any):
        super().__init__(*args, **options)
        self.channel = channel
        self.fields["text"].widget.attrs["maxlength"] = LONGEST_TEXT[channel]
        if channel == MessageChannel.SMS:
            del self.fields["subject"]

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if "text" not in given:
            return given
        try:
            words = checked(Words(given["text"], given.get("subject", "")), self.channel)
        except InvalidInput as error:
            raise ValidationError(error.message) from error
        return {**given, "text": words.text, "subject": words.subject}
