"""What people fill in about cadences."""

import zoneinfo
from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.utils import timezone

from leads.cadences.editing import WRITTEN
from leads.cadences.wording import LONGEST_TEXT, VARIABLES, check_template
from leads.enums import StepCondition, TouchChannel
from leads.models import LONGEST_WAIT_MINUTES, Cadence, CadenceStep
from salesdesk.businesses.models import Business
from salesdesk.lib.errors import InvalidInput

UNITS = {"minutes": 1, "hours": 60, "days": 24 * 60}
"""Minutes."""
SHOWN_ZONES = {
    "America/New_York": "New York",
    "America/Chicago": "Chicago",
    "America/Denver": "Denver",
    "America/Phoenix": "Phoenix",
    "America/Los_Angeles": "Los Angeles",
    "America/Anchorage": "Anchorage",
    "Pacific/Honolulu": "Honolulu",
}


class NewCadenceForm(forms.Form):
    name = forms.CharField(
        label="Name", max_length=80, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )


class CadenceForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Cadence
        fields = ("name", "is_default", "keeps_hours", "region")
        help_texts: ClassVar[dict[str, str]] = {
            "keeps_hours": "By your clock. Without, only by day where the lead lives.",
            "region": "A country, or country and state, like US or US-CA. Empty: none are kept.",
        }


class StepForm(forms.Form):
    channel = forms.ChoiceField(label="What happens", choices=TouchChannel.choices)
    wait = forms.IntegerField(label="After", min_value=0, max_value=LONGEST_WAIT_MINUTES)
    unit = forms.ChoiceField(label="Unit", choices=[(each, each) for each in UNITS])
    condition = forms.ChoiceField(
        label="If the attempt before ended with",
        choices=StepCondition.choices,
        initial=StepCondition.NOT_REACHED,
        help_text="The first step is taken in any case.",
    )
    subject = forms.CharField(label="Subject", max_length=150, required=False)
    text = forms.CharField(
        label="Words",
        max_length=LONGEST_TEXT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="Variables: " + ", ".join(f"{{{{ {name} }}}}" for name in VARIABLES) + ".",
    )

    @classmethod
    def of(cls, step: CadenceStep, data: Any = None) -> "StepForm":
        wait, unit = in_units(step.wait_minutes)
        names = ("channel", "condition", "subject", "text")
        plain = {name: getattr(step, name) for name in names}
        return cls(data, initial={**plain, "wait": wait, "unit": unit})

    def clean(self) -> dict[str, Any]:
        """With ``wait_minutes`` instead of number and unit."""
        given: dict[str, Any] = super().clean() or {}
        if "wait" in given and "unit" in given:
            given["wait_minutes"] = given.pop("wait") * UNITS[given.pop("unit")]
            if given["wait_minutes"] > LONGEST_WAIT_MINUTES:
                self.add_error("wait", "Sixty days at most.")
        if given.get("channel") in WRITTEN and not given.get("text"):
            self.add_error("text", "Write what the message says.")
        if given.get("channel") == TouchChannel.EMAIL and not given.get("subject"):
            self.add_error("subject", "An e-mail needs a subject.")
        return given

    def clean_text(self) -> str:
        return _checked(self.cleaned_data["text"])

    def clean_subject(self) -> str:
        return _checked(self.cleaned_data["subject"])


class PreviewForm(forms.Form):
    """When an example lead arrives, and where it lives."""

    arrives = forms.DateTimeField(
        label="A lead arrives",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
    )
    zone = forms.ChoiceField(label="and lives in")

    def __init__(self, business: Business, data: Any = None) -> None:
        arrives = timezone.now().astimezone(business.tz).replace(tzinfo=None)
        initial = {"arrives": arrives, "zone": business.time_zone}
        super().__init__(data or None, initial=initial)
        self.business = business
        here = {business.time_zone: SHOWN_ZONES.get(business.time_zone, business.time_zone)}
        chosen = self.fields["zone"]
        assert isinstance(chosen, forms.ChoiceField)
        chosen.choices = list({**here, **SHOWN_ZONES}.items())

    def clean_arrives(self) -> datetime:
        """By the business's clock."""
        given: datetime = self.cleaned_data["arrives"]
        return given.replace(tzinfo=self.business.tz)

    @property
    def moment(self) -> datetime:
        return self.cleaned_data["arrives"] if self.is_valid() else timezone.now()

    @property
    def tz(self) -> zoneinfo.ZoneInfo:
        return zoneinfo.ZoneInfo(self.cleaned_data["zone"] if self.is_valid() else self._home)

    @property
    def _home(self) -> str:
        return self.business.time_zone


def in_units(minutes: int) -> tuple[int, str]:
    """``90`` → ``(90, "minutes")``, ``120`` → ``(2, "hours")``."""
    fitting = (unit for unit in ("days", "hours") if minutes and minutes % UNITS[unit] == 0)
    unit = next(fitting, "minutes")
    return minutes // UNITS[unit], unit


def _checked(text: str) -> str:
    try:
        check_template(text)
    except InvalidInput as error:
        raise forms.ValidationError(error.message) from error
    return text
