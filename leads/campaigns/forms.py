"""The form of a campaign: what it says, when and how fast, how often again, when it must stop."""

from collections.abc import Iterator
from typing import Any

from django import forms

from leads.campaigns.services import FIELDS
from leads.enums import DialResult
from leads.models import Campaign
from leads.models.campaigns import (
    LONGEST_WAIT_MINUTES,
    MOST_RETRIES,
    RETRIED,
    usual_days,
    usual_retries,
)
from salesdesk.businesses.models import WEEKDAYS, Business, PhoneNumber

DAY_NAMES = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
LABELS = {
    "name": "Name of the campaign",
    "purpose": "Why the agent calls",
    "greeting": "First words",
    "caller": "Called from",
    "calls_per_second": "Calls per second",
    "at_once": "At once",
    "opens": "From",
    "closes": "Until",
    "watched_results": "Attempts looked at",
    "least_results": "Attempts before it judges",
    "most_failed": "Failed, percent",
    "most_abandoned": "Hung up at once, percent",
    "most_opted_out": "Wants no more calls, percent",
}
HELP = {
    "name": "",
    "purpose": "A sentence, which the agent goes by.",
    "greeting": "Empty: the business’s own for calls out.",
    "caller": "",
    "calls_per_second": "0.2 is a call every five seconds.",
    "at_once": "No more calls than that go on at the same time.",
}


class CampaignForm(forms.ModelForm):  # type: ignore[type-arg]
    """``values`` are what :mod:`leads.campaigns.services` take, once it is valid."""

    days = forms.MultipleChoiceField(
        label="Days",
        choices=list(zip(WEEKDAYS, DAY_NAMES, strict=True)),
        widget=forms.CheckboxSelectMultiple,
        initial=usual_days,
    )

    class Meta:
        model = Campaign
        fields = tuple(field for field in FIELDS if field != "retries")
        labels = LABELS
        help_texts = HELP
        widgets = {  # noqa: RUF012  # as Django has it
            "greeting": forms.Textarea(attrs={"rows": 3}),
            "opens": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
            "closes": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        }

    def __init__(self, *args: Any, business: Business, **given: Any) -> None:
        super().__init__(*args, **given)
        self.instance.business = business
        caller = self.fields["caller"]
        assert isinstance(caller, forms.ModelChoiceField)
        caller.queryset = PhoneNumber.objects.active().filter(business=business)
        caller.empty_label = "The business’s first number"
        self._add_retries()

    def _add_retries(self) -> None:
        rules = self.instance.retries if self.instance.pk else usual_retries()
        for result in RETRIED:
            rule = rules.get(result, {"times": 0, "wait_minutes": 60})
            self.fields[f"{result}_times"] = forms.IntegerField(
                label=f"{DialResult(result).label}: how often again",
                min_value=0,
                max_value=MOST_RETRIES,
                initial=rule["times"],
            )
            self.fields[f"{result}_wait"] = forms.IntegerField(
                label=f"{DialResult(result).label}: minutes later",
                min_value=1,
                max_value=LONGEST_WAIT_MINUTES,
                initial=rule["wait_minutes"],
            )

    def retry_rows(self) -> Iterator[tuple[str, forms.BoundField, forms.BoundField]]:
        """Result, how often again, and how many minutes later."""
        for result in RETRIED:
            yield DialResult(result).label, self[f"{result}_times"], self[f"{result}_wait"]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        cleaned["retries"] = {
            result.value: {
                "times": cleaned[f"{result}_times"],
                "wait_minutes": cleaned[f"{result}_wait"],
            }
            for result in RETRIED
            if cleaned.get(f"{result}_times") and cleaned.get(f"{result}_wait")
        }
        return cleaned

    @property
    def values(self) -> dict[str, Any]:
        return {field: self.cleaned_data[field] for field in FIELDS}

    def drafted(self) -> Campaign:
        """The campaign as it stands in the form, for a preview; what is wrong has its default."""
        self.is_valid()
        campaign = Campaign(business=self.instance.business)
        for field in ("days", "opens", "closes", "caller"):
            if self.cleaned_data.get(field):
                setattr(campaign, field, self.cleaned_data[field])
        return campaign
