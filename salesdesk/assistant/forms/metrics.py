"""Forms of the tool log's filters and of alert rules."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms

from salesdesk.assistant.enums import AgentName, AlertMeasure, Channel, ToolStatus
from salesdesk.assistant.metrics.tool_log import Wanted
from salesdesk.assistant.models import AlertRule
from salesdesk.assistant.tools.registry import tools_for
from salesdesk.lib.tools import Trust

EARLIEST, LATEST = date(2000, 1, 1), date(2100, 1, 1)
MOST_MS = 600_000
HUNDRED = 100


def tool_choices(everything: str) -> list[tuple[str, str]]:
    """The tools that there are, after ``everything``."""
    return [("", everything), *((name, name) for name in sorted(tools_for(max(Trust))))]


class DayField(forms.DateField):
    def __init__(self, label: str) -> None:
        widget = forms.DateInput(attrs={"type": "date"})
        super().__init__(label=label, required=False, widget=widget)

    def clean(self, value: Any) -> date | None:
        day: date | None = super().clean(value)
        if day and not EARLIEST <= day <= LATEST:
            raise forms.ValidationError("Give a day of this century.")
        return day


class ToolLogForm(forms.Form):
    text = forms.CharField(
        label="Search",
        required=False,
        max_length=200,
        widget=forms.SearchInput(attrs={"placeholder": "Search arguments and errors"}),
    )
    tool = forms.CharField(required=False, max_length=60, widget=forms.Select)
    status = forms.ChoiceField(required=False, choices=[("", "Every status"), *ToolStatus.choices])
    agent = forms.ChoiceField(required=False, choices=[("", "Every agent"), *AgentName.choices])
    channel = forms.ChoiceField(required=False, choices=[("", "Every channel"), *Channel.choices])
    since = DayField("From")
    until = DayField("To")
    conversation = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)
    business = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)

    NARROWING = ("tool", "status", "agent", "channel", "since", "until")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        widget = self.fields["tool"].widget
        assert isinstance(widget, forms.Select)
        widget.choices = tool_choices("Every tool")

    def wanted(self, zone: ZoneInfo) -> Wanted:
        """Days are those of ``zone``."""
        given = {**self.cleaned_data}
        since, until = given.pop("since"), given.pop("until")
        given.pop("business")
        return Wanted(
            **given,
            since=_beginning(since, zone) if since else None,
            until=_beginning(until + timedelta(days=1), zone) if until else None,
        )

    @property
    def narrowing(self) -> int:
        """How many filters besides the search are set."""
        return sum(bool(self.cleaned_data.get(name)) for name in self.NARROWING)


def _beginning(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), tzinfo=zone)


class AlertRuleForm(forms.Form):
    """Shares are entered in percent."""

    measure = forms.ChoiceField(label="Watch", choices=AlertMeasure.choices)
    is_below = forms.TypedChoiceField(
        label="Alert when it is",
        choices=[("yes", "below"), ("no", "above")],
        coerce=lambda given: given == "yes",
    )
    threshold = forms.FloatField(
        min_value=0,
        max_value=MOST_MS,
        help_text="In percent; for the latency in milliseconds.",
    )
    tool = forms.ChoiceField(required=False)
    window_minutes = forms.IntegerField(
        label="Over the last minutes",
        initial=60,
        min_value=5,
        max_value=7 * 24 * 60,
        help_text="From 5 minutes to a week (10 080).",
    )
    least_count = forms.IntegerField(
        label="Only with so many uses",
        initial=20,
        min_value=1,
        max_value=1_000_000,
        help_text="With fewer in that time there is no alert.",
    )
    is_active = forms.BooleanField(label="Active", required=False, initial=True)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        chosen = self.fields["tool"]
        assert isinstance(chosen, forms.ChoiceField)
        known = dict(tool_choices("All tools"))
        kept = self.initial.get("tool", "")
        chosen.choices = list({**known, kept: kept or known[""]}.items())

    @classmethod
    def of(cls, rule: AlertRule, data: Any = None) -> "AlertRuleForm":
        plain = ("measure", "tool", "window_minutes", "least_count", "is_active")
        initial = {name: getattr(rule, name) for name in plain}
        scale = 1 if rule.measure == AlertMeasure.LATENCY_P95 else HUNDRED
        initial["threshold"] = round(rule.threshold * scale, 6)
        initial["is_below"] = "yes" if rule.is_below else "no"
        return cls(data, initial=initial)

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        threshold = given.get("threshold")
        if threshold is None or given.get("measure") == AlertMeasure.LATENCY_P95:
            return given
        if threshold > HUNDRED:
            self.add_error("threshold", "A share is at most 100 percent.")
        given["threshold"] = threshold / HUNDRED
        return given
