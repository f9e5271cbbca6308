"""What people fill in about arrivals."""

from typing import Any, ClassVar

from django import forms

from leads.enums import LeadSource
from leads.models import ArrivalRules

MOST_MINUTES = 7 * 24 * 60


class RulesForm(forms.ModelForm):  # type: ignore[type-arg]
    """The rules, and a target for each source that has one of its own."""

    class Meta:
        model = ArrivalRules
        fields = ("target_minutes", "escalate_minutes", "snooze_minutes", "tells_reps", "enrolls")
        help_texts: ClassVar[dict[str, str]] = {
            "target_minutes": "From the arrival to the first conversation.",
        }

    def __init__(self, rules: ArrivalRules, data: Any = None) -> None:
        super().__init__(data, instance=rules)
        for source in LeadSource:
            self.fields[f"target-{source}"] = forms.IntegerField(
                label=source.label,
                required=False,
                min_value=1,
                max_value=MOST_MINUTES,
                initial=rules.targets.get(source),
            )

    @property
    def plain(self) -> list[forms.BoundField]:
        return [self[name] for name in self._meta.fields or ()]

    @property
    def targets(self) -> list[forms.BoundField]:
        return [self[f"target-{source}"] for source in LeadSource]

    def values(self) -> dict[str, Any]:
        """As columns of the rules. Of a valid form."""
        given = self.cleaned_data
        values: dict[str, Any] = {name: given[name] for name in self._meta.fields or ()}
        minutes = {source.value: given[f"target-{source}"] for source in LeadSource}
        return {**values, "targets": {source: each for source, each in minutes.items() if each}}
