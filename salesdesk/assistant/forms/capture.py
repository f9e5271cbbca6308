"""Forms of the fields that a business captures, and of trying one out."""

from collections.abc import Mapping
from typing import Any

from django import forms

from salesdesk.assistant.capture.lead import LEAD_FIELDS
from salesdesk.assistant.enums import FieldType
from salesdesk.assistant.forms.playbooks import LinesField
from salesdesk.assistant.models import CaptureField

FEWEST_CHOICES = 2
LONGEST_CHOICE = 160
LONGEST_SENTENCE = 500
WITH_BOUNDS = (FieldType.NUMBER, FieldType.MONEY)
FITTING: Mapping[str, tuple[str, ...]] = {
    "email": (FieldType.EMAIL,),
    "phone": (FieldType.PHONE,),
    "address": (FieldType.ADDRESS, FieldType.TEXT),
}
"""The types that can fill a column of a lead; text fills the others."""


class CaptureFieldForm(forms.Form):
    label = forms.CharField(
        label="Name", max_length=80, help_text="As people see it, like “Age of the roof”."
    )
    question = forms.CharField(max_length=200, help_text="How the agent asks for it.")
    type = forms.ChoiceField(choices=FieldType.choices, initial=FieldType.TEXT)
    choices = LinesField(
        longest=LONGEST_CHOICE,
        required=False,
        help_text="One a line. Other words for the same may follow in brackets: "
        "heating and cooling (heat pump, furnace, AC).",
    )
    smallest = forms.FloatField(required=False)
    largest = forms.FloatField(required=False)
    is_required = forms.BooleanField(
        label="Required", required=False, help_text="The agent asks until it is told."
    )
    reads_back = forms.BooleanField(
        label="Read back and confirm",
        required=False,
        help_text="For what is easily misheard: numbers, addresses, dates.",
    )
    lead_field = forms.ChoiceField(
        label="Fills of the lead",
        required=False,
        choices=[("", "Nothing; it is kept among the lead’s facts"), *LEAD_FIELDS.items()],
    )

    @classmethod
    def of(cls, field: CaptureField) -> "CaptureFieldForm":
        plain = ("label", "question", "type", "smallest", "largest", "is_required", "reads_back")
        initial = {name: getattr(field, name) for name in (*plain, "lead_field")}
        return cls(initial={**initial, "choices": "\n".join(field.choices)})

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        type_ = given.get("type", "")
        if type_ != FieldType.CHOICE:
            given["choices"] = []
        elif "choices" in given and len(given["choices"]) < FEWEST_CHOICES:
            self.add_error("choices", "Give at least two to choose from.")
        self._check_bounds(given, type_)
        self._check_lead_field(given.get("lead_field", ""), type_)
        return given

    def _check_bounds(self, given: dict[str, Any], type_: str) -> None:
        if type_ not in WITH_BOUNDS:
            given["smallest"] = given["largest"] = None
        low, high = given.get("smallest"), given.get("largest")
        if low is not None and high is not None and low > high:
            self.add_error("largest", "This is less than the smallest.")

    def _check_lead_field(self, lead_field: str, type_: str) -> None:
        fitting = FITTING.get(lead_field, (FieldType.TEXT,))
        if lead_field and type_ not in fitting:
            kinds = " or ".join(FieldType(kind).label.lower() for kind in fitting)
            self.add_error("lead_field", f"That takes a field of the type {kinds}.")


class TryForm(forms.Form):
    field = forms.ChoiceField(label="Field")
    sentence = forms.CharField(
        label="What the customer says",
        max_length=LONGEST_SENTENCE,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, fields: Mapping[str, str], **options: Any) -> None:
        """``fields``: labels by key."""
        super().__init__(*args, **options)
        chosen = self.fields["field"]
        assert isinstance(chosen, forms.ChoiceField)
        chosen.choices = list(fields.items())
