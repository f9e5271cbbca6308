"""What people fill in about priorities."""

from typing import Any

from django import forms

from leads.enums import LeadSource, LeadStage
from leads.models import PriorityWeights
from leads.priority.wording import INTENTS

MOST_POINTS = 1000
MAPS: dict[str, tuple[str, dict[str, str]]] = {
    "sources": ("Where they come from", dict(LeadSource.choices)),
    "stages": ("Stage", dict(LeadStage.choices)),
    "intents": ("What they want", dict(INTENTS)),
}
"""By column: its heading, and the words that can be weighted."""


class WeightsForm(forms.Form):
    """One field for each number, and one for each word that has points."""

    half_life_hours = forms.FloatField(label="Every so many hours", min_value=0.25, max_value=8760)
    age_points = forms.FloatField(
        label="A waiting lead loses", min_value=0, max_value=MOST_POINTS, help_text="Points."
    )
    attempt_points = forms.FloatField(
        label="Each attempt without success",
        min_value=-MOST_POINTS,
        max_value=MOST_POINTS,
        help_text="Below nought, so that others come first. Ten attempts count at most.",
    )
    value_points = forms.FloatField(
        label="Value",
        min_value=-MOST_POINTS,
        max_value=MOST_POINTS,
        help_text="For the first $1,000, and again for each time that it doubles.",
    )
    conversion_points = forms.FloatField(
        label="Predicted conversion",
        min_value=-MOST_POINTS,
        max_value=MOST_POINTS,
        help_text="What a lead would have that is certain to be won.",
    )

    def __init__(self, weights: PriorityWeights, data: Any = None) -> None:
        plain = {name: _plain(getattr(weights, name)) for name in self.base_fields}
        super().__init__(data, initial=plain)
        for column, (_, words) in MAPS.items():
            for word, label in words.items():
                self.fields[f"{column}-{word}"] = forms.FloatField(
                    label=label,
                    min_value=-MOST_POINTS,
                    max_value=MOST_POINTS,
                    initial=_plain(getattr(weights, column).get(word, 0)),
                )

    @property
    def plain(self) -> list[forms.BoundField]:
        return [self[name] for name in self.base_fields]

    @property
    def groups(self) -> list[tuple[str, list[forms.BoundField]]]:
        return [
            (heading, [self[f"{column}-{word}"] for word in words])
            for column, (heading, words) in MAPS.items()
        ]

    def values(self) -> dict[str, Any]:
        """As columns of the weights; nought is left out. Of a valid form."""
        given = self.cleaned_data
        values: dict[str, Any] = {name: given[name] for name in self.base_fields}
        for column, (_, words) in MAPS.items():
            points = {word: given[f"{column}-{word}"] for word in words}
            values[column] = {word: value for word, value in points.items() if value}
        return values


def _plain(number: float) -> float:
    """``24.0`` as 24."""
    return int(number) if number == int(number) else number
