"""What admins fill in about outcomes."""

from typing import Any

from django import forms

from leads.enums import Behaviour
from leads.models import Disposition
from leads.models.outcomes import MOST_RETRY_MINUTES


class DispositionForm(forms.Form):
    label = forms.CharField(max_length=60, help_text="What reps read on the button.")
    behaviour = forms.ChoiceField(choices=Behaviour.choices, label="What it does")
    retry_minutes = forms.IntegerField(
        label="Minutes until the next try",
        required=False,
        min_value=1,
        max_value=MOST_RETRY_MINUTES,
        help_text="For what is tried again; without them the cadence decides.",
    )
    note_required = forms.BooleanField(label="A note is required", required=False)
    is_active = forms.BooleanField(label="Can be chosen", required=False, initial=True)

    @classmethod
    def values_of(cls, disposition: Disposition) -> dict[str, Any]:
        return {name: getattr(disposition, name) for name in cls.base_fields}
